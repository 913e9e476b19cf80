import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { emailChannel } from '../../../adapters/email/channel.ts'
import { parseMail } from '../../../adapters/email/mail.ts'
import { parseMime } from '../../../adapters/email/parsed-mail.ts'
import { type OutboundAttachment, type Part, SendError } from '../../../src/channel.ts'
import { systemClock } from '../../../src/clock.ts'
import { systemRandom } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'
import { configOf, outbound, SECRET } from './mailbox.ts'

const nowhere = { host: '127.0.0.1', port: 9 }
const channel = emailChannel(configOf({ imap: nowhere, smtp: nowhere, password: 'x' }), {
  ...{ clock: systemClock(), random: systemRandom(), log: silentLog, secret: SECRET, ownAddresses: [] },
  attachmentBytesMax: 100_000,
})
afterAll(() => channel.stop())

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
)
const file = (name: string, content: Uint8Array | string = 'content', more: Partial<OutboundAttachment> = {}) => ({
  name,
  type: 'text/html',
  content: typeof content === 'string' ? Buffer.from(content) : content,
  ...more,
})

async function render(attachments: OutboundAttachment[], markdown = 'Here it is.'): Promise<Part> {
  const [part] = await channel.render(outbound({ attachments, markdown }))
  if (!part) throw new Error('nothing was rendered')
  return part
}

async function refusalOf(attachments: OutboundAttachment[], markdown?: string): Promise<string> {
  const error = await render(attachments, markdown).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SendError)) throw new Error(`expected a refusal, got ${String(error)}`)
  expect(error.failure).toEqual({ kind: 'rejected' })
  return error.message
}

describe('files in a reply', () => {
  test('arrive byte for byte, in their order, and the preview names them', async () => {
    const content = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7) % 256))
    const part = await render([file('scan.pdf', content), file('Übersicht – März.csv', 'a;b\nü;2\n')])
    const { attachments, text } = parseMime(part.body)
    expect(attachments.map(({ filename }) => filename)).toEqual(['scan.pdf', 'Übersicht – März.csv'])
    expect(Buffer.from(attachments[0]?.content ?? [])).toEqual(content)
    expect(Buffer.from(attachments[1]?.content ?? []).toString()).toBe('a;b\nü;2\n')
    expect(text).toContain('Here it is.')
    expect(part.attachments).toEqual([
      { name: 'scan.pdf', bytes: 5000 },
      { name: 'Übersicht – März.csv', bytes: 9 },
    ])
  })

  test('E15: the same files make the same bytes every time', async () => {
    const files = [file('a.png', PNG, { contentId: 'a' }), file('b.pdf', '%PDF-1.7')]
    const [first, second] = [await render(files, '![a](cid:a)'), await render(files, '![a](cid:a)')]
    expect(Buffer.from(first.body).equals(second.body)).toBe(true)
  })

  // Seen failing: with the given type believed.
  test.each([
    ['photo.jpg', PNG, 'image/png'],
    ['photo.png', 'no picture', 'application/octet-stream'],
    ['page.html', '<script>', 'application/octet-stream'],
    ['drawing.svg', '<svg onload="x">', 'application/octet-stream'],
    ['mail.eml', 'From: a@b.test\n\nx', 'application/octet-stream'],
    ['notes.txt', 'grün', 'text/plain'],
    ['plan.docx', 'PK', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['README', 'words', 'application/octet-stream'],
  ])('%s is said to be what it is, not what somebody says it is', async (name, content, type) => {
    const [attachment] = parseMime((await render([file(name, content)])).body).attachments
    expect(attachment?.mimeType).toBe(type)
  })

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\plan.pdf', 'plan.pdf'],
    ['a\r\nBcc: evil@evil.test\r\n\r\nx.txt', 'a Bcc_ evil@evil.test x.txt'],
    ['in\u202egnp.exe.txt', 'ingnp.exe.txt'],
    [`${'long-'.repeat(60)}.pdf`, `${'long-'.repeat(23)}l.pdf`],
    ['...', 'file'],
    ['', 'file'],
    ['"quoted"; x=y.txt', '_quoted_; x=y.txt'],
    ['日本語の名前.txt', '日本語の名前.txt'],
  ])('%j leaves as %j', async (name, shown) => {
    const part = await render([file(name)])
    expect(part.attachments?.[0]?.name).toBe(shown)
    expect(parseMime(part.body).attachments[0]?.filename).toBe(shown)
  })

  test('two files of one name can be told apart', async () => {
    const part = await render([file('scan.pdf'), file('Scan.pdf'), file('scan.pdf')])
    expect(part.attachments?.map(({ name }) => name)).toEqual(['scan.pdf', 'Scan (2).pdf', 'scan (3).pdf'])
  })

  test('A6: no name of a file can add a header, a part or a recipient', async () => {
    const unit = fc.constantFrom(
      '\r',
      '\n',
      '\0',
      '\t',
      '"',
      "'",
      ';',
      '=',
      '*',
      '%0d',
      '\\',
      '/',
      '--',
      'a',
      'ü',
      '😀',
      '\ud800',
      '?=',
      '=?',
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 200 }), async (name) => {
        const part = await render([file(`${name}.txt`)])
        const { attachments, headers } = parseMime(part.body)
        expect(attachments).toHaveLength(1)
        expect(attachments[0]?.filename).toBe(part.attachments?.[0]?.name)
        expect(headers.map(({ key }) => key).sort()).toEqual(
          [
            'content-type',
            'date',
            'from',
            'message-id',
            'mime-version',
            'reply-to',
            'subject',
            'to',
            'x-original-message-id',
          ].sort(),
        )
      }),
      { numRuns: 200 },
    )
  })
})

describe('what cannot leave is said before anything does', () => {
  test('an empty file', async () => {
    expect(await refusalOf([file('scan.pdf', '')])).toBe('scan.pdf is empty. Add it again, or leave it out.')
  })

  test('more than a mail takes', async () => {
    const half = Buffer.alloc(60_000)
    expect(channel.limits.attachmentBytesMax).toBe(100_000)
    expect(await refusalOf([file('a.bin', half), file('b.bin', half)])).toBe(
      'The files have 0.1 MB, and a mail takes 0.1 MB. Send a link instead.',
    )
  })

  test.each([
    ['setup.exe', 'x'],
    ['macro.JS', 'x'],
    ['harmless.txt', Buffer.from('MZ\x90\0\x03')],
    ['tool', Buffer.from('\x7fELF\0')],
  ])('%s, which is a program', async (name, content) => {
    expect(await refusalOf([file(name, content)])).toMatch(/is a program to mail servers, .* Send a link instead\.$/)
  })

  test('a text that only begins like a program is none', async () => {
    expect((await render([file('MZ.txt', 'MZ is a country code')])).attachments).toHaveLength(1)
  })
})

describe('pictures in the text', () => {
  test('stand where the words show them, as parts of the HTML', async () => {
    const files = [file('shot.png', PNG, { contentId: 'shot' }), file('terms.pdf', '%PDF-1.7')]
    const part = await render(files, 'Press here:\n\n![the **red** button](cid:shot)\n\nDone.')
    const source = Buffer.from(part.body).toString()
    const id = /Content-Id: <([^>]+)>/i.exec(source)?.[1] ?? ''
    const { html, text } = parseMime(part.body)
    expect(id).toMatch(/^[0-9a-f]{32}\.0@desk\.test$/)
    expect(html).toContain(`<img src="cid:${id}" alt="the **red** button" style="max-width:100%;height:auto">`)
    expect(text).toContain('[the **red** button]')
    expect(source).toMatch(
      /multipart\/mixed.+multipart\/alternative.+multipart\/related.+image\/png.+application\/pdf/s,
    )
    const inbound = await parseMail(part.body, false)
    expect(inbound.attachments.map(({ name }) => name)).toEqual(['shot.png', 'terms.pdf'])
  })

  test('one that the words do not show is a file like any other', async () => {
    const part = await render([file('shot.png', PNG, { contentId: 'shot' })], 'See below.')
    const source = Buffer.from(part.body).toString()
    expect(source).not.toMatch(/Content-Id|multipart\/related/i)
    expect(source).toContain('Content-Disposition: attachment; filename=shot.png')
  })

  test('can be named by their file', async () => {
    const part = await render([file('my shot.png', PNG)], '![](<cid:my shot.png>)')
    expect(parseMime(part.body).html).toMatch(/<img src="cid:[0-9a-f]{32}\.0@desk\.test" alt="my shot\.png"/)
  })

  test('one that is not there, or is no picture, stops the reply', async () => {
    expect(await refusalOf([], 'See ![x](cid:gone).')).toMatch(/picture "gone" that is not attached/)
    const page = file('page.png', '<html>', { contentId: 'page' })
    expect(await refusalOf([page], '- ![x](cid:page)')).toBe(
      'page.png is no picture that mail programs show. Attach it as a file.',
    )
  })
})
