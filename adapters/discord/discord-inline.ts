// The inside of a line as Discord reads it: emphasis, code, spoilers, links, and the marks that stand for people and things.
export type Inline =
  | { type: 'text'; text: string }
  | { type: 'code'; text: string }
  | { type: 'strong' | 'emphasis' | 'deleted' | 'underline' | 'spoiler'; children: Inline[] }
  | { type: 'link'; href: string; label: string }

/** What the marks stand for, by id. */
export interface Names {
  users: ReadonlyMap<string, string>
  roles: ReadonlyMap<string, string>
  channels: ReadonlyMap<string, string>
}

const DEPTH_MAX = 8
const SPAN_MAX = 4000
const ESCAPED = /^\\([^\p{L}\p{N}\s])/u
const CODE = /^(`{1,2})(?!`)([^\n]{1,4000}?[^`\n])\1(?!`)/
const MARKS = /^<(@&|@!?|#|\/|t:|a?:|id:)([^<>\n]{1,120})>/
const AUTOLINK = /^<(https?:\/\/[^\s<>]{1,2000})>/
const MASKED =
  /^\[((?:\\.|[^[\]\\\n]){1,500})\]\(<?(https?:\/\/[^\s<>()]{1,2000}(?:\([^\s<>()]{0,500}\)[^\s<>()]{0,500})?)>?(?: "[^"\n]{0,200}")?\)/
const BARE = /^https?:\/\/[^\s<>"`\\]{1,2000}/
const PLAIN = /^(?:[^\\`<[*_~|h]|h(?!ttps?:\/\/))+/
const SPANS: { mark: string; type: 'strong' | 'emphasis' | 'deleted' | 'underline' | 'spoiler' }[] = [
  { mark: '**', type: 'strong' },
  { mark: '__', type: 'underline' },
  { mark: '~~', type: 'deleted' },
  { mark: '||', type: 'spoiler' },
  { mark: '*', type: 'emphasis' },
  { mark: '_', type: 'emphasis' },
]

export function readInline(text: string, names: Names, depth = 0): Inline[] {
  const found: Inline[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at, at + SPAN_MAX)
    const taken = take(rest, names, depth, text[at - 1] ?? ' ')
    const last = found.at(-1)
    if (taken.inline.type === 'text' && last?.type === 'text') last.text += taken.inline.text
    else found.push(taken.inline)
    at += taken.length
  }
  return found
}

interface Taken {
  inline: Inline
  length: number
}

function words(text: string, length = text.length): Taken {
  return { inline: { type: 'text', text }, length }
}

function take(rest: string, names: Names, depth: number, before: string): Taken {
  const plain = PLAIN.exec(rest)?.[0]
  if (plain) return words(plain)
  const escaped = ESCAPED.exec(rest)
  if (escaped?.[1]) return words(escaped[1], escaped[0].length)
  const code = CODE.exec(rest)
  if (code?.[2]) return { inline: { type: 'code', text: code[2].trim() || code[2] }, length: code[0].length }
  const mark = MARKS.exec(rest)
  const shown = mark ? readMark(mark[1] ?? '', mark[2] ?? '', names) : undefined
  if (mark && shown !== undefined) return words(shown, mark[0].length)
  return takeLink(rest) ?? takeSpan(rest, names, depth, before) ?? words(rest.charAt(0))
}

function takeLink(rest: string): Taken | undefined {
  const masked = MASKED.exec(rest)
  if (masked?.[1] && masked[2]) {
    const label = masked[1].replace(/\\([^\p{L}\p{N}\s])/gu, '$1')
    return { inline: { type: 'link', href: masked[2], label }, length: masked[0].length }
  }
  const automatic = AUTOLINK.exec(rest)
  if (automatic?.[1]) {
    return { inline: { type: 'link', href: automatic[1], label: automatic[1] }, length: automatic[0].length }
  }
  const bare = BARE.exec(rest)?.[0].replace(/[.,;:!?'")\]*_~|]+$/, '')
  return bare && bare.length > 'https://'.length
    ? { inline: { type: 'link', href: bare, label: bare }, length: bare.length }
    : undefined
}

function takeSpan(rest: string, names: Names, depth: number, before: string): Taken | undefined {
  if (depth >= DEPTH_MAX) return undefined
  const span = SPANS.find(({ mark }) => rest.startsWith(mark))
  if (!span) return undefined
  const { mark, type } = span
  // Inside a word an underscore is part of it: snake_case_names.
  if (mark === '_' && /[\p{L}\p{N}]/u.test(before)) return undefined
  const end = closing(rest, mark)
  if (end < 0) return undefined
  const inner = rest.slice(mark.length, end)
  if (!inner.trim() || (mark.length === 1 && /^\s|\s$/.test(inner))) return undefined
  return { inline: { type, children: readInline(inner, names, depth + 1) }, length: end + mark.length }
}

function closing(rest: string, mark: string): number {
  let from = mark.length
  for (;;) {
    const end = rest.indexOf(mark, from)
    if (end < 0) return -1
    if (rest[end - 1] === '\\' && rest[end - 2] !== '\\') from = end + 1
    else if (mark.length === 1 && rest[end + 1] === mark) from = end + 2
    else if (mark === '_' && /[\p{L}\p{N}]/u.test(rest[end + 1] ?? ' ')) from = end + 1
    else if (mark.length === 2 && rest[end + 2] === mark[0]) return end + 1
    else return end
  }
}

/** Undefined for what only looks like a mark. */
function readMark(sign: string, body: string, { users, roles, channels }: Names): string | undefined {
  if (sign === 't:') return readTime(body)
  if (sign === 'id:') return `#${body}`
  if (sign === '/') return /^[^:]{1,100}:\d{1,20}$/.test(body) ? `/${body.split(':', 1)[0] ?? ''}` : undefined
  if (sign === ':' || sign === 'a:') return /^\w{1,40}:\d{1,20}$/.test(body) ? `:${body.split(':', 1)[0]}:` : undefined
  if (!/^\d{1,20}$/.test(body)) return undefined
  if (sign === '#') return `#${channels.get(body) ?? 'unknown-channel'}`
  return sign === '@&' ? `@${roles.get(body) ?? 'unknown-role'}` : `@${users.get(body) ?? 'unknown-user'}`
}

const SECONDS_MAX = 8.64e12

function readTime(body: string): string | undefined {
  const [, seconds, style] = /^(-?\d{1,13})(?::([tTdDfFsSR]))?$/.exec(body) ?? []
  if (seconds === undefined || Math.abs(Number(seconds)) > SECONDS_MAX) return undefined
  const iso = new Date(Number(seconds) * 1000).toISOString()
  const [day = '', time = ''] = iso.split('T')
  if (style === 'd' || style === 'D') return day
  if (style === 't') return `${time.slice(0, 5)} UTC`
  return `${day} ${time.slice(0, style === 'T' ? 8 : 5)} UTC`
}
