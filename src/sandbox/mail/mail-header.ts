// Header fields as they stand in a mail, in Latin-1 (one character per byte), and the few readings of them that IMAP needs.
import addressparser from 'nodemailer/lib/addressparser'

export interface Field {
  /** Lower case. */
  name: string
  /** The whole field with its name, folds and line ends. */
  raw: string
}

export type Parameters = [name: string, value: string][]

export function fieldsOf(header: string): Field[] {
  const fields: Field[] = []
  for (const line of header.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const last = fields.at(-1)
    if (/^[ \t]/.test(line) && last) last.raw += line
    else if (/\S/.test(line)) fields.push({ name: line.split(':', 1)[0]?.trim().toLowerCase() ?? '', raw: line })
  }
  return fields
}

/** Unfolded, still encoded; the first one when the field is repeated. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  const field = fields.find((candidate) => candidate.name === name)
  return field && unfolded(field)
}

export function unfolded(field: Field): string {
  return field.raw
    .slice(field.raw.indexOf(':') + 1)
    .replace(/\r?\n/g, '')
    .replaceAll('\r', '')
    .trim()
}

/** `text/plain; charset="utf-8"`: the value and its parameters as written. */
export function parseParameters(text: string): { value: string; parameters: Parameters } {
  const parameters: Parameters = []
  for (const match of text.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g)) {
    parameters.push([match[1] ?? '', match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? ''])
  }
  return { value: (text.split(';', 1)[0] ?? '').trim(), parameters }
}

export interface EnvelopeAddress {
  name: string
  mailbox: string
  host: string
}

export function addressesOf(text: string): EnvelopeAddress[] {
  return addressparser(text, { flatten: true }).map(({ name, address }) => {
    const at = address.lastIndexOf('@')
    return { name, mailbox: at < 0 ? address : address.slice(0, at), host: at < 0 ? '' : address.slice(at + 1) }
  })
}

/** What a reader sees: encoded words decoded, raw 8-bit read as UTF-8. For searching, where Dovecot does the same. */
export function readable(latin1: string): string {
  const words = Buffer.from(latin1, 'latin1')
    .toString('utf8')
    .replace(/\?=\s+=\?/g, '?==?')
  return words.replace(/=\?([^?\s]+)\?([BQ])\?([^?]*)\?=/gi, (_, charset: string, encoding: string, text: string) =>
    decodeText(
      encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : unquote(text.replaceAll('_', ' ')),
      charset.replace(/\*.*$/, ''),
    ),
  )
}

export function unquote(text: string): Buffer {
  const joined = text.replace(/=[ \t]*\r?\n/g, '')
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}

export function decodeText(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return bytes.toString('latin1') // A charset nobody knows still has its ASCII.
  }
}
