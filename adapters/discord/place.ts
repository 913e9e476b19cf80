// The places where customers write, and how far each has been read. Discord acknowledges nothing: this is all that a restart goes by.
import type { Intake, RawEvent } from '../../src/channel.ts'
import { payloadOf, textOf } from './payload.ts'
import type { PlaceKind } from './raw-event.ts'
import { isAfter, isSnowflake } from './snowflake.ts'

export interface Place {
  readonly id: string
  readonly kind: PlaceKind
  readonly guildId?: string
  /** Whose thread it is. */
  ownerId?: string
  /** Only what names us counts, until something does. */
  onlyMentions: boolean
  /** It is in the index, or in the configuration, and so is found again after a restart. */
  isKnown: boolean
  /** The newest message that was looked at. */
  after: string
  /** Those kept last, with the time of their newest edit: an edit or a deletion that we miss shows against these. */
  recent: Map<string, string>
  /** Monotonic; places that are alive are looked after more often. */
  activeAt: number
  /** Messages that were looked at since the cursor was kept. */
  unkept: number
}

export interface Cursor {
  key: string
  value: string
}

const RECENT_MAX = 25
const PAGE_PLACES = 200
const PAGES_MAX = 1000

export function cursorOf({ id, after, recent }: Pick<Place, 'id' | 'after' | 'recent'>): Cursor {
  return { key: `at:${id}`, value: JSON.stringify({ after, recent: [...recent] }) }
}

export async function readCursor(intake: Intake, place: Place): Promise<void> {
  const kept = await intake.readCursor(`at:${place.id}`)
  if (kept === undefined) return
  const { after, recent } = payloadOf(JSON.parse(kept))
  if (isSnowflake(after) && isAfter(after, place.after)) place.after = after
  const pairs = (Array.isArray(recent) ? recent : []) as [string, string][]
  place.recent = new Map(pairs)
}

export function remember({ recent }: Pick<Place, 'recent'>, id: string, edited: string): void {
  recent.set(id, edited)
  for (const oldest of recent.keys()) {
    if (recent.size <= RECENT_MAX) break
    recent.delete(oldest)
  }
}

interface Entry {
  id: string
  kind: PlaceKind
  guild?: string
  owner?: string
  after: string
  recent?: [string, string][]
}

/** All direct messages and threads that we know of, in pages, so that a new one does not rewrite them all. */
export interface PlaceIndex {
  read(): Promise<Entry[]>
  /** Keeps what came there together with the entry: neither is there without the other. */
  add(place: Place, raws: RawEvent[]): Promise<void>
}

/** `keep` resolves when durable. */
export function placeIndex(intake: Pick<Intake, 'readCursor'>, keep: Intake['keep']): PlaceIndex {
  const pages: Entry[][] = []
  let turn: Promise<unknown> = Promise.resolve()
  const write = async (place: Place, raws: RawEvent[]) => {
    const last = pages.length === 0 || (pages.at(-1)?.length ?? 0) >= PAGE_PLACES ? pages.length : pages.length - 1
    const page = [...(pages[last] ?? []), entryOf(place)]
    await keep(raws, { key: `places:${last}`, value: JSON.stringify(page) })
    pages[last] = page
    place.isKnown = true
  }
  return {
    async read() {
      for (let n = 0; n < PAGES_MAX; n++) {
        const kept = await intake.readCursor(`places:${n}`)
        if (kept === undefined) break
        pages[n] = entriesIn(kept)
      }
      return pages.flat()
    },
    add(place, raws) {
      if (place.isKnown) return keep(raws, cursorOf(place))
      // One after the other: two at a time would each write the page without the other's entry.
      const mine = turn.then(() => write(place, raws))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}

function entryOf({ id, kind, guildId, ownerId, after, recent }: Place): Entry {
  return {
    ...{ id, kind, after },
    ...(guildId !== undefined && { guild: guildId }),
    ...(ownerId !== undefined && { owner: ownerId }),
    ...(recent.size > 0 && { recent: [...recent] }),
  }
}

function entriesIn(kept: string): Entry[] {
  const entries: unknown = JSON.parse(kept)
  return (Array.isArray(entries) ? entries : []).map(payloadOf).flatMap((entry) => {
    const { id, kind, after } = entry
    if (!isSnowflake(id) || !isSnowflake(after)) return []
    return [{ ...(entry as unknown as Entry), id, after, kind: textOf(kind) as PlaceKind }]
  })
}

export function placeOf({ id, kind, guild, owner, after, recent = [] }: Entry): Place {
  return {
    ...{ id, kind, after, recent: new Map(recent), onlyMentions: false, isKnown: true, activeAt: 0, unkept: 0 },
    ...(guild !== undefined && { guildId: guild }),
    ...(owner !== undefined && { ownerId: owner }),
  }
}
