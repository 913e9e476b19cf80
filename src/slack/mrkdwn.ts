// Slack's text rules: what must be escaped, what is never parsed, where a long text may be cut, and how to read theirs.
import type { RichTextBlock } from '@slack/types'

/** Stays below the 3,000 characters that most of Slack's texts allow. */
export const CHUNK_LENGTH = 2900
/** How far before the limit a line end or a space is looked for. */
const REACH = 400

/** For mrkdwn and for the `text` of a message: with these three escaped nothing can ping or pose as a link. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Somebody's words, shown untouched whatever stands in them: Slack parses nothing inside a rich text element. */
export function richText(text: string): RichTextBlock[] {
  return chunks(text).map((piece) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: piece }] }],
  }))
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Pieces of at most `lengthMax` characters that put together are the text again. They end at a line end or a space
 * where there is one near, and never inside what a reader takes for one character.
 */
export function chunks(text: string, lengthMax = CHUNK_LENGTH): string[] {
  const segments = graphemes.segment(text)
  const isWhole = (at: number) => segments.containing(at)?.index === at
  const pieces: string[] = []
  let start = 0
  while (text.length - start > lengthMax) {
    const end = cutAt(text, start, start + lengthMax, isWhole, (at) => segments.containing(at)?.index ?? at)
    pieces.push(text.slice(start, end))
    start = end
  }
  if (start < text.length) pieces.push(text.slice(start))
  return pieces
}

function cutAt(
  text: string,
  start: number,
  limit: number,
  isWhole: (at: number) => boolean,
  wholeBefore: (at: number) => number,
): number {
  const floor = Math.max(start, limit - REACH)
  for (const mark of ['\n', ' ']) {
    const end = text.lastIndexOf(mark, limit - 1) + 1
    if (end > floor && isWhole(end)) return end
  }
  const whole = wholeBefore(limit)
  if (whole > start) return whole
  // One "character" longer than a whole piece, which nobody reads: then at least no surrogate pair is torn.
  const code = text.charCodeAt(limit)
  return code >= 0xdc00 && code <= 0xdfff ? limit - 1 : limit
}

/** At most `lengthMax` characters, with an ellipsis where something is missing. */
export function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${chunks(text, lengthMax - 1)[0]?.trimEnd() ?? ''}…`
}

/** How to show the people and channels that are mentioned; an id nobody knows stays as it is. */
export interface Names {
  user?(id: string): string | undefined
  channel?(id: string): string | undefined
}

const CONTROL = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g

/** The plain text of a message's `text`: control sequences read out, escapes undone. */
export function plainText(text: string, names: Names = {}): string {
  let plain = ''
  let from = 0
  for (const match of text.matchAll(CONTROL)) {
    const [whole, sign = '', body = '', label] = match
    plain +=
      undoEscapes(text.slice(from, match.index)) +
      readControl(sign, undoEscapes(body), label && undoEscapes(label), names)
    from = match.index + whole.length
  }
  return plain + undoEscapes(text.slice(from))
}

function readControl(sign: string, body: string, label: string | undefined, names: Names): string {
  if (sign === '@') return `@${names.user?.(body) ?? label ?? body}`
  if (sign === '#') return `#${label ?? names.channel?.(body) ?? body}`
  if (sign === '!') return readCommand(body, label)
  const target = body.replace(/^mailto:/, '')
  return label === undefined || label === '' || label === target ? target : `${label} (${target})`
}

function readCommand(body: string, label: string | undefined): string {
  if (label !== undefined) return label
  const [name = '', id] = body.split('^')
  return `@${id ?? name}`
}

/** What was typed behind a command: Slack may have made a link of an address, and escapes of signs. All else stays as it is. */
export function typedText(text: string): string {
  return undoEscapes(text.replaceAll(/<mailto:[^|>]*\|([^>]*)>/g, '$1'))
}

function undoEscapes(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
