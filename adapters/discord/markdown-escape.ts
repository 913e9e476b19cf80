// A customer's words as CommonMark that means nothing but those words.
const SPECIAL = /[\\`*_[\]<>&#~|!]/g
const LINE_START = /^( {0,3})([-+=]|\d{1,9}(?=[.)]))/

export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, '\\$&')
}

/** `- `, `1.` and `===` mean something only where a line begins. */
export function escapeLineStart(line: string): string {
  return line.replace(LINE_START, (_, indent: string, mark: string) =>
    /\d/.test(mark) ? `${indent}${mark}\\` : `${indent}\\${mark}`,
  )
}
