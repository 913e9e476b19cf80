// One line of formatted words as CommonMark: the marks are ours, and what the words themselves look like stays words.
import type { Run } from './markdown-inline.ts'

type Style = 'bold' | 'italic' | 'strike'

const STYLES: readonly Style[] = ['bold', 'italic', 'strike']
const WORD_END = /[\p{L}\p{N}]$/u
const WORD_START = /^[\p{L}\p{N}]/u
/** What ends a sentence or a mark at its end is none of the address. */
const ADDRESS = /(https?:\/\/[^\s<>"`\\]{1,2000}(?<![.,;:!?'")\]*_~]))/
const PICTURE = /(!\[[^[\]\n]{0,200}\]\(cid:[^\s()<>]{1,200}\))/
const SAFE_LINK = /^(?:https?:\/\/|mailto:)[^\s<>"]{1,2000}$/i
const LABEL_MAX = 500

interface Writing {
  out: string
  /** After a mark that ends only before something else than a word. */
  isGuarded: boolean
}

/** `runs` hold no line end. */
export function writeLine(runs: readonly Run[]): string {
  const writing = { out: '', isGuarded: false }
  writeGroup(writing, runs.flatMap(splitSpace), STYLES, ALONE)
  return keepStart(writing.out.trimEnd())
}

/** Space at its edge is none of a word's: a mark next to a space would be no mark. */
function splitSpace(run: Run): Run[] {
  if (!isPlain(run)) return [run]
  const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/su.exec(run.text) ?? []
  return [before, words, after].flatMap((text) => (text === '' ? [] : [{ ...run, text }]))
}

/** What a group's own marks must not run into. */
interface Around {
  isInBold: boolean
  isBeforeBold: boolean
}

const ALONE: Around = { isInBold: false, isBeforeBold: false }

/** Neighbours that share a style stand between one pair of its marks. */
function writeGroup(writing: Writing, runs: readonly Run[], styles: readonly Style[], around: Around): void {
  const [style, ...rest] = styles
  if (style === undefined) {
    for (const run of runs) writeRun(writing, run)
    return
  }
  for (let n = 0; n < runs.length; ) {
    let end = n + 1
    const isOn = runs[n]?.[style] === true
    while (end < runs.length && (runs[end]?.[style] === true) === isOn) end++
    const group = runs.slice(n, end)
    const isLast = end === runs.length
    const here = { ...around, isBeforeBold: isLast ? around.isBeforeBold : style === 'bold' && !isOn }
    if (isOn) writeTrimmed(writing, group, style, rest, here)
    else writeGroup(writing, group, rest, here)
    n = end
  }
}

function writeTrimmed(
  writing: Writing,
  group: readonly Run[],
  style: Style,
  rest: readonly Style[],
  around: Around,
): void {
  const isWords = (run: Run) => !isPlain(run) || run.text.trim() !== ''
  const first = group.findIndex(isWords)
  const last = group.findLastIndex(isWords)
  const blank = (runs: readonly Run[]) => runs.map(({ text }) => text).join('')
  if (first !== 0) writeRun(writing, { text: blank(first < 0 ? group : group.slice(0, first)) })
  if (first < 0) return
  writeMarked(writing, group.slice(first, last + 1), style, rest, around)
  if (last < group.length - 1) writeRun(writing, { text: blank(group.slice(last + 1)) })
}

function writeMarked(
  writing: Writing,
  group: readonly Run[],
  style: Style,
  rest: readonly Style[],
  around: Around,
): void {
  const touchesStar = around.isInBold || around.isBeforeBold || writing.out.endsWith('*')
  const mark = style === 'bold' ? '**' : style === 'strike' ? '~~' : touchesStar ? '_' : '*'
  const first = group[0]
  const isWord = isPlain(first) && !rest.some((each) => first?.[each]) && WORD_START.test(first?.text ?? '')
  if (mark === '_' || !isWord) hideLast(writing)
  writing.out += mark
  writing.isGuarded = false
  writeGroup(writing, group, rest, { isInBold: around.isInBold || style === 'bold', isBeforeBold: false })
  writing.isGuarded = mark === '_' || !WORD_END.test(writing.out)
  writing.out += mark
}

function isPlain(run: Run | undefined): boolean {
  return run !== undefined && !run.code && run.url === undefined
}

/** As an entity the last letter is no part of a word, and the mark after it begins one. */
function hideLast(writing: Writing): void {
  const letter = WORD_END.exec(writing.out)?.[0]
  if (letter !== undefined) writing.out = writing.out.slice(0, -letter.length) + entity(letter)
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`
}

function writeRun(writing: Writing, run: Run): void {
  const said = run.url === undefined ? wordsOf(run) : linkOf(run, run.url)
  // An exclamation mark before a link would make a picture of it.
  if (said.startsWith('[')) writing.out = writing.out.replace(/!$/, '\\!')
  const letter = writing.isGuarded ? WORD_START.exec(said)?.[0] : undefined
  writing.out += letter === undefined ? said : entity(letter) + said.slice(letter.length)
  writing.isGuarded = false
}

function wordsOf({ text, code }: Run): string {
  return code ? ticked(text) : literal(text)
}

/**
 * These very characters. An address is written as one, for what it is made of may look like marks; and a picture that comes
 * with a mail is named in the text by whoever wants it there.
 */
export function literal(text: string): string {
  return text
    .split(PICTURE)
    .map((piece, n) => (n % 2 === 1 ? piece : escapePiece(piece)))
    .join('')
}

function escapePiece(piece: string): string {
  return piece
    .split(ADDRESS)
    .map((part, n) => (n % 2 === 1 ? `<${part}>` : escapeWords(part)))
    .join('')
}

function escapeWords(text: string): string {
  return text
    .replaceAll(/[\\`*[\]|]|<(?=\S)|~(?=~|\s*$)|(?<=~|^\s*)~|&(?=#?[\p{L}\p{N}]{1,32};)/gu, '\\$&')
    .replaceAll(/_/g, (mark, at: number, all: string) => (isInWord(all, at) ? mark : `\\${mark}`))
}

function isInWord(text: string, at: number): boolean {
  return WORD_END.test(text.slice(Math.max(0, at - 2), at)) && WORD_START.test(text.slice(at + 1, at + 3))
}

function ticked(code: string): string {
  const ticks = '`'.repeat(1 + Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length)))
  const needsSpace = /^`|`$/.test(code) || /^ .*[^ ].* $/.test(code)
  const space = needsSpace ? ' ' : ''
  return `${ticks}${space}${code}${space}${ticks}`
}

function linkOf({ text, code }: Run, url: string): string {
  const target = url.replaceAll(/[<>"\\\s]/g, (character) => encodeURIComponent(character))
  const label = text.trim()
  const bare = target.replace(/^mailto:/i, '')
  if (!SAFE_LINK.test(target) || label.length > LABEL_MAX)
    return literal(label === '' || label === url ? bare : `${label} (${bare})`)
  if ((label === '' || label === url || label === bare) && !code) return `<${bare}>`
  return `[${code ? ticked(label) : escapeWords(label)}](<${target}>)`
}

/** What means something only where a line begins, and the space that nobody would see there. */
function keepStart(line: string): string {
  const space = /^\s+/.exec(line)?.[0] ?? ''
  const words = line.slice(space.length)
  return (
    [...space].map(entity).join('') +
    (space === '' ? words.replace(LINE_START, '\\$&').replace(NUMBER, '$1\\$2') : words)
  )
}

const LINE_START = /^(?:[#>]|[-+](?=[\s\-#]|$)|=(?==*\s*$)|-(?=[-\s]*$)|~(?=~~))/
const NUMBER = /^(\d{1,9})([.)](?:\s|$))/
