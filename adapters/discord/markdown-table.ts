// A table of a letter as a block of fixed-width text: Discord has none of its own.
import { codeBlock } from './markdown.ts'

const DELIMITER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
const CELL_MAX = 60
const COLUMNS_MAX = 20
const ROWS_MAX = 200

export function takeTable(lines: readonly string[], at: number): { rows: string[][]; next: number } | undefined {
  const [head = '', delimiter = ''] = lines.slice(at, at + 2)
  if (!head.includes('|') || !delimiter.includes('-') || !DELIMITER.test(delimiter)) return undefined
  const rows = [cells(head)]
  if (rows[0]?.length !== cells(delimiter).length) return undefined
  let next = at + 2
  while (next < lines.length && lines[next]?.includes('|') && rows.length < ROWS_MAX)
    rows.push(cells(lines[next++] ?? ''))
  return { rows, next }
}

function cells(line: string): string[] {
  const bare = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return bare
    .split(/(?<!\\)\|/)
    .slice(0, COLUMNS_MAX)
    .map((cell) => plain(cell.trim()).slice(0, CELL_MAX).toWellFormed())
}

/** In a block of code the marks would be seen. */
function plain(cell: string): string {
  return cell
    .replace(/!?\[([^\]]{0,200})\]\(<?([^\s()<>]{0,500})>?\)/g, (_, label: string, href: string) =>
      `${label} ${href}`.trim(),
    )
    .replace(/(?<!\\)(\*\*|__|~~|`)/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

export function renderTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    widths
      .map((width, column) => (row[column] ?? '').padEnd(width))
      .join('  ')
      .trimEnd(),
  )
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return codeBlock([lines[0], rule, ...lines.slice(1)].join('\n'))
}
