// The inside of a line of CommonMark, as runs of text that are formatted alike. HTML is text here, and only web and mail links are links.

export interface Run {
  text: string
  bold?: true
  italic?: true
  strike?: true
  code?: true
  /** Where it leads. */
  url?: string
}

type Style = Omit<Run, 'text'>

const DEPTH_MAX = 6
const PLAIN = /[^\\`<[!*_~&h]+/y
const ESCAPED = /\\([!-/:-@[-`{-~])/y
const HARD_BREAK = /\\\n/y
const CODE = /(`+)(?!`)((?:(?!\1)[\s\S]|(?<=`)`){1,4000}?)(?<!`)\1(?!`)/y
const AUTOLINK = /<(https?:\/\/[^\s<>]{1,2000}|[^\s<>@]{1,64}@[^\s<>@]{1,255})>/y
const LINK =
  /!?\[((?:\\[\s\S]|[^\\[\]]|\[[^[\]]{0,200}\]){0,1000})\]\(\s*(?:<([^<>\n]{0,2000})>|((?:[^\s()]|\([^\s()]{0,500}\)){0,2000}))(?:\s+(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?\s*\)/y
const BARE_LINK = /https?:\/\/[^\s<>"`\\]{1,2000}/y
const ENTITY = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/iy
const STRONG =
  /\*\*(?=\S)((?:\\[\s\S]|[^\\]){1,4000}?)(?<=\S)\*\*(?!\*)|(?<![\p{L}\p{N}])__(?=\S)((?:\\[\s\S]|[^\\]){1,4000}?)(?<=\S)__(?![\p{L}\p{N}_])/uy
const EMPHASIS =
  /\*(?![\s*])((?:\\[\s\S]|[^\\]){1,4000}?)(?<!\s|(?<!\\)\*)\*(?!\*)|(?<![\p{L}\p{N}])_(?![\s_])((?:\\[\s\S]|[^\\]){1,4000}?)(?<!\s|(?<!\\)_)_(?![\p{L}\p{N}_])/uy
const DELETED = /~~(?=\S)((?:\\[\s\S]|[^\\]){1,4000}?)(?<=\S)~~/y
const SAFE_LINK = /^(?:https?:\/\/|mailto:)[^\s<>"]+$/i
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

export function parseInline(text: string, style: Style = {}, depth = 0): Run[] {
  const runs: Run[] = []
  for (let at = 0; at < text.length; ) {
    const taken = takeRun(text, at, style, depth)
    runs.push(...taken.runs)
    at += taken.length
  }
  return joined(runs)
}

interface Taken {
  runs: Run[]
  length: number
}

function takeRun(text: string, at: number, style: Style, depth: number): Taken {
  const say = (said: string, length = said.length): Taken => ({ runs: [{ ...style, text: said }], length })
  const plain = matchAt(PLAIN, text, at)
  if (plain) return say(plain[0])
  const escaped = matchAt(ESCAPED, text, at)
  if (escaped) return say(escaped[1] ?? '', 2)
  if (matchAt(HARD_BREAK, text, at)) return say('\n', 2)
  const code = matchAt(CODE, text, at)
  if (code) return { runs: [{ ...style, code: true, text: codeIn(code[2] ?? '') }], length: code[0].length }
  const entity = matchAt(ENTITY, text, at)
  if (entity) return say(characterOf(entity), entity[0].length)
  return takeLink(text, at, style, depth) ?? takeMarked(text, at, style, depth) ?? say(text[at] ?? '')
}

function takeLink(text: string, at: number, style: Style, depth: number): Taken | undefined {
  const automatic = matchAt(AUTOLINK, text, at)
  if (automatic?.[1]) {
    const url = automatic[1].startsWith('http') ? automatic[1] : `mailto:${automatic[1]}`
    return { runs: [{ ...style, url, text: automatic[1] }], length: automatic[0].length }
  }
  const bare = matchAt(BARE_LINK, text, at)?.[0].replace(/[.,;:!?'")\]*_~]+$/, '')
  if (bare && bare.length > 'https://'.length) {
    return { runs: [{ ...style, url: style.url ?? bare, text: bare }], length: bare.length }
  }
  const link = style.url === undefined && depth < DEPTH_MAX ? matchAt(LINK, text, at) : undefined
  if (!link) return undefined
  const url = (link[2] ?? link[3] ?? '').replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
  // A link that leads nowhere safe stays visible as the text it was.
  if (!SAFE_LINK.test(url)) return { runs: [{ ...style, text: link[0] }], length: link[0].length }
  const label = parseInline(link[1] ?? '', { ...style, url }, depth + 1)
  return { runs: label.length > 0 ? label : [{ ...style, url, text: url }], length: link[0].length }
}

const MARKS = [
  [STRONG, { bold: true }],
  [EMPHASIS, { italic: true }],
  [DELETED, { strike: true }],
] as const

function takeMarked(text: string, at: number, style: Style, depth: number): Taken | undefined {
  if (depth >= DEPTH_MAX) return undefined
  for (const [pattern, mark] of MARKS) {
    const match = matchAt(pattern, text, at)
    if (match) {
      return {
        runs: parseInline(match[1] ?? match[2] ?? '', { ...style, ...mark }, depth + 1),
        length: match[0].length,
      }
    }
  }
  return undefined
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function codeIn(code: string): string {
  const line = code.replaceAll('\n', ' ')
  return /^ .*[^ ].* $|^ [^ ] $/.test(line) ? line.slice(1, -1) : line
}

function characterOf([whole, name, decimal, hex]: RegExpExecArray): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  const isCharacter = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
  return isCharacter ? String.fromCodePoint(point) : whole
}

function joined(runs: Run[]): Run[] {
  const result: Run[] = []
  for (const run of runs) {
    const last = result.at(-1)
    if (last && isAlike(last, run)) last.text += run.text
    else if (run.text !== '') result.push({ ...run })
  }
  return result
}

function isAlike(a: Run, b: Run): boolean {
  return a.bold === b.bold && a.italic === b.italic && a.strike === b.strike && a.code === b.code && a.url === b.url
}
