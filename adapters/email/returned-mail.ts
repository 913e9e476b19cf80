// The mail that came back: whole or as its header, as a part of the notice or below a line in it.
import { linesOf } from './bounce-text.ts'
import { firstHeader, type Header, readHeaders } from './header.ts'

export interface ReturnedMail {
  headers: Header[]
  /** `inline` below a line that servers draw above it; `loose` when only its header lines betray it. */
  how: 'part' | 'inline' | 'loose'
  /** The line of the notice's text where it begins; undefined when it is a part of its own. */
  fromLine?: number
}

const RETURNED_TYPES = new Set([
  ...['message/rfc822', 'message/rfc822-headers', 'text/rfc822-headers', 'text/rfc822-header', 'text/rfc822'],
  ...['message/global', 'message/global-headers', 'message/partial', 'message/news'],
])
const HEADER_LINES_MAX = 300
/** A mail has these; words for people do not, several in a row. */
const TELLING =
  /^(?:return-path|received|from|to|cc|date|subject|message-id|reply-to|mime-version|content-type|x-mailer|dkim-signature|delivered-to|in-reply-to|references|x-[a-z0-9-]{2,40})[ \t]{0,2}:/i
const TELLING_MIN = 3
const NEAR_LINES = 12

/** As they stand in a line of their own, whatever it is drawn with. */
const SEPARATORS = [
  'below this line is a copy of the message',
  'below is a copy of the original message',
  'below this line is the original bounce',
  'this is a copy of the message, including all the headers',
  'this is a copy of your message',
  'this is a copy of the headers',
  'included is a copy of the message header',
  'the header of the original message is following',
  'header of the original message',
  'headers of the original message',
  'the body of the message is',
  'original message follows',
  'original message header',
  'original message headers',
  'original mail as follows',
  'original mail info',
  'original mail header',
  'original headers follow',
  'original message',
  'original mail',
  'undelivered message follows',
  'unsent message follows',
  'unsent message below',
  'unsent message',
  'message headers follow',
  'message header follows',
  'message text follows',
  'message follows',
  'message contents follow',
  'mail follows',
  'your message reads',
  'your original message',
  'your message follows',
  'copy of your message',
  'copy of message',
  'returned message',
  'returned mail',
  'returned content',
  'rejected message',
  'failed message',
  'non-delivered information',
  'non-delivered message',
  'undeliverable message',
  'begin returned message',
  'start of returned message',
  'returned message begins',
  'forwarded message',
  'message header',
  'message headers',
  'the message headers',
  'here is your message',
  'text of message',
  'first 10 lines of message',
  'ursprüngliche nachricht',
  'ursprüngliche kopfzeilen',
  'originalnachricht',
  'kopfzeilen der ursprünglichen nachricht',
  'ursprüngliche nachrichtenkopfzeilen',
  "en-têtes de message d'origine",
  "message d'origine",
  'message original',
  'encabezados de mensajes originales',
  'encabezados originales',
  'mensaje original',
  'messaggio originale',
  'intestazioni originali',
  'mensagem original',
  'oorspronkelijk bericht',
  'oorspronkelijke berichtkoppen',
  '元のメッセージ',
  '元のメール',
  'オリジナルメッセージ',
  '原始邮件',
  '原始郵件',
  '原邮件',
  '邮件原文',
  '原始邮件头',
]
const SEPARATOR_LENGTH_MAX = 120
const DRAWN = /^[\s\-=*_|#>~+.]{2,}|[\s\-=*_|#<~+]{3,}$/

export function findReturned(text: string, parts: readonly { type: string; text: string }[]): ReturnedMail | undefined {
  const part = parts.find(({ type }) => RETURNED_TYPES.has(type)) ?? parts.find((one) => looksLikeMail(one.text))
  if (part) return { headers: headersAt(linesOf(part.text), 0), how: 'part' }
  const lines = linesOf(text)
  const loose = lines.findIndex((line, n) => TELLING.test(line.trimStart()) && isHeader(lines, n))
  const drawn = lines.findIndex(isSeparator)
  if (drawn === -1 && loose === -1) return undefined
  const isLoose = drawn === -1 || (loose !== -1 && loose < drawn)
  const fromLine = isLoose ? loose : drawn
  return { headers: loose === -1 ? [] : headersAt(lines, loose), how: isLoose ? 'loose' : 'inline', fromLine }
}

/** Some send it as a file without saying what it is. */
function looksLikeMail(text: string): boolean {
  const lines = linesOf(text.slice(0, 4000)).filter((line) => line.trim() !== '')
  return TELLING.test(lines[0] ?? '') && isHeader(lines, 0)
}

function isHeader(lines: readonly string[], at: number): boolean {
  const names = new Set<string>()
  for (const line of lines.slice(at, at + NEAR_LINES)) {
    const bare = line.trimStart()
    if (bare === '') break
    if (TELLING.test(bare)) names.add(bare.slice(0, bare.indexOf(':')).trim().toLowerCase())
  }
  return names.size >= TELLING_MIN
}

function isSeparator(line: string): boolean {
  if (line.length > SEPARATOR_LENGTH_MAX) return false
  const words = line.trim().toLowerCase().replace(/’/g, "'")
  const isDrawn = DRAWN.test(words)
  const bare = words.replace(/^[\s\-=*_|#>~+.<[(]+/, '').replace(/[\s\-=*_|#<~+.:\])>]+$/, '')
  return SEPARATORS.some((one) => bare === one || (isDrawn && bare.startsWith(one)))
}

/** Some indent all of it: what the first line is indented by belongs to none. */
function headersAt(lines: readonly string[], at: number): Header[] {
  const indent = /^[\s>|]*/.exec(lines[at] ?? '')?.[0] ?? ''
  const block: string[] = []
  for (const line of lines.slice(at, at + HEADER_LINES_MAX)) {
    const bare = line.startsWith(indent) ? line.slice(indent.length) : line
    if (bare.trim() === '') {
      if (block.length > 0) break
      continue
    }
    block.push(bare)
  }
  return readHeaders(Buffer.from(block.join('\n')))
}

/** The first value of any of these headers. */
export function returnedHeader(returned: ReturnedMail | undefined, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = returned && firstHeader(returned.headers, key)
    if (value) return value
  }
  return undefined
}
