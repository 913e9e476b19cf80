// Slack's cursors: a list cut into pages, with a next_cursor that is empty on the last one.
import { type Answer, refuse } from './answer.ts'
import { asNumber, asText, type Json } from './json.ts'

const PAGE_DEFAULT = 100
const PAGE_MAX = 1000

export function page<T>(args: Json, items: readonly T[], field: string, wire: (item: T) => unknown): Answer {
  const start = readCursor(args)
  if (start === undefined) return refuse('invalid_cursor')
  const limit = asNumber(args.limit) || PAGE_DEFAULT
  if (limit < 0 || limit > PAGE_MAX) return refuse('invalid_limit')
  const end = start + limit
  const shown = items.slice(start, end).map(wire)
  return { ok: true, [field]: shown, response_metadata: { next_cursor: end < items.length ? makeCursor(end) : '' } }
}

/** Where the page begins; undefined for a cursor Slack never gave. */
export function readCursor(args: Json): number | undefined {
  const cursor = asText(args.cursor)
  if (!cursor) return 0
  const match = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString('utf8'))
  return match ? Number(match[1]) : undefined
}

export function makeCursor(start: number): string {
  return Buffer.from(`next:${start}`).toString('base64')
}
