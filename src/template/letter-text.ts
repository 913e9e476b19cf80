// A letter as the text of its file: written anew from a form, or changed in what the form holds with everything else left as it was.
import { Document, isMap, parseDocument } from 'yaml'
import type { LetterFault } from './letter.ts'

/** What a form of a letter holds. */
export interface LetterDraft {
  title: string
  when: string
  language: string
  /** Undefined: all. */
  channels: readonly string[] | undefined
  desks: readonly string[] | undefined
  /** Undefined: whatever they are. */
  attachments?: readonly string[]
  /** The names of the questions that stay; undefined: whatever they are. */
  asks?: readonly string[]
  body: string
}

const HEAD = /^---[ \t]*\n([\s\S]*?\n)?---[ \t]*(?:\n|$)/

/** `source`: what the letter says so far; its other settings and its comments stay. */
export function writeLetterText(
  { body, channels, desks, attachments, asks, ...head }: LetterDraft,
  source?: string,
): string {
  const [whole = '', written = ''] = HEAD.exec(source?.replace(/\r\n?/g, '\n') ?? '') ?? []
  const read = parseDocument(written)
  const document = whole !== '' && isMap(read.contents) && read.errors.length === 0 ? read : new Document({})
  for (const [key, value] of Object.entries(head)) setUnlessSame(document, key, value)
  for (const [key, value] of Object.entries({ channels, desks })) {
    if (value === undefined) document.delete(key)
    else setUnlessSame(document, key, [...value])
  }
  if (attachments?.length === 0) document.delete('attachments')
  else if (attachments) setUnlessSame(document, 'attachments', [...attachments])
  if (asks) keepAsks(document, asks)
  return `---\n${document.toString({ lineWidth: 0, flowCollectionPadding: false })}---\n${body.replace(/\r\n?/g, '\n').trim()}\n`
}

function keepAsks(document: Document, kept: readonly string[]): void {
  const asks = document.get('ask')
  if (!isMap(asks)) return
  for (const name of Object.keys(asks.toJSON())) if (!kept.includes(name)) document.deleteIn(['ask', name])
  if (kept.length === 0) document.delete('ask')
}

/** What was written in a way of its own keeps it. */
function setUnlessSame(document: Document, key: string, value: string | string[]): void {
  const now = document.get(key)
  const plain =
    typeof now === 'object' && now !== null && 'toJSON' in now ? (now as { toJSON(): unknown }).toJSON() : now
  if (JSON.stringify(plain) !== JSON.stringify(value)) document.set(key, value)
}

/** What stands below the head, and the line on which it begins. */
export function bodyOf(source: string): { body: string; line: number } {
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const [head = ''] = HEAD.exec(text) ?? []
  const below = text.slice(head.length)
  const empty = /^\s*/.exec(below)?.[0] ?? ''
  return { body: below.trim(), line: `${head}${empty}`.split('\n').length }
}

/** In the body, its own lines count, or those of the field it stands in; in the head, the setting is named. */
export function renderFault(
  { line, column, message, hint }: LetterFault,
  bodyLine: number,
  shown = line - bodyLine + 1,
): string {
  const place = line >= bodyLine ? `Line ${shown}, column ${column}: ` : ''
  return `${place}${message}. ${hint}`
}

/** `Sorry for the wait!` as `sorry-for-the-wait`; '' where nothing is left of it. */
export function nameFrom(title: string): string {
  return title
    .slice(0, TITLE_READ_MAX)
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LETTER_NAME_MAX)
    .replace(/^-+|-+$/g, '')
}

export const LETTER_NAME_MAX = 50
const TITLE_READ_MAX = 200
