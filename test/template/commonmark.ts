// A small reader of CommonMark and of GitHub's additions: what a person would read, and every mark that would act.
// It is stricter than the standard: where that asks for more context before it sees a mark, this one sees it already.

export interface Read {
  /** The words as shown. */
  text: string
  /** `emphasis`, `link`, `heading`: everything that is not plain words. */
  marks: string[]
}

const BLOCKS: [RegExp, string][] = [
  [/^ {0,3}#{1,6}(?:[ \t]|$)/, 'heading'],
  [/^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/, 'list'],
  [/^ {0,3}>/, 'quote'],
  [/^ {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$/, 'rule'],
  [/^ {0,3}(?:=+|-+)[ \t]*$/, 'underline'],
  [/^ {0,3}(?:`{3,}|~{3,})/, 'fence'],
  [/^(?: {4}|\t)/, 'indented code'],
  [/^ {0,3}\[[^\]]+\]:/, 'definition'],
  [/^ {0,3}<[a-z!?/]/i, 'HTML block'],
]

export function readMarkdown(source: string): Read {
  const marks: string[] = []
  for (const line of source.split('\n')) {
    for (const [pattern, mark] of BLOCKS) if (pattern.test(line)) marks.push(mark)
  }
  const inline = readInline(source)
  return { text: inline.text, marks: [...marks, ...inline.marks] }
}

const AT: [RegExp, string][] = [
  [/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/iy, 'entity'],
  [/<(?:[a-z][a-z\d+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>/iy, 'autolink'],
  [/<(?:\/?[a-z][^<>]*|!--[\s\S]*?--|![a-z][^<>]*|\?[\s\S]*?\?)>/iy, 'HTML'],
  [/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/y, 'code'],
  [/!\[(?:\\.|[^\]\\])*\](?:\(|\[)/y, 'image'],
  [/\[(?:\\.|[^\]\\])*\](?:\(|\[)/y, 'link'],
  [/(\*{1,3}|_{1,3})(?=\S)(?:\\.|(?!\1)[^\\])+?\1/y, 'emphasis'],
  [/(~{1,2})(?=[^\s~])(?:\\.|[^\\~])+?\1/y, 'strikethrough'],
  [/\|/y, 'table'],
  [/(?:https?:\/\/|www\.)[^\s<]/iy, 'bare link'],
]

function readInline(source: string): Read {
  const marks: string[] = []
  let text = ''
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '\\' && /[!-/:-@[-`{-~]/.test(source[at + 1] ?? '')) {
      text += source[++at]
      continue
    }
    for (const [pattern, mark] of AT) {
      pattern.lastIndex = at
      if (pattern.test(source)) marks.push(mark)
    }
    text += source[at]
  }
  return { text, marks }
}
