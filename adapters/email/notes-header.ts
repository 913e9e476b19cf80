// Lotus Notes writes the header of a quoted mail without colons, each name and each value on a line of its own.
import { kindOf } from './header-label.ts'
import { nextWords, type ReplyLine } from './reply-line.ts'

const HEADER_LINES_MAX = 14
const DATE_LINE =
  /^\p{N}{1,4}[./-]\p{N}{1,2}[./-]\p{N}{2,4},? \p{N}{1,2}:\p{N}{2}(?::\p{N}{2})?(?: [AP]M)?(?: \p{Lu}{1,4}\d?)?$/u
const NAME_MAX = 80

/** Where the header begins whose date stands at `at`: with the name above it. */
export function notesHeaderAt(lines: ReplyLine[], at: number): number | undefined {
  const line = lines[at]
  if (!line || !DATE_LINE.test(line.view)) return undefined
  const to = nextWords(lines, at + 1)
  if (kindOf(lines[to]?.view ?? '') !== 'to') return undefined
  const rest = lines.slice(to, to + HEADER_LINES_MAX)
  if (!rest.some(({ view, quoted }) => !quoted && kindOf(view) === 'subject')) return undefined
  const above = lines[at - 1]
  return above && !above.blank && !above.quoted && above.view.length <= NAME_MAX ? at - 1 : at
}
