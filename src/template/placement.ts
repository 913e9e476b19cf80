// Where a field may not stand: in places where Markdown reads no escapes, a value would show them or, worse, end the place.

import type { BodyToken } from './liquid.ts'
import { type Problem, placeAt } from './problem.ts'

const STAND_IN = '\ue000'

const PLACES: [pattern: RegExp, what: string][] = [
  [/`(?:[^`\n]|\n(?!\n))+`/g, 'code'],
  [/^ {0,3}(?:```|~~~)[\s\S]*?(?:^ {0,3}(?:```|~~~)|$(?![\s\S]))/gm, 'code'],
  [/\]\([^)\n]*\ue000/g, `a link's address`],
  [/^ {0,3}\[[^\]\n]+\]:[^\n]*\ue000/gm, `a link's address`],
  [/<[^<>\n]*\ue000[^<>\n]*>/g, 'HTML'],
]

/** The outputs that stand in code, a link's address or HTML. */
export function findMisplaced(source: string, tokens: BodyToken[]): Problem[] {
  const outputs = tokens.filter((token) => token.kind === 'output')
  const drawn = drawOver(source, outputs)
  return outputs.flatMap((token) => {
    const what = PLACES.find(([pattern]) => covers(pattern, drawn, token.begin))?.[1]
    if (!what) return []
    const message = `a field cannot stand in ${what}`
    return [{ ...placeAt(source, token.begin), message, hint: 'Put it into the text instead.' }]
  })
}

/** The same text at the same offsets, each output drawn over by stand-ins. */
function drawOver(source: string, outputs: BodyToken[]): string {
  return outputs.reduce((text, { begin, text: output }) => {
    return text.slice(0, begin) + STAND_IN.repeat(output.length) + text.slice(begin + output.length)
  }, source)
}

function covers(pattern: RegExp, text: string, offset: number): boolean {
  return [...text.matchAll(pattern)].some((match) => match.index <= offset && offset < match.index + match[0].length)
}
