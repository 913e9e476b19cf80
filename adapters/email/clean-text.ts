// Text from outside, made safe to store: no NUL (PostgreSQL refuses it), no broken surrogates, an end.
export const TEXT_MAX = 1_000_000
const NAME_MAX = 200
const CONTROL = /\p{Cc}+/gu
// Marks that turn the reading direction around can make one name look like another.
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

export function cleanText(text: string, max = TEXT_MAX): string {
  // Cut before it is worked on: a mail may be all text, and fifty megabytes long.
  const plain = text
    .slice(0, 2 * max)
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .toWellFormed()
  return plain.length > max ? plain.slice(0, max).toWellFormed() : plain
}

/** For subjects, names and file names: one line without tricks. */
export function cleanLine(text: string, max = NAME_MAX): string {
  const line = text
    .slice(0, 10 * max)
    .replace(CONTROL, ' ')
    .replace(DIRECTION, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed()
  return line.length > max ? `${line.slice(0, max - 1).toWellFormed()}…` : line
}
