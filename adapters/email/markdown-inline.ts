// The inside of a paragraph of CommonMark: emphasis, code, links. HTML is text here, and only web and mail links are links.
import { decodeEntities } from './html-entity.ts'

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'code'; text: string }
  | { type: 'break' }
  | { type: 'strong' | 'emphasis' | 'deleted'; children: Inline[] }
  | { type: 'link'; href: string; children: Inline[] }
  /** A picture that comes with the mail, by its content id or its file's name. */
  | { type: 'image'; contentId: string; alt: string }

type Token = Inline | { type: 'mark'; text: string; opens: boolean; closes: boolean }

const ESCAPED = /^\\([!-/:-@[-`{-~])/
const AUTOLINK = /^<(https?:\/\/[^\s<>]{1,2000}|[^\s<>@]{1,64}@[^\s<>@]{1,255})>/
const BARE_LINK = /^https?:\/\/[^\s<>"`\\]{1,2000}/
const LINK_TARGET =
  /^\(\s*(?:<([^<>\n]{0,2000})>|([^\s()]{0,2000}(?:\([^\s()]{0,500}\)[^\s()]{0,500})?))(?:\s+(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?\s*\)/
const MARK = /^(?:\*{1,2}|_{1,2}|~~)/
const PLAIN = /^[^\\`<[!*_~&\nh]+/
const ENTITY = /^&(?:#x?[0-9a-f]{1,7}|[a-z][a-z0-9]{1,7});/i
const LABEL_MAX = 2000
const LINK_DEPTH_MAX = 4
const PICTURE = /^cid:(.{1,200})$/i
const SAFE_LINK = /^(?:https?:\/\/|mailto:)[^\s<>"]+$/i

export function parseInline(text: string, depth = 0): Inline[] {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length) {
    const rest = text.slice(position, position + 2 * LABEL_MAX)
    const taken = takeToken(rest, text[position - 1] ?? ' ', depth)
    tokens.push(taken.token)
    position += taken.length
  }
  return joinText(pairMarks(tokens))
}

interface Taken {
  token: Token
  length: number
}

function takeToken(rest: string, before: string, depth: number): Taken {
  const plain = PLAIN.exec(rest)
  if (plain) return textToken(plain[0])
  const escaped = ESCAPED.exec(rest)
  if (escaped?.[1]) return { token: { type: 'text', text: escaped[1] }, length: 2 }
  if (rest.startsWith('\\\n')) return { token: { type: 'break' }, length: 2 }
  if (rest[0] === '\n') return { token: { type: 'break' }, length: 1 }
  const entity = ENTITY.exec(rest)
  if (entity) return { token: { type: 'text', text: decodeEntities(entity[0]) }, length: entity[0].length }
  return takeCode(rest) ?? takeLink(rest, depth) ?? takeMark(rest, before) ?? textToken(rest[0] ?? '')
}

function textToken(text: string): Taken {
  return { token: { type: 'text', text }, length: text.length }
}

function takeCode(rest: string): Taken | undefined {
  const fence = /^`+/.exec(rest)?.[0]
  if (!fence) return undefined
  const end = rest.indexOf(fence, fence.length)
  if (end < 0 || rest[end + fence.length] === '`') return textToken(fence)
  const code = rest.slice(fence.length, end).replaceAll('\n', ' ')
  return { token: { type: 'code', text: code.trim() || code }, length: end + fence.length }
}

function takeLink(rest: string, depth: number): Taken | undefined {
  const automatic = AUTOLINK.exec(rest)
  if (automatic?.[1]) {
    const shown = automatic[1]
    const href = shown.startsWith('http') ? shown : `mailto:${shown}`
    return { token: { type: 'link', href, children: [{ type: 'text', text: shown }] }, length: automatic[0].length }
  }
  const bare = depth === 0 ? BARE_LINK.exec(rest)?.[0].replace(/[.,;:!?'")\]*_~]+$/, '') : undefined
  if (bare && bare.length > 'https://'.length) {
    return { token: { type: 'link', href: bare, children: [{ type: 'text', text: bare }] }, length: bare.length }
  }
  const image = rest.startsWith('![') ? 1 : 0
  if (rest[image] !== '[' || depth > LINK_DEPTH_MAX) return undefined
  const labelEnd = closingBracket(rest, image + 1)
  const target = labelEnd > 0 ? LINK_TARGET.exec(rest.slice(labelEnd + 1)) : null
  if (!target) return undefined
  const label = rest.slice(image + 1, labelEnd)
  const href = unescapeMarkdown(target[1] ?? target[2] ?? '')
  const length = labelEnd + 1 + target[0].length
  const picture = image ? PICTURE.exec(href)?.[1] : undefined
  if (picture) return { token: { type: 'image', contentId: picture, alt: unescapeMarkdown(label) }, length }
  // A link that leads nowhere safe stays visible as the text it was.
  if (!SAFE_LINK.test(href)) return textToken(rest.slice(0, length))
  return { token: { type: 'link', href, children: parseInline(label, depth + 1) }, length }
}

function closingBracket(rest: string, from: number): number {
  let open = 1
  for (let i = from; i < Math.min(rest.length, LABEL_MAX); i++) {
    if (rest[i] === '\\') i++
    else if (rest[i] === '[') open++
    else if (rest[i] === ']' && --open === 0) return i
  }
  return -1
}

/** A mark opens before a word and closes after one; `_` does neither inside a word, so `snake_case` stays as it is. */
function takeMark(rest: string, before: string): Taken | undefined {
  // What `***` opened as `**` and `*` it closes the other way round.
  const mark = /^\*{3}(?!\S)/.test(rest) ? '*' : MARK.exec(rest)?.[0]
  if (!mark) return undefined
  const next = rest[mark.length] ?? ' '
  const inWord = mark.startsWith('_') && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(next)
  const opens = /\S/.test(next) && !inWord
  const closes = /\S/.test(before) && !inWord
  return { token: { type: 'mark', text: mark, opens, closes }, length: mark.length }
}

/** Each closing mark takes what stands between it and the nearest mark that opened the same. */
function pairMarks(tokens: Token[]): Inline[] {
  const out: Token[] = []
  const open = new Map<string, number[]>()
  for (const token of tokens) {
    if (token.type !== 'mark') {
      out.push(token)
      continue
    }
    const start = token.closes ? open.get(token.text)?.pop() : undefined
    if (start !== undefined && start < out.length - 1) {
      const children = out.splice(start).slice(1).map(markAsText)
      forgetFrom(open, start)
      out.push({ type: kindOf(token.text), children: joinText(children) })
    } else {
      if (token.opens) positionsOf(open, token.text).push(out.length)
      out.push(token)
    }
  }
  return out.map(markAsText)
}

function positionsOf(open: Map<string, number[]>, mark: string): number[] {
  const positions = open.get(mark) ?? []
  open.set(mark, positions)
  return positions
}

/** Marks inside what was just taken can no longer open anything. Positions only grow, so the last ones are those. */
function forgetFrom(open: Map<string, number[]>, start: number): void {
  for (const positions of open.values()) {
    while ((positions.at(-1) ?? -1) >= start) positions.pop()
  }
}

function kindOf(mark: string): 'strong' | 'emphasis' | 'deleted' {
  if (mark === '~~') return 'deleted'
  return mark.length === 2 ? 'strong' : 'emphasis'
}

function markAsText(token: Token): Inline {
  return token.type === 'mark' ? { type: 'text', text: token.text } : token
}

function joinText(inlines: Inline[]): Inline[] {
  const joined: Inline[] = []
  for (const inline of inlines) {
    const last = joined.at(-1)
    if (inline.type === 'text' && last?.type === 'text') last.text += inline.text
    else joined.push(inline.type === 'text' ? { ...inline } : inline)
  }
  return joined
}

function unescapeMarkdown(text: string): string {
  return decodeEntities(text.replace(/\\([!-/:-@[-`{-~])/g, '$1'))
}
