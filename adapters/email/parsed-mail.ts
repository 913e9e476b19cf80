// A mail taken apart, in the shape the rest of the folder reads: headers, people, words, files and what is to be said of them.
import { type Address, addressParser, type Email } from 'postal-mime'
import { decodeWords, recodeWords } from './encoded-word.ts'
import { allHeaders, firstHeader } from './header.ts'
import type { Content, MailFile } from './mail-content.ts'
import { readContent } from './mail-walk.ts'
import { LEVELS_MAX, type MimePart, type MimeTree, readMime } from './mime-tree.ts'
import { bytesAt, wordsOrInstead } from './package.ts'

// One byte of addresses can cost a thousand bytes of memory.
const ADDRESS_HEADER_MAX = 64 * 1024

export interface ParsedMail extends Omit<Email, 'attachments'> {
  attachments: (MailFile & Email['attachments'][number])[]
  content: Content
  warnings: string[]
}

/** The whole mail as the parser's object, with what is in it. Its files come in the same order every time. */
export function parseMime(raw: Uint8Array): ParsedMail {
  const { root, cut, guessed } = readMime(raw)
  const content = readContent(root)
  const words = wordsOrInstead(content)
  const shown = words.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('\n')
  const get = (key: string) => firstHeader(root.headers, key)
  const [subject, messageId] = [get('subject'), get('message-id')]
  const [from] = peopleIn(root, 'from')
  const [to, cc, replyTo] = [peopleIn(root, 'to'), peopleIn(root, 'cc'), peopleIn(root, 'reply-to')]
  return {
    headers: root.headers.map(({ key, value }) => ({ key, originalKey: key, value })),
    headerLines: [],
    attachments: content.files,
    content: { ...content, words },
    warnings: [
      ...cutWarnings(cut),
      ...guessWarnings(guessed, content.guessed),
      ...content.notes.filter((note) => !shown.includes(note)),
    ],
    ...(from && { from }),
    ...(to.length > 0 && { to }),
    ...(cc.length > 0 && { cc }),
    ...(replyTo.length > 0 && { replyTo }),
    ...(subject !== undefined && { subject: decodeWords(subject) }),
    ...(messageId !== undefined && { messageId }),
    ...(content.plain.length > 0 && { text: content.plain.join('\n') }),
    ...(content.html.length > 0 && { html: content.html.join('\n') }),
  }
}

function peopleIn(root: MimePart, key: string): Address[] {
  return allHeaders(root.headers, key).flatMap((value) =>
    addressParser(recodeWords(value.slice(0, ADDRESS_HEADER_MAX))),
  )
}

/** What `AttachmentRef` names; a bare number is a place in the list of files, as refs were at first. */
export function attachmentBytes(raw: Uint8Array, part: number | number[]): Uint8Array | undefined {
  return typeof part === 'number' ? parseMime(raw).attachments[part]?.content : bytesAt(raw, part)
}

function cutWarnings(cut: MimeTree['cut']): string[] {
  return [
    ...(cut.header ? ['The header of this mail is too long; only its beginning was read.'] : []),
    ...(cut.levels
      ? [`This mail has more than ${LEVELS_MAX} levels, one in the other; the innermost are only in the original mail.`]
      : []),
    ...(cut.parts ? [`${cut.parts} more parts are only in the original mail.`] : []),
  ]
}

function guessWarnings(header: string | undefined, text: ReadonlySet<string>): string[] {
  return [
    ...(header ? [`The header does not say in which characters it is written; it was read as ${header}.`] : []),
    ...(text.size > 0
      ? [
          `The text is not in the characters the mail says it is in; it was read as ${[...text].slice(0, 3).join(' and ')}.`,
        ]
      : []),
  ]
}
