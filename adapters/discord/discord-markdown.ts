// A customer's words from Discord, read once and written twice: as plain text and as CommonMark, with nothing in either that can ping,
// pretend or hide.
import { cleanText } from './clean-text.ts'
import { type Inline, type Names, readInline } from './discord-inline.ts'
import { hostToShow } from './link-host.ts'
import { escapeLineStart, escapeMarkdown } from './markdown-escape.ts'

export interface Written {
  text: string
  markdown: string
}

const FENCE = /^```(?:([\w+#.-]{1,30})\n)?([\s\S]{0,20000}?)```/
const HEADING = /^(#{1,3}) +(?=\S)/
const SUBTEXT = /^-# +(?=\S)/
const ITEM = /^( {0,8})(?:([-*])|(\d{1,9})\.) +(?=\S)/
const QUOTE = /^> /
const REST_QUOTE = /^>>> /
const FENCES_MAX = 200

export function readDiscord(content: string, names: Names): Written {
  const blocks = splitFences(cleanText(content)).map((block) =>
    block.type === 'code' ? fenced(block) : readLines(block.text, names),
  )
  return joinBlocks(blocks.filter(({ text, markdown }) => text.trim() || markdown.trim()))
}

export function joinBlocks(blocks: readonly Written[]): Written {
  return {
    text: blocks.map(({ text }) => text).join('\n'),
    markdown: blocks.map(({ markdown }) => markdown).join('\n\n'),
  }
}

/** Words of our own or of a machine, with no marks in them. */
export function literal(text: string): Written {
  const plain = cleanText(text)
  return { text: plain, markdown: breaks(plain.split('\n').map((line) => escapeLineStart(escapeMarkdown(line)))) }
}

export function quoted({ text, markdown }: Written): Written {
  const quote = (lines: string) => lines.split('\n').map((line) => (line ? `> ${line}` : '>'))
  return { text: quote(text).join('\n'), markdown: quote(markdown).join('\n') }
}

type Block = { type: 'code'; language: string; code: string } | { type: 'lines'; text: string }

function splitFences(content: string): Block[] {
  const blocks: Block[] = []
  let rest = content
  for (let n = 0; n < FENCES_MAX; n++) {
    const at = rest.indexOf('```')
    const fence = at < 0 ? null : FENCE.exec(rest.slice(at))
    if (!fence) break
    if (at > 0) blocks.push({ type: 'lines', text: rest.slice(0, at) })
    blocks.push({ type: 'code', language: fence[1] ?? '', code: fence[2] ?? '' })
    rest = rest.slice(at + fence[0].length)
  }
  if (rest) blocks.push({ type: 'lines', text: rest })
  return blocks
}

function fenced({ language, code }: { language: string; code: string }): Written {
  const body = code.replace(/^\n/, '').replace(/\n$/, '')
  return { text: body, markdown: `\`\`\`${language}\n${body}\n\`\`\`` }
}

function readLines(block: string, names: Names): Written {
  const lines = block.replace(/^\n+|\n+$/g, '').split('\n')
  const from = lines.findIndex((line) => REST_QUOTE.test(line))
  const written = lines.map((line, n) => {
    const inRest = from >= 0 && n >= from
    const bare = inRest && n === from ? line.replace(REST_QUOTE, '') : line
    return inRest ? asQuote(readLine(bare, names)) : readLine(bare, names)
  })
  return { text: written.map(({ text }) => text).join('\n'), markdown: breaks(written.map(({ markdown }) => markdown)) }
}

const asQuote = ({ text, markdown }: Written): Written => ({ text: `> ${text}`, markdown: `> ${markdown}` })

function readLine(line: string, names: Names): Written {
  if (QUOTE.test(line)) return asQuote(readLine(line.slice(2), names))
  const heading = HEADING.exec(line)
  const item = ITEM.exec(line)
  const mark = heading?.[0] ?? item?.[0] ?? SUBTEXT.exec(line)?.[0] ?? ''
  const { text, markdown } = written(readInline(line.slice(mark.length), names))
  if (heading) return { text, markdown: `${heading[1]} ${markdown}` }
  if (item) {
    const sign = item[3] === undefined ? '- ' : `${item[3]}. `
    return { text: `${item[1]}${sign}${text}`, markdown: `${item[1]}${sign}${markdown}` }
  }
  return { text, markdown: mark ? markdown : escapeLineStart(markdown) }
}

/** A line end is a line end, as it was typed. */
function breaks(lines: string[]): string {
  return lines.map((line, n) => line + (endsHard(line, lines[n + 1]) ? '\\' : '')).join('\n')
}

function endsHard(line: string, next: string | undefined): boolean {
  const isBlank = (one: string | undefined) => one === undefined || /^[> ]*$/.test(one)
  return !isBlank(line) && !isBlank(next) && !/^#{1,3} /.test(line) && !ITEM.test(next ?? '')
}

function written(inlines: readonly Inline[]): Written {
  const parts = inlines.map(writeInline)
  return { text: parts.map(({ text }) => text).join(''), markdown: parts.map(({ markdown }) => markdown).join('') }
}

function writeInline(inline: Inline): Written {
  if (inline.type === 'text') return { text: inline.text, markdown: escapeMarkdown(inline.text) }
  if (inline.type === 'code') {
    const ticks = inline.text.includes('`') ? '``' : '`'
    const pad = inline.text.startsWith('`') || inline.text.endsWith('`') ? ' ' : ''
    return { text: inline.text, markdown: `${ticks}${pad}${inline.text}${pad}${ticks}` }
  }
  if (inline.type === 'link') return link(inline)
  const { text, markdown } = written(inline.children)
  if (inline.type === 'spoiler') return { text: `(spoiler: ${text})`, markdown: `(spoiler: ${markdown})` }
  const sign = { strong: '**', emphasis: '*', deleted: '~~', underline: '' }[inline.type]
  return { text, markdown: `${sign}${markdown}${sign}` }
}

function link({ href, label }: { href: string; label: string }): Written {
  if (label === href) return { text: href, markdown: `<${href}>` }
  const host = hostToShow(label, href)
  const shown = host === undefined ? '' : ` (${host})`
  return { text: `${label} (${href})`, markdown: `[${escapeMarkdown(label)}](<${href}>)${escapeMarkdown(shown)}` }
}
