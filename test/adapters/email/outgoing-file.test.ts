import { expect, test } from 'vitest'
import { parseMime } from '../../../adapters/email/parsed-mail.ts'
import type { OutboundAttachment, OutboundMessage, Part } from '../../../src/channel.ts'
import { configOf, openChannel, outbound } from './mailbox.ts'

const nowhere = { host: '127.0.0.1', port: 9 }
const LAMP = { name: 'lamp.png', type: 'image/png', content: new Uint8Array([137, 80, 78, 71, 1, 2, 3]) }
const MANUAL = { name: 'Anleitung für die Lampe.pdf', type: 'application/pdf', content: new Uint8Array(2000).fill(37) }

async function render(message: Partial<OutboundMessage>, config = {}): Promise<Part> {
  const channel = openChannel({ ...configOf({ imap: nowhere, smtp: nowhere, password: 'x' }), ...config })
  const [part] = await channel.render(outbound(message))
  if (!part) throw new Error('nothing was rendered')
  return part
}

const refused = (attachments: OutboundAttachment[], markdown = 'See below.') =>
  render({ attachments, markdown }).then(
    () => undefined,
    (error: Error) => error.message,
  )

test('a file arrives with its bytes, name and type, and is the same at every attempt', async () => {
  const part = await render({ attachments: [MANUAL, LAMP] })
  const { attachments } = parseMime(part.body)
  expect(attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
    [MANUAL.name, 'application/pdf'],
    ['lamp.png', 'image/png'],
  ])
  expect(attachments.map(({ content }) => Buffer.from(content).equals(MANUAL.content))).toEqual([true, false])
  expect(part.attachments).toEqual([
    { name: MANUAL.name, bytes: 2000 },
    { name: 'lamp.png', bytes: 7 },
  ])
  expect(Buffer.from((await render({ attachments: [MANUAL, LAMP] })).body).equals(part.body)).toBe(true)
})

test('an image is shown where the letter says so, and named in its text', async () => {
  const part = await render({ attachments: [LAMP], markdown: 'Like this:\n\n![the lamp](cid:lamp.png)' })
  const mail = parseMime(part.body)
  expect(mail.html).toContain('<img src="cid:lamp.png" alt="the lamp">')
  expect(mail.attachments[0]).toMatchObject({ contentId: '<lamp.png>', disposition: 'inline' })
  expect(part.preview).toContain('[the lamp]')
})

test('what cannot be sent is refused at the preview, with the reason', async () => {
  expect(await refused([{ ...LAMP, content: new Uint8Array(0) }])).toContain('the file “lamp.png” is empty')
  expect(await refused([{ ...LAMP, content: new Uint8Array(26 * 1024 * 1024) }])).toContain('26.0 MB, and 25.0 MB')
  expect(await refused([], '![x](cid:nothing.png)')).toContain('“nothing.png”, which is not attached')
})

test('a file that programs would run travels as bytes that nothing opens by itself', async () => {
  const part = await render({ attachments: [{ name: 'a.html', type: 'text/html', content: LAMP.content }] })
  expect(parseMime(part.body).attachments[0]?.mimeType).toBe('application/octet-stream')
})

test('a name cannot break out of its header', async () => {
  const part = await render({ attachments: [{ ...LAMP, name: '../x\r\nBcc: eve@evil.test\r\n".png' }] })
  const mail = parseMime(part.body)
  expect(mail.headers.some(({ key }) => key === 'bcc')).toBe(false)
  expect(mail.attachments).toHaveLength(1)
})

test('the signature stands below the letter and above the quote, with the name of who writes', async () => {
  const answers = { replyHandle: '{}', text: 'Where is it?', arrivedAt: 0, from: { address: 'anna@customer.test' } }
  const part = await render({ answers }, { signature: '{agent}\nDesk Ltd' })
  const text = (parseMime(part.body).text ?? '').replaceAll('\r\n', '\n')
  expect(text.indexOf('-- \nZoë\nDesk Ltd')).toBeGreaterThan(text.indexOf('on its way'))
  expect(text.indexOf('> Where is it?')).toBeGreaterThan(text.indexOf('Desk Ltd'))
  expect((await render({ automated: 'acknowledgement' }, { signature: 'x' })).preview).not.toContain('-- ')
})
