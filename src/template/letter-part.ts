// A long letter in parts that fit into fields of a form, and whole again: what nobody touches comes back to the very character.

export interface Parts {
  texts: readonly string[]
  /** What stands between two of them, one fewer than there are texts. */
  joints: readonly string[]
}

const PARAGRAPH = '\n\n'
/** What a form carries back to us has little room. */
const JOINT_LENGTH_MAX = 40

/** At the ends of paragraphs, else of lines, else of words, else wherever there is room. `lengthMax` is 2 at least. */
export function splitLetter(text: string, lengthMax: number): Parts {
  const texts: string[] = []
  const joints: string[] = []
  let rest = text
  while (rest.length > lengthMax) {
    const { end, begin } = findCut(rest, lengthMax)
    texts.push(rest.slice(0, end))
    joints.push(rest.slice(end, begin))
    rest = rest.slice(begin)
  }
  return { texts: [...texts, rest], joints }
}

export function joinLetter(texts: readonly string[], joints: readonly string[]): string {
  return piecesOf(texts, joints)
    .map(({ joint, text }) => joint + text)
    .join('')
}

/** Where a line of the whole stands: in which part, and on which line of it. All count from 0. */
export function placeOfLine(
  texts: readonly string[],
  joints: readonly string[],
  line: number,
): { part: number; line: number } {
  let place = { part: 0, line }
  let begin = 0
  for (const { part, joint, text } of piecesOf(texts, joints)) {
    begin += linesIn(joint)
    if (line >= begin) place = { part, line: line - begin }
    begin += linesIn(text)
  }
  return place
}

/** An empty part is none any more, and one that is new is a paragraph of its own. */
function piecesOf(
  texts: readonly string[],
  joints: readonly string[],
): { part: number; joint: string; text: string }[] {
  const filled = texts.flatMap((text, part) => (text === '' ? [] : [{ part, text }]))
  return filled.map(({ part, text }, n) => {
    const before = filled[n - 1]?.part
    const joint = before === part - 1 ? (joints[before] ?? PARAGRAPH) : PARAGRAPH
    return { part, text, joint: before === undefined ? '' : joint }
  })
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}

/** What is left of `end` is the part, what is right of `begin` the rest. */
function findCut(text: string, lengthMax: number): { end: number; begin: number } {
  const half = Math.floor(lengthMax / 2)
  for (const sign of [PARAGRAPH, '\n', ' ']) {
    const at = text.lastIndexOf(sign, lengthMax)
    if (at < half) continue
    const end = text.slice(0, at).trimEnd().length
    const begin = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)
    if (end > 0 && begin < text.length && begin - end <= JOINT_LENGTH_MAX) return { end, begin }
  }
  // No sign that is written as two is cut in two.
  const end = /[\ud800-\udbff]/.test(text[lengthMax - 1] ?? '') ? lengthMax - 1 : lengthMax
  return { end, begin: end }
}
