// Which of several ways of saying the same is shown: plain text, unless it says less than the HTML beside it.
import { isBlank, roughWords, type Words } from './mail-content.ts'

// A plain text this short may be all that a program without a plain form of the mail puts there; longer ones are believed.
const POOR_CHARS_MAX = 600
const RICHER_FACTOR = 3
const RICHER_CHARS_MIN = 120
const NEEDS_VIEWER = /\b(?:html|browser|viewer|web ?view)\b/i

export function bestAlternative(branches: Words[][]): Words[] {
  const said = branches.filter((words) => !isBlank(words))
  const plain = said.find((words) => words.every(({ kind }) => kind === 'text'))
  const rich = said.findLast((words) => words.some(({ kind }) => kind === 'html'))
  if (!plain || !rich) return plain ?? rich ?? []
  return saysLess(plain, rich) ? rich : plain
}

function saysLess(plain: Words[], rich: Words[]): boolean {
  const text = plain.map((piece) => (piece.kind === 'text' ? piece.text : '')).join(' ')
  if (text.length > POOR_CHARS_MAX) return false
  const little = letters(text.replace(/https?:\S+/g, ''))
  const much = rich.reduce(
    (sum, piece) => sum + (piece.kind === 'text' ? letters(piece.text) : letters(roughWords(piece.html))),
    0,
  )
  if (NEEDS_VIEWER.test(text) && much > 0 && little < 200) return true
  return much > RICHER_FACTOR * little && much - little > RICHER_CHARS_MIN
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0
}
