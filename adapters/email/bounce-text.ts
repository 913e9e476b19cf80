// The words of a notice as they are searched: one case, one kind of space, and a bounded number of them.
const LINES_MAX = 2000
const LINE_MAX = 1000

/** What a phrase is looked for in: servers wrap their sentences wherever the line ends. */
export function searchable(text: string): string {
  return text
    .replace(/[\u2018\u2019\u00b4`]/g, "'")
    .replace(/[\u201c\u201d\u201e]/g, '"')
    .replace(/\s+/g, ' ')
    .toLowerCase()
}

export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/, LINES_MAX).map((line) => (line.length > LINE_MAX ? line.slice(0, LINE_MAX) : line))
}

const QUOTE = /^\s{0,3}[>|]/

/** What others are quoted with is not said by whoever wrote this. */
export function withoutQuotes(text: string): string {
  return linesOf(text)
    .filter((line) => !QUOTE.test(line))
    .join('\n')
}

export function quotesIn(text: string): string {
  return linesOf(text)
    .filter((line) => QUOTE.test(line))
    .join('\n')
}

/** Without the lines that hold an id: it looks like an address, and nobody is written to there. */
export function withoutIds(text: string): string {
  return linesOf(text)
    .filter((line) => !/^\s{0,8}(?:[a-z]{1,20}[- ])?message[- ]?id\b/i.test(line))
    .join('\n')
}

const ADDRESS = /[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9][a-z0-9.-]{0,250}[a-z0-9]/gi
const ADDRESSES_MAX = 200

/** In lower case, in order, without repeats. */
export function addressesIn(text: string): string[] {
  const found = new Set<string>()
  // What stands in a link is part of the link.
  for (const [address] of text.replace(/\bhttps?:\/\/[^\s<>"]{1,500}/gi, ' ').matchAll(ADDRESS)) {
    found.add(
      address
        .toLowerCase()
        .replace(/^(?:mailto|smtp|rfc822)[:=]/, '')
        .replace(/^['=]+/, ''),
    )
    if (found.size >= ADDRESSES_MAX) break
  }
  return [...found]
}
