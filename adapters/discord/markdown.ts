// An agent's letter, which is CommonMark, as Discord writes: what Discord has no form for becomes readable, and what only Discord would
// read into it stays the letters that it is.
import { writeInline } from './markdown-inline.ts'
import { renderTable, takeTable } from './markdown-table.ts'

/** Behind backticks that open a fence the line has no more of them. */
const FENCE = /^ {0,3}(`{3,}(?![^\n]*`)|~{3,})[^\S\n]*([\w+#.-]{0,30})/
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const QUOTES = /^ {0,3}(?:> ?)+/
const ITEM = /^( {0,12})(?:([-*+])|(\d{1,9})[.)])[ \t]+(?=\S)/
/** Nobody is to be called by a letter; `allowed_mentions` says so once more. */
const CALL = /@(?=everyone|here)/gi
const LEVELS_MAX = 3
const LINE = '──────────'

export function writeDiscord(markdown: string): string {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n')
  const written: string[] = []
  for (let at = 0; at < lines.length; ) {
    const { text, next } = takeBlock(lines, at)
    written.push(text)
    at = next
  }
  return written
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(CALL, '@\u200b')
    .trim()
}

interface Taken {
  text: string
  next: number
}

function takeBlock(lines: readonly string[], at: number): Taken {
  const line = lines[at] ?? ''
  const fence = FENCE.exec(line)
  if (fence) return takeCode(lines, at, fence[1] ?? '', fence[2] ?? '')
  const table = takeTable(lines, at)
  if (table) return { text: renderTable(table.rows), next: table.next }
  const quotes = QUOTES.exec(line)?.[0]
  // Discord knows one level of them.
  if (quotes) return { text: `> ${writeLine(line.slice(quotes.length))}`, next: at + 1 }
  return { text: writeLine(line), next: at + 1 }
}

function takeCode(lines: readonly string[], at: number, fence: string, language: string): Taken {
  const close = lines.findIndex(
    (line, n) => n > at && line.trim().startsWith(fence) && !line.trim().replaceAll(fence[0] ?? '', ''),
  )
  const end = close < 0 ? lines.length : close
  return { text: codeBlock(lines.slice(at + 1, end).join('\n'), language), next: end + 1 }
}

/** Three backticks in a row would end it: a mark without width keeps them apart. */
export function codeBlock(code: string, language = ''): string {
  return `\`\`\`${language}\n${code.replace(/``(?=`)/g, '``\u200b')}\n\`\`\``
}

function writeLine(line: string): string {
  const words = line.replace(/(?: {2,}|\\)$/, '')
  const heading = HEADING.exec(words)
  if (heading) {
    const title = writeInline(heading[2] ?? '')
    return (heading[1]?.length ?? 1) <= LEVELS_MAX ? `${heading[1]} ${title}` : `**${title}**`
  }
  if (RULE.test(words)) return LINE
  const item = ITEM.exec(words)
  if (item) {
    const sign = item[3] === undefined ? '-' : `${item[3]}.`
    return `${item[1]}${sign} ${writeInline(words.slice(item[0].length))}`
  }
  // In a letter this is a hyphen and a hash; Discord would make it small print.
  return writeInline(words.trimStart()).replace(/^-#/, '\\-#')
}
