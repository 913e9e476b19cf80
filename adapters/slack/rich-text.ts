// What a customer formatted in Slack, read once and written twice: as CommonMark and as plain text.
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../../src/slack/field.ts'
import { escapeLineStart, escapeMarkdown, tamed } from './markdown-escape.ts'

export interface Names {
  user(id: string): string | undefined
  channel(id: string): string | undefined
}

/** The same words, formatted and not. */
export interface Words {
  text: string
  markdown: string
}

const PARTS_MAX = 1000
const ELEMENTS_MAX = 2000
const INDENT_MAX = 8

/** The parts of a rich text block: sections, lists, quotes, code. */
export function readParts(parts: Fields[], names: Names): Words {
  let text = ''
  let markdown = ''
  let before = ''
  for (const part of parts.slice(0, PARTS_MAX)) {
    const words = readPart(part, names)
    if (words.text.trim() === '') continue
    const type = textOf(part.type) ?? ''
    // Items of one list that lie at different depths come as several lists.
    const gap = type === 'rich_text_list' && before === type ? '\n' : '\n\n'
    markdown += (markdown && gap) + words.markdown
    text += (text && '\n') + words.text
    before = type
  }
  return { text, markdown }
}

function readPart(part: Fields, names: Names): Words {
  const elements = listOf(part.elements).slice(0, ELEMENTS_MAX)
  if (part.type === 'rich_text_list') return readList(part, elements, names)
  if (part.type === 'rich_text_preformatted') return fenced(plainOf(elements, names))
  const line = inline(elements, names)
  if (part.type !== 'rich_text_quote') return line
  return { text: line.text.replaceAll(/^/gm, '> '), markdown: line.markdown.replaceAll(/^/gm, '> ') }
}

function readList(part: Fields, items: Fields[], names: Names): Words {
  const indent = '    '.repeat(Math.min(Math.max(0, numberOf(part.indent) ?? 0), INDENT_MAX))
  const first = 1 + Math.max(0, numberOf(part.offset) ?? 0)
  const lines = items.map((item, index): Words => {
    const mark = part.style === 'ordered' ? `${first + index}. ` : '- '
    const words = inline(listOf(item.elements), names)
    const inside = `\n${indent}${' '.repeat(mark.length)}`
    return {
      text: `${indent}${mark}${words.text.replaceAll('\n', inside)}`,
      markdown: `${indent}${mark}${words.markdown.replaceAll('\n', inside)}`,
    }
  })
  return { text: lines.map(({ text }) => text).join('\n'), markdown: lines.map((line) => line.markdown).join('\n') }
}

function fenced(code: string): Words {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return { text: code, markdown: `${fence}\n${code}\n${fence}` }
}

function plainOf(elements: Fields[], names: Names): string {
  return elements.map((element) => readElement(element, names).text).join('')
}

/** Line ends stay line ends; an empty line begins a paragraph. */
function inline(elements: Fields[], names: Names): Words {
  const pieces = joinStyles(elements).map((element) => readElement(element, names))
  const text = pieces.map((piece) => piece.text).join('')
  const lines = pieces
    .map((piece) => piece.markdown)
    .join('')
    .split('\n')
    .map((line) => escapeLineStart(line.trim()))
  const markdown = lines.map((line, index) => line + (line === '' || !lines[index + 1] ? '' : '\\')).join('\n')
  return { text: text.trim(), markdown: markdown.trim() }
}

/** Slack cuts a bold word in two where somebody has corrected it. */
function joinStyles(elements: Fields[]): Fields[] {
  const joined: Fields[] = []
  for (const element of elements) {
    const last = joined.at(-1)
    const isSame = last?.type === 'text' && element.type === 'text' && styleOf(last) === styleOf(element)
    if (isSame) joined[joined.length - 1] = { ...last, text: `${textOf(last.text)}${textOf(element.text)}` }
    else joined.push(element)
  }
  return joined
}

function styleOf({ style }: Fields): string {
  const { bold, italic, strike, code } = fieldsOf(style)
  return JSON.stringify([bold === true, italic === true, strike === true, code === true])
}

function readElement(element: Fields, names: Names): Words {
  switch (element.type) {
    case 'text':
      return styled(tamed(textOf(element.text) ?? ''), fieldsOf(element.style))
    case 'link':
      return readLink(textOf(element.url) ?? '', textOf(element.text))
    case 'emoji':
      return literal(emojiOf(element))
    case 'user':
      return literal(`@${names.user(textOf(element.user_id) ?? '') ?? textOf(element.user_id) ?? ''}`)
    case 'channel':
      return literal(`#${names.channel(textOf(element.channel_id) ?? '') ?? textOf(element.channel_id) ?? ''}`)
    case 'usergroup':
      return literal(`@${textOf(element.usergroup_id) ?? ''}`)
    case 'broadcast':
      return literal(`@${textOf(element.range) ?? ''}`)
    case 'date':
      return literal(textOf(element.fallback) ?? '')
    default:
      return literal(textOf(element.text) ?? textOf(element.value) ?? '')
  }
}

function literal(text: string): Words {
  const said = tamed(text)
  return { text: said, markdown: escapeMarkdown(said) }
}

/** Marks stand close to the words they belong to, and reach over no line. */
function styled(text: string, style: Fields): Words {
  const marks = `${style.bold === true ? '**' : ''}${style.italic === true ? '*' : ''}${style.strike === true ? '~~' : ''}`
  if (marks === '' && style.code !== true) return { text, markdown: escapeMarkdown(text) }
  const lines = text.split('\n').map((line) => {
    const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(line) ?? []
    if (words === '') return line
    const inner = style.code === true ? ticked(words) : escapeMarkdown(words)
    return `${before}${marks}${inner}${[...(marks.match(/\*\*|\*|~~/g) ?? [])].reverse().join('')}${after}`
  })
  return { text, markdown: lines.join('\n') }
}

function ticked(code: string): string {
  const ticks = '`'.repeat(1 + Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length)))
  const space = code.startsWith('`') || code.endsWith('`') ? ' ' : ''
  return `${ticks}${space}${code}${space}${ticks}`
}

/** Whatever a link says, where it leads stands beside it. */
export function readLink(url: string, label: string | undefined): Words {
  const target = tamed(url)
  const shown = tamed(label ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const bare = target.replace(/^(mailto|tel):/, '')
  if (!/^(https?:\/\/|mailto:|tel:)[^\s<>]+$/i.test(target)) return literal(shown ? `${shown} (${bare})` : bare)
  const isItself = shown === '' || shown === target || shown === bare
  const markdown = /^https?:/i.test(target) ? `<${target}>` : `[${escapeMarkdown(bare)}](<${target}>)`
  if (isItself) return { text: bare, markdown }
  const host = URL.canParse(target) ? new URL(target).host || bare : bare
  return { text: `${shown} (${bare})`, markdown: `[${escapeMarkdown(shown)}](<${target}>) (${escapeMarkdown(host)})` }
}

function emojiOf(element: Fields): string {
  const points = (textOf(element.unicode) ?? '').split('-').map((point) => Number.parseInt(point, 16))
  const isKnown = points.length > 0 && points.length < 20 && points.every((point) => point > 0 && point <= 0x10ffff)
  return isKnown ? String.fromCodePoint(...points) : `:${textOf(element.name) ?? 'emoji'}:`
}
