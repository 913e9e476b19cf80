import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import type { OutboundMessage } from '../../../src/channel.ts'
import { ANNA, configOf, openChannel, outbound, progress } from './mailbox.ts'
import { startSmtpStub } from './smtp-stub.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const nowhere = { host: '127.0.0.1', port: 9 }
const config = {
  ...configOf({ imap: nowhere, smtp: nowhere, password: 'x' }),
  dkim: { domain: 'desk.test', selector: 'deskbell', privateKey },
}
const channel = openChannel(config)
afterAll(() => channel.stop())

async function render(message: Partial<OutboundMessage> = {}): Promise<Buffer> {
  const [part] = await channel.render(outbound(message))
  return Buffer.from(part?.body ?? [])
}

/** RFC 6376 section 3.4, relaxed for both, by nobody's library. */
function isSigned(mail: Buffer): boolean {
  const source = mail.toString('latin1')
  const end = source.indexOf('\r\n\r\n')
  const fields = source.slice(0, end).split(/\r\n(?![ \t])/)
  const relaxed = (field: string) => {
    const colon = field.indexOf(':')
    const value = field
      .slice(colon + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()
    return `${field.slice(0, colon).trim().toLowerCase()}:${value}`
  }
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? ''
  const tags = new Map(
    relaxed(signature)
      .slice('dkim-signature:'.length)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).trim()]),
  )
  const lines = source
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  const body = `${lines.join('\r\n').replace(/(?:\r\n)+$/, '')}\r\n`
  if (createHash('sha256').update(body, 'latin1').digest('base64') !== tags.get('bh')) return false
  const signed = (tags.get('h') ?? '').split(':').map((name) => {
    const field = fields.findLast((each) => each.toLowerCase().startsWith(`${name.trim().toLowerCase()}:`))
    return field === undefined ? '' : `${relaxed(field)}\r\n`
  })
  const unsigned = relaxed(signature).replace(/(;\s*b=)[^;]*$/, '$1')
  const verify = createVerify('RSA-SHA256').update(signed.join('') + unsigned, 'latin1')
  return verify.verify(publicKey, (tags.get('b') ?? '').replace(/\s/g, ''), 'base64')
}

const asked = {
  answers: {
    replyHandle: JSON.stringify({ messageId: '<q@x.test>', references: ['<p@x.test>'], subject: 'Wo ist es? – Ü' }),
    text: 'Where?',
    arrivedAt: 0,
    from: { address: ANNA },
  },
}

describe('a DKIM signature of our own', () => {
  test.each<[string, Partial<OutboundMessage>]>([
    ['a reply', asked],
    ['one with odd white space', { markdown: 'a  b \t c\n\n   \n\n\n.\n\n-- \n\nFrom here\n\n\n' }],
    ['one with files', { attachments: [{ name: 'a.bin', type: 'x/y', content: Buffer.alloc(200_000, 7) }] }],
    [
      'one with copies and letters of all kinds',
      { cc: [{ address: 'ben@bücher.test', name: 'Бен' }], markdown: '日本 😀' },
    ],
    ['an acknowledgement', { automated: 'acknowledgement', agentName: '' }],
  ])('holds for %s, and for nothing that was changed', async (_, message) => {
    const mail = await render(message)
    expect(isSigned(mail)).toBe(true)
    const text = mail.toString('latin1')
    expect(isSigned(Buffer.from(text.replace(/^To: .*$/m, 'To: eve@evil.test'), 'latin1'))).toBe(false)
    expect(isSigned(Buffer.from(`${text}One more line.\r\n`, 'latin1'))).toBe(false)
  })

  test('covers what a forger would change', async () => {
    const [head = ''] = (await render(asked)).toString('latin1').split('\r\n\r\n')
    const signature = head.replace(/\r\n[ \t]+/g, '').split('\r\n')[0] ?? ''
    expect(signature).toMatch(
      /^DKIM-Signature: v=1; ?a=rsa-sha256; ?c=relaxed\/relaxed; ?d=desk\.test; ?q=dns\/txt; ?s=deskbell;/,
    )
    const names = /(?<!b)h=([^;]+)/.exec(signature)?.[1]?.split(':') ?? []
    expect(names).toEqual(
      expect.arrayContaining(['from', 'reply-to', 'subject', 'date', 'message-id', 'to', 'in-reply-to', 'references']),
    )
  })

  test('E15: is made once, so the bytes are the same at every attempt', async () => {
    expect((await render(asked)).equals(await render(asked))).toBe(true)
  })

  test('still holds when the mail has arrived', async () => {
    const stub = await startSmtpStub('never', 'drop')
    const open = openChannel({ ...config, smtp: { ...config.smtp, ...stub } })
    const parts = await open.render(outbound({ ...asked, markdown: 'One.\n\n.\n\n..two' }))
    await open.send(parts, progress())
    const arrived = (stub.received[0] ?? '').replace(/\r\n\.\./g, '\r\n.')
    expect(isSigned(Buffer.from(`${arrived}\r\n`, 'latin1'))).toBe(true)
    await open.stop()
  })

  test('a key that cannot sign stops the reply instead of leaving it unsigned', async () => {
    const broken = openChannel({ ...config, dkim: { ...config.dkim, privateKey: 'no key' } })
    await expect(broken.render(outbound())).rejects.toThrow('the DKIM key cannot sign')
    await broken.stop()
  })
})
