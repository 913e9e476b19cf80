// A customer's words as CommonMark that means nothing but those words.
const SPECIAL = /[\\`*_[\]<>&#~|!]/g
const LINE_START = /^( {0,3})([-+=]|\d{1,9}(?=[.)]))/
const QUOTE_MARKS = /^(?:> ?)+/

export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, '\\$&')
}

/** Plain text as CommonMark: quoted lines stay quotes, line ends stay line ends, everything else is literal. */
export function textToMarkdown(text: string): string {
  const lines = text.split('\n').map(escapeLine)
  return lines.map((line, index) => line + (isBlank(line) || isBlank(lines[index + 1]) ? '' : '\\')).join('\n')
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || /^[> ]*$/.test(line)
}

function escapeLine(line: string): string {
  const marks = QUOTE_MARKS.exec(line)?.[0] ?? ''
  const words = line.slice(marks.length).trimStart()
  return marks + escapeLineStart(escapeMarkdown(words))
}

/** `- `, `1.` and `===` mean something only where a line begins. */
export function escapeLineStart(line: string): string {
  return line.replace(LINE_START, (_, indent: string, mark: string) =>
    /\d/.test(mark) ? `${indent}${mark}\\` : `${indent}\\${mark}`,
  )
}
