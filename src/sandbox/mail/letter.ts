// Letters are mails as people's programs write them, for the demo and the tests: the same words always give the same bytes.
import { createHash } from 'node:crypto'
import addressparser from 'nodemailer/lib/addressparser'
import { buildHeaderValue, encodeWords } from 'nodemailer/lib/mime-funcs'
import { encode, wrap } from 'nodemailer/lib/qp'

export interface Letter {
  /** `Ann Example <ann@example.com>`, any script. */
  from: string
  to: string | string[]
  subject: string
  text: string
  html?: string
  cc?: string | string[]
  /** With its angle brackets; made from the letter's content unless given, and left out for `false`. */
  messageId?: string | false
  /** Epoch milliseconds; left out unless given, since arrival is the server's to say. */
  date?: number
  inReplyTo?: string
  references?: string[]
  /** Further fields, in this order, as they are to stand in the mail. */
  headers?: Record<string, string>
  attachments?: Attachment[]
}

export interface Attachment {
  filename: string
  content: Uint8Array | string
  contentType?: string
}

interface Entity {
  fields: string[]
  body: string
}

const LINE_MAX = 76

/** RFC 5322 with CRLF, 7-bit throughout. */
export function makeMail(letter: Letter): Buffer {
  const boundary = fingerprint(letter)
  const texts = [quotedPart('text/plain', letter.text), ...(letter.html ? [quotedPart('text/html', letter.html)] : [])]
  const content = multipart('alternative', `=_alt_${boundary}`, texts)
  const whole = multipart('mixed', `=_mix_${boundary}`, [content, ...(letter.attachments ?? []).map(attachedPart)])
  const domain = addressparser(letter.from, { flatten: true })[0]?.address.split('@')[1] ?? 'sandbox.test'
  const messageId = letter.messageId ?? `<${boundary}@${domain}>`
  const fields = [
    field('From', people(letter.from)),
    field('To', people(letter.to)),
    letter.cc && field('Cc', people(letter.cc)),
    field('Subject', encodeWords(letter.subject, 'Q', LINE_MAX - 24)),
    letter.date !== undefined && field('Date', new Date(letter.date).toUTCString().replace('GMT', '+0000')),
    messageId && field('Message-ID', messageId),
    letter.inReplyTo && field('In-Reply-To', letter.inReplyTo),
    letter.references && field('References', letter.references.join(' ')),
    ...Object.entries(letter.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
    ...whole.fields,
  ]
  return Buffer.from(`${fields.filter(Boolean).join('\r\n')}\r\n\r\n${whole.body}`)
}

function fingerprint({ attachments = [], ...words }: Letter): string {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const { filename, content } of attachments) hash.update(filename).update(content)
  return hash.digest('hex').slice(0, 24)
}

function multipart(kind: string, boundary: string, entities: Entity[]): Entity {
  const [only] = entities
  if (only && entities.length === 1) return only
  const parts = entities.map(({ fields, body }) => `--${boundary}\r\n${fields.join('\r\n')}\r\n\r\n${body}`)
  return {
    fields: [`Content-Type: multipart/${kind}; boundary="${boundary}"`],
    body: `${parts.join('\r\n')}\r\n--${boundary}--\r\n`,
  }
}

function quotedPart(type: string, text: string): Entity {
  return {
    fields: [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: quoted-printable'],
    body: wrap(encode(`${text.replace(/\r\n|\r|\n/g, '\r\n').replace(/(\r\n)?$/, '\r\n')}`), LINE_MAX),
  }
}

function attachedPart({ filename, content, contentType = 'application/octet-stream' }: Attachment): Entity {
  const disposition = buildHeaderValue({ value: 'attachment', params: { filename } })
  const lines =
    Buffer.from(content)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  return {
    fields: [
      `Content-Type: ${contentType}`,
      field('Content-Disposition', disposition),
      'Content-Transfer-Encoding: base64',
    ],
    body: lines.join('\r\n'),
  }
}

function people(list: string | string[]): string {
  const all = addressparser([list].flat().join(', '), { flatten: true })
  return all.map(({ name, address }) => (name ? `${phrase(name)} <${address}>` : address)).join(', ')
}

function phrase(name: string): string {
  if (/^[\w ]*$/.test(name)) return name
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what needs no encoding.
  return /^[\x00-\x7f]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodeWords(name, 'Q', LINE_MAX - 24)
}

/** Folded at spaces, as long as there are any. */
function field(name: string, value: string): string {
  let line = `${name}:`
  let folded = ''
  for (const word of value.split(' ')) {
    if (line.length + word.length >= LINE_MAX && line.trim() !== '' && line !== `${name}:`) {
      folded += `${line}\r\n`
      line = ''
    }
    line += ` ${word}`
  }
  return folded + line
}
