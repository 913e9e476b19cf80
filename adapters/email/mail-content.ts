// What is in a mail: the words in the order they are read, every file with the way back to its bytes, and what to say of both.
import { decodeEntities } from './html-entity.ts'
import type { MimePart } from './mime-tree.ts'
import { decodeTransfer } from './transfer-encoding.ts'

const NOTES_MAX = 12
const HTML_READ_MAX = 200_000

export type Words = { kind: 'text'; text: string } | { kind: 'html'; html: string }

export interface MailFile {
  /** Leads to its bytes: a leaf of the mail, then a leaf of what is packed in that, and so on. */
  path: number[]
  filename: string | null
  mimeType: string
  disposition: string | null
  contentId?: string
  /** Decoded anew at each reading, so that a list of files costs nothing. */
  readonly content: Uint8Array
}

export interface Content {
  /** What is shown as the sender's own words. */
  words: Words[]
  /** All plain and all HTML text, chosen or not. */
  plain: string[]
  html: string[]
  files: MailFile[]
  /** Sentences for the agent. */
  notes: string[]
  /** What to show when the sender wrote nothing, the best first. */
  instead: (() => Words[])[]
  /** As what text was read whose charset was not said, or said wrongly. */
  guessed: Set<string>
  /** Mails and packages still to be opened, so that none of a thousand in one another costs more than the first few. */
  opened: number
}

export interface Place {
  /** Of the tree this part is in. */
  path: number[]
  deep: number
  /** A machine's report: what it carries is evidence and needs no announcement. */
  report: boolean
}

export function newContent(): Content {
  return { words: [], plain: [], html: [], files: [], notes: [], instead: [], guessed: new Set(), opened: 0 }
}

export function filenameOf(part: MimePart): string | null {
  return part.disposition.params.get('filename') || part.type.params.get('name') || null
}

export function headerOf(part: Pick<MimePart, 'headers'>, key: string): string | undefined {
  return part.headers.find((header) => header.key === key)?.value
}

export function isBlank(words: Words[]): boolean {
  return words.every((piece) => (piece.kind === 'text' ? !piece.text.trim() : !roughWords(piece.html).trim()))
}

/** Roughly: enough to compare lengths. */
export function roughWords(html: string): string {
  const body = html
    .slice(0, HTML_READ_MAX)
    .replace(/<(style|script|head|title)\b[^<>]{0,2000}>[\s\S]*?(?:<\/\1|$)/gi, ' ')
  return decodeEntities(body.replace(/<[^<>]{0,4000}>/g, ' '))
}

/** A file of exactly these bytes: for whatever is not read as words. */
export function addFile(part: MimePart, place: Place, content: Content, filename = filenameOf(part)): MailFile {
  const contentId = headerOf(part, 'content-id')
  const file: MailFile = {
    path: [...place.path, part.leaf],
    filename,
    mimeType: part.type.value,
    disposition: part.disposition.value || null,
    ...(contentId && { contentId }),
    get content() {
      return bytesOf(part)
    },
  }
  content.files.push(file)
  return file
}

export function say(content: Content, sentence: string): void {
  if (content.notes.length < NOTES_MAX && !content.notes.includes(sentence)) content.notes.push(sentence)
}

export function bytesOf(part: MimePart): Uint8Array {
  return decodeTransfer(part.body, headerOf(part, 'content-transfer-encoding') ?? '')
}
