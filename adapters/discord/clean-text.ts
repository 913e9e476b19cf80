// Text from outside, made safe to store and bearable to read: no NUL, no broken surrogates, no towers of marks, an end.
export const TEXT_MAX = 20_000
const NAME_MAX = 100
const CONTROL = /\p{Cc}+/gu
// Marks that turn the reading direction around can make one name look like another.
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
// No language stacks more than four on one letter; "zalgo" stacks hundreds, and they cover the lines above.
const MARK_TOWER = /(\p{M}{4})\p{M}+/gu

export function cleanText(text: string, max = TEXT_MAX): string {
  const plain = text
    .slice(0, 2 * max)
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(MARK_TOWER, '$1')
    .toWellFormed()
  return plain.length > max ? `${plain.slice(0, max - 1).toWellFormed()}…` : plain
}

/** For names, titles and file names: one line without tricks. */
export function cleanLine(text: string, max = NAME_MAX): string {
  const line = text
    .slice(0, 10 * max)
    .replace(CONTROL, ' ')
    .replace(DIRECTION, '')
    .replace(MARK_TOWER, '$1')
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed()
  return line.length > max ? `${line.slice(0, max - 1).toWellFormed()}…` : line
}
