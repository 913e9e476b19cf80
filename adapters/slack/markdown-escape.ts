// A customer's words as CommonMark that means nothing but those words.

const SPECIAL = /[\\`*_[\]<>&#~|!]/g
const LINE_START = /^([-+=]|\d{1,9}(?=[.)]))/
/** As many marks as one letter of any language needs; beyond that, somebody wants to disturb. */
const MARKS = /(\p{M}{8})\p{M}+/gu

export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, '\\$&')
}

/** `- `, `1.` and `===` mean something only where a line begins. */
export function escapeLineStart(line: string): string {
  return line.replace(LINE_START, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`))
}

/** Without what would hide the lines above and below it, and without what the store refuses. */
export function tamed(text: string): string {
  return text.replaceAll('\0', '').replace(MARKS, '$1').toWellFormed()
}
