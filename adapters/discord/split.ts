// Cuts a long answer into messages that Discord takes: at a paragraph, a line or a word, never inside what a reader takes for one
// character, and with code fences closed where one message ends and opened again where the next begins.

/** UTF-16 units; Discord counts characters, which are never more. */
export const MESSAGE_MAX = 2000
/** How far before the limit a better place is looked for. */
const REACH = 600
const FENCE = /^```([\w+#.-]{0,30})/
const CLOSE = '\n```'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export function splitMessage(text: string, max = MESSAGE_MAX): string[] {
  const parts: string[] = []
  let rest = text.trim()
  let open: string | undefined
  while (rest) {
    const head = open === undefined ? '' : `\`\`\`${open}\n`
    if (head.length + rest.length <= max) {
      parts.push(head + rest)
      break
    }
    const room = max - head.length - CLOSE.length
    const cut = cutAt(rest, room)
    const piece = rest.slice(0, cut)
    const stillOpen = openAfter(piece, open)
    parts.push(head + piece.trimEnd() + (stillOpen === undefined ? '' : CLOSE))
    rest = stillOpen === undefined ? rest.slice(cut).trimStart() : rest.slice(cut).replace(/^\n/, '')
    open = stillOpen
    // The fence's own end alone would open an empty one.
    if (open !== undefined && /^```\s*(?:\n|$)/.test(rest)) {
      rest = rest.replace(/^```[^\S\n]*\n?/, '').trimStart()
      open = undefined
    }
  }
  return parts.filter((part) => part.trim())
}

/** The language of the fence that is open at the end of the piece; undefined when none is. */
function openAfter(piece: string, before: string | undefined): string | undefined {
  return piece.split('\n').reduce<string | undefined>((open, line) => {
    const fence = FENCE.exec(line)
    if (!fence) return open
    return open === undefined ? (fence[1] ?? '') : undefined
  }, before)
}

function cutAt(text: string, limit: number): number {
  const floor = Math.max(limit / 2, limit - REACH)
  for (const mark of ['\n\n', '\n', ' ']) {
    const end = text.lastIndexOf(mark, limit - mark.length) + mark.length
    if (end > floor && !isInsideMark(text, end)) return end
  }
  const whole = graphemeBefore(text, limit)
  const end = whole > 0 ? whole : safeUnit(text, limit)
  return end > 1 && isInsideMark(text, end) ? end - 1 : end
}

/** Between a backslash and what it escapes: an odd number of them stands before. */
function isInsideMark(text: string, at: number): boolean {
  return (/\\+$/.exec(text.slice(Math.max(0, at - 50), at))?.[0].length ?? 0) % 2 === 1
}

const SEGMENT_READ = 4000

function graphemeBefore(text: string, limit: number): number {
  const from = Math.max(0, limit - SEGMENT_READ)
  const found = graphemes.segment(text.slice(from, limit + SEGMENT_READ)).containing(limit - from)
  return found ? found.index + from : limit
}

/** One "character" longer than a whole message, which nobody reads: then at least no surrogate pair is torn. */
function safeUnit(text: string, limit: number): number {
  const code = text.charCodeAt(limit)
  return code >= 0xdc00 && code <= 0xdfff ? limit - 1 : limit
}
