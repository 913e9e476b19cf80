// Finding a post again whose answer was lost: each one carries the id of its effect, which history shows.
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { MINUTE } from '../clock.ts'
import { troubleOf } from '../slack/trouble.ts'
import { EVENT_TYPE } from './post.ts'

/** A message of ours as history shows it. */
export interface Found {
  ts: string
  n: number | undefined
  /** The files in it, as Slack calls them. */
  fileIds: string[]
}

/** Items of one page: what apps of every kind are allowed to ask for. */
const PAGE = 15
const PAGES_MAX = 40
const MARGIN_MS = MINUTE
const LOOKS_MAX = 100

export interface Finder {
  /**
   * The posts of this effect, and every message with files, since shortly before the effect was first tried. Undefined
   * when there is too much to look through. Throws `SendError` when Slack cannot be asked or wants us to wait; the next
   * call then goes on where this one stopped.
   */
  find(
    effect: { id: string; startedAt: number },
    place: { channel: string; threadTs?: string },
  ): Promise<Found[] | undefined>
}

interface Look {
  cursor: string | undefined
  pages: number
  found: Found[]
}

export function makeFinder(read: WebClient): Finder {
  // With one request a minute, a look of several pages takes as many calls; it must not begin again each time.
  const begun = new Map<string, Look>()
  return {
    async find(effect, place) {
      const look = begun.get(effect.id) ?? { cursor: undefined, pages: 0, found: [] }
      if (begun.size >= LOOKS_MAX) begun.clear()
      begun.set(effect.id, look)
      const oldest = ((effect.startedAt - MARGIN_MS) / 1000).toFixed(6)
      do {
        if (look.pages >= PAGES_MAX) {
          begun.delete(effect.id)
          return undefined
        }
        const page = await readPage(read, place, oldest, look.cursor)
        look.found.push(...(page.messages ?? []).flatMap((message) => foundIn(message, effect.id)))
        look.cursor = page.response_metadata?.next_cursor || undefined
        look.pages += 1
      } while (look.cursor)
      begun.delete(effect.id)
      return look.found
    },
  }
}

interface Message {
  ts?: string
  metadata?: { event_type?: string; event_payload?: { oid?: unknown; n?: unknown } }
  files?: { id?: string }[]
}

interface Page {
  messages?: Message[]
  response_metadata?: { next_cursor?: string }
}

async function readPage(
  read: WebClient,
  { channel, threadTs }: { channel: string; threadTs?: string },
  oldest: string,
  cursor: string | undefined,
): Promise<Page> {
  const range = { channel, oldest, inclusive: true, include_all_metadata: true, limit: PAGE, ...(cursor && { cursor }) }
  try {
    const page = threadTs
      ? await read.conversations.replies({ ...range, ts: threadTs })
      : await read.conversations.history(range)
    return page as Page
  } catch (error) {
    throw lookTrouble(error)
  }
}

/** Whatever went wrong, nothing was learnt: the look is made again. */
function lookTrouble(error: unknown): SendError {
  const trouble = troubleOf(error, 'look for the post')
  return new SendError({ kind: 'temporary' }, trouble.message, { cause: error })
}

function foundIn({ ts, metadata, files }: Message, oid: string): Found[] {
  const fileIds = (files ?? []).flatMap(({ id }) => (id ? [id] : []))
  const isOurs = metadata?.event_type === EVENT_TYPE && metadata.event_payload?.oid === oid
  if (ts === undefined || (!isOurs && fileIds.length === 0)) return []
  const n = metadata?.event_payload?.n
  return [{ ts, n: isOurs && typeof n === 'number' ? n : undefined, fileIds }]
}
