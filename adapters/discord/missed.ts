// Reads what happened in a place while nobody listened: new messages in order, and edits and deletions as far as the history shows them.
import { askList } from './api.ts'
import { type Payload, textOf } from './payload.ts'
import type { Place } from './place.ts'
import { keepDeletion, keepEdit, type RoomTools, type Take, takeMessage } from './room.ts'
import { compareSnowflakes, isAfter } from './snowflake.ts'

const PAGE = 100

/** `keep` makes one page durable and moves the place's cursor with it. */
export async function readMissed(
  tools: RoomTools,
  place: Place,
  keep: (take: Take) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  if (place.recent.size > 0) await keep(await changesOf(tools, place, stop))
  for (;;) {
    const page = await readPage(tools, place, { after: place.after, limit: PAGE }, stop)
    const take: Take = { raws: [], seen: [] }
    for (const message of page) await takeMessage(tools, place, message, take)
    if (page.length > 0) await keep(take)
    if (page.length < PAGE) return
  }
}

/** Of those kept last: which say something else by now, and which are gone. */
async function changesOf(tools: RoomTools, place: Place, stop: AbortSignal): Promise<Take> {
  const before = String(BigInt(place.after) + 1n)
  const page = await readPage(tools, place, { before, limit: PAGE }, stop)
  const found = new Map(page.map((message) => [textOf(message.id), message]))
  const oldest = page.length < PAGE ? '0' : textOf(page[0]?.id)
  const take: Take = { raws: [], seen: [] }
  for (const [id, edited] of place.recent) {
    const message = found.get(id)
    if (message && textOf(message.edited_timestamp) !== edited) await keepEdit(tools, place, message, take)
    // The history does not reach further back than its page.
    if (!message && isAfter(id, oldest)) {
      keepDeletion(tools, place, id, take)
      place.recent.delete(id)
    }
  }
  return take
}

/** Oldest first, whatever order Discord gives them in. */
async function readPage(
  { api }: RoomTools,
  { id }: Place,
  query: Record<string, string | number>,
  stop: AbortSignal,
): Promise<Payload[]> {
  const page = await askList(api, `/channels/${id}/messages`, query, stop)
  return page.sort((a, b) => compareSnowflakes(textOf(a.id), textOf(b.id)))
}
