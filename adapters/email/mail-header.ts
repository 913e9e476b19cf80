// The header of a mail or of a part, as words: raw bytes in it are read as UTF-8, as the body's charset or by a guess.
import { isUtf8 } from 'node:buffer'
import { latin1 } from './charset.ts'
import { guessCharset } from './charset-guess.ts'
import type { Header } from './header.ts'

export interface MailHeader {
  headers: Header[]
  /** As what its raw bytes were read, when nothing said what they are. */
  guessed?: string
}

const HEADERS_MAX = 2000
const CHARSET = /\bcharset\s*=\s*"?([\w.:-]{1,40})/i

/** Only a line feed ends a line here: a lone carriage return must not make a header out of somebody's words. */
export function readMailHeader(head: Uint8Array): MailHeader {
  const lines = unfoldedLines(head)
  const raw = lines.filter((line) => !isUtf8(line))
  const declared = raw.length > 0 ? CHARSET.exec(latin1(head))?.[1] : undefined
  const charset = raw.length > 0 ? charsetOf(Buffer.concat(raw), declared) : undefined
  const headers = lines.slice(0, HEADERS_MAX).flatMap((line): Header[] => {
    const text = isUtf8(line) ? line.toString('utf8') : new TextDecoder(charset).decode(line)
    const colon = text.indexOf(':')
    if (colon < 1) return []
    return [
      {
        key: text.slice(0, colon).trim().toLowerCase(),
        value: text
          .slice(colon + 1)
          .replaceAll('\r', ' ')
          .trim(),
      },
    ]
  })
  return { headers, ...(charset !== undefined && charset !== declared?.toLowerCase() && { guessed: charset }) }
}

function charsetOf(bytes: Uint8Array, declared: string | undefined): string {
  try {
    // What the body says of itself holds for the header of the same program, if the bytes are possible in it at all.
    if (declared && !/^(?:us-ascii|utf-?8)$/i.test(declared)) {
      new TextDecoder(declared, { fatal: true }).decode(bytes)
      return declared.toLowerCase()
    }
  } catch {
    // Not a charset, or not the charset of these bytes.
  }
  return guessCharset(bytes)
}

function unfoldedLines(head: Uint8Array): Buffer[] {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const lines: Buffer[][] = []
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(10, start)
    const next = feed < 0 ? bytes.length : feed + 1
    let end = feed < 0 ? bytes.length : feed
    if (end > start && bytes[end - 1] === 13) end--
    const line = bytes.subarray(start, end)
    if ((line[0] === 32 || line[0] === 9) && lines.length > 0) lines.at(-1)?.push(line)
    else if (line.length > 0) lines.push([line])
    start = next
  }
  return lines.map((pieces) => (pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)))
}
