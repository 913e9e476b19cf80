// What a person typed into one of our forms, as CommonMark for the customer: their words, and nothing that only means something in Slack.
import type { RichTextBlock } from '@slack/types'
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './field.ts'
import type { Run } from './markdown-inline.ts'
import { writeLine } from './markdown-line.ts'

export interface WrittenMarkdown {
  markdown: string
  /** What no customer could make sense of; each a sentence for whoever wrote it. */
  objections: string[]
}

/** How the people who are mentioned are called. */
export type NamesOfUsers = ReadonlyMap<string, string>

const DEPTH_MAX = 8

interface Reading {
  names: NamesOfUsers
  objections: string[]
}

export function markdownFromRich(block: RichTextBlock | undefined, names: NamesOfUsers = new Map()): WrittenMarkdown {
  const reading: Reading = { names, objections: [] }
  const markdown = writeParts(joinSections(listOf(block?.elements)), reading)
  return { markdown, objections: reading.objections }
}

/** The ids of those who are mentioned. */
export function usersIn(block: RichTextBlock | undefined): string[] {
  const found = (part: Fields): string[] => [
    ...(part.type === 'user' ? [textOf(part.user_id) ?? ''] : []),
    ...listOf(part.elements).flatMap(found),
  ]
  return [...new Set(listOf(block?.elements).flatMap(found))]
}

/** Each is a line of its own for whoever reads them, so together they are lines of one. */
function joinSections(parts: readonly Fields[]): Fields[] {
  const joined: Fields[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.type === 'rich_text_section' && last?.type === 'rich_text_section') {
      const elements = [...listOf(last.elements), { type: 'text', text: '\n' }, ...listOf(part.elements)]
      joined[joined.length - 1] = { ...last, elements }
    } else joined.push(part)
  }
  return joined
}

function writeParts(parts: readonly Fields[], reading: Reading): string {
  let markdown = ''
  let before: unknown
  /** The columns that the items of each depth begin at. */
  let columns: number[] = []
  for (const part of parts) {
    const isList = part.type === 'rich_text_list'
    const written = isList ? writeList(part, reading, columns) : { text: writePart(part, reading), columns: [] }
    if (written.text === '') continue
    columns = written.columns
    markdown += (markdown === '' ? '' : isList && before === part.type ? '\n' : '\n\n') + written.text
    before = part.type
  }
  return markdown
}

function writePart(part: Fields, reading: Reading): string {
  const runs = runsOf(part, reading)
  if (part.type === 'rich_text_preformatted') return fenced(runs.map(({ text }) => text).join(''))
  const lines = linesOf(runs).map(writeLine)
  const written = paragraphs(lines)
  return part.type === 'rich_text_quote' ? written.replaceAll(/^/gm, '> ').replaceAll(/ $/gm, '') : written
}

function fenced(code: string): string {
  const words = code.replaceAll(/^\n+|\s+$/g, '')
  if (words === '') return ''
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${words}\n${fence}`
}

/** One empty line parts two paragraphs. More of them are line ends in the same one, or they would be lost. */
function paragraphs(lines: readonly string[]): string {
  let written = ''
  let empty = 0
  for (const line of lines) {
    if (line === '') empty++
    else {
      written += written === '' ? line : (empty === 1 ? '\n\n' : '\\\n'.repeat(empty + 1)) + line
      empty = 0
    }
  }
  return written
}

function trimmed(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line !== '')
  const last = lines.findLastIndex((line) => line !== '')
  return first < 0 ? [] : lines.slice(first, last + 1)
}

function writeList(part: Fields, reading: Reading, before: readonly number[]): { text: string; columns: number[] } {
  // Deeper than what stands above it by one at most: further in it would be code.
  const depth = Math.min(Math.max(0, numberOf(part.indent) ?? 0), DEPTH_MAX, before.length)
  const column = depth === 0 ? 0 : (before[depth - 1] ?? 0)
  const isOrdered = part.style === 'ordered'
  const first = 1 + Math.max(0, numberOf(part.offset) ?? 0)
  let inside = column
  const items = listOf(part.elements).flatMap((item) => {
    const lines = trimmed(linesOf(runsOf(item, reading)).map(writeLine))
    return lines.length === 0 ? [] : [lines]
  })
  const written = items.map((lines, n) => {
    const mark = isOrdered ? `${first + n}. ` : '- '
    inside = column + mark.length
    return `${' '.repeat(column)}${mark}${lines.join(`\\\n${' '.repeat(inside)}`)}`
  })
  return { text: written.join('\n'), columns: [...before.slice(0, depth), inside] }
}

function linesOf(runs: readonly Run[]): Run[][] {
  const lines: Run[][] = [[]]
  for (const run of runs) {
    for (const [n, text] of run.text.split('\n').entries()) {
      if (n > 0) lines.push([])
      if (text !== '') lines.at(-1)?.push({ ...run, text })
    }
  }
  return lines
}

function runsOf(part: Fields, reading: Reading): Run[] {
  const runs: Run[] = []
  for (const element of listOf(part.elements)) {
    const run = { ...runOf(element, reading), ...styleOf(element) }
    const last = runs.at(-1)
    if (last && isAlike(last, run)) last.text += run.text
    else if (run.text !== '') runs.push(run)
  }
  return runs
}

/** A word that was corrected comes in several pieces. */
function isAlike(a: Run, b: Run): boolean {
  return a.url === b.url && a.code === b.code && a.bold === b.bold && a.italic === b.italic && a.strike === b.strike
}

/** Code has no other style beside it: its marks could be taken for those around it. */
function styleOf({ style }: Fields): Omit<Run, 'text' | 'url'> {
  const { bold, italic, strike, code } = fieldsOf(style)
  if (code === true) return { code }
  return {
    ...(bold === true && { bold }),
    ...(italic === true && { italic }),
    ...(strike === true && { strike }),
  }
}

function runOf(element: Fields, reading: Reading): Run {
  switch (element.type) {
    case 'text':
      return { text: clean(element.text) }
    case 'link': {
      const url = clean(element.url)
      return { text: clean(element.text).replaceAll(/\s+/g, ' ') || url.replace(/^mailto:/i, ''), url }
    }
    case 'emoji':
      return { text: emojiOf(element, reading) }
    case 'user':
      return { text: nameOf(clean(element.user_id), reading) }
    case 'broadcast':
      return refused(reading, `@${clean(element.range)}`, 'calls people in Slack and means nothing to a customer')
    case 'usergroup':
      return refused(reading, '@…', 'There is a Slack user group in the text, which means nothing to a customer', true)
    case 'channel':
      return refused(reading, '#…', 'There is a Slack channel in the text, which the customer cannot open', true)
    case 'date':
      return { text: clean(element.fallback) }
    default:
      return { text: clean(element.text) || clean(element.value) }
  }
}

function clean(value: unknown): string {
  return (textOf(value) ?? '').replaceAll(/\r\n?/g, '\n').toWellFormed()
}

function refused({ objections }: Reading, shown: string, said: string, isWhole = false): Run {
  objections.push(`${isWhole ? said : `${shown} ${said}`}. Take it out.`)
  return { text: shown }
}

/** Never the id: it would tell the customer nothing. */
function nameOf(id: string, { names, objections }: Reading): string {
  const name = names.get(id)
  if (name === undefined)
    objections.push('There is a Slack mention of somebody I cannot name. Write their name instead.')
  return name ?? '@…'
}

function emojiOf(element: Fields, { objections }: Reading): string {
  const points = clean(element.unicode)
    .split('-')
    .map((point) => Number.parseInt(point, 16))
  if (points.every((point) => point > 0 && point <= 0x10ffff)) return String.fromCodePoint(...points).toWellFormed()
  const shown = `:${clean(element.name)}:`
  objections.push(`${shown} exists only in your Slack. Take it out, or choose another emoji.`)
  return shown
}
