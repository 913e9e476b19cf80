// What of a span of history is news: messages, edits and deletions since, and threads that have begun or gone on.
import type { RawEvent } from '../../src/channel.ts'
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../../src/slack/field.ts'
import type { Span } from './history.ts'
import type { People } from './people.ts'
import { compareTs, type Place, type Position, readFrom } from './position.ts'
import { type Heard, hearMessage, toRaw } from './raw.ts'
import type { Us } from './standing.ts'

/** Each as the event Slack would have sent, oldest first. */
export function newsIn(place: Place, position: Position, { messages, isWhole }: Span, us: Us, now: string): Heard[] {
  const known = new Set(position.recent)
  const from = readFrom(position)
  const there = messages.filter(({ subtype }) => subtype !== 'tombstone')
  const said = there.flatMap((message) => {
    const ts = textOf(message.ts) ?? ''
    // A thread is always told with its first message, however old that is.
    if (compareTs(ts, from) < 0) return []
    const event = known.has(ts) ? editEvent(place, message) : messageEvent(place, message)
    return (event && hearMessage(event, us)) ?? []
  })
  const present = new Set(there.map(({ ts }) => ts))
  const gone = isWhole ? position.recent.filter((ts) => compareTs(ts, from) >= 0 && !present.has(ts)) : []
  const deleted = gone.flatMap((ts) => hearMessage(deletionEvent(place, ts, now), us) ?? [])
  return [...said, ...deleted]
}

function messageEvent({ channel }: Place, message: Fields): Fields {
  return { ...message, type: 'message', channel }
}

/** It is on record; only what somebody has changed since is news. */
function editEvent({ channel }: Place, message: Fields): Fields | undefined {
  const editedTs = textOf(fieldsOf(message.edited).ts)
  if (editedTs === undefined) return undefined
  return { type: 'message', subtype: 'message_changed', channel, message, previous_message: {}, event_ts: editedTs }
}

/** When it was deleted nobody tells: at the latest now. */
function deletionEvent({ channel, thread }: Place, ts: string, now: string): Fields {
  const before = thread === undefined ? {} : { thread_ts: thread }
  return {
    type: 'message',
    subtype: 'message_deleted',
    channel,
    deleted_ts: ts,
    previous_message: before,
    event_ts: now,
  }
}

/** The threads under these messages, with their newest answers. */
export function threadsIn(messages: readonly Fields[]): { thread: string; latest: string }[] {
  return messages.flatMap((message) => {
    const thread = textOf(message.ts)
    const count = numberOf(message.reply_count) ?? 0
    const latest = textOf(message.latest_reply)
    return thread !== undefined && count > 0 && latest !== undefined ? [{ thread, latest }] : []
  })
}

/** Who has put this emoji under it. */
export function reactedWith(message: Fields, emoji: string): string[] {
  const reaction = listOf(message.reactions).find(({ name }) => name === emoji)
  return Array.isArray(reaction?.users) ? reaction.users.filter((user): user is string => typeof user === 'string') : []
}

/** One after the other, so that a long span asks Slack about people a few at a time. */
export async function toRaws(heard: readonly Heard[], us: Us, people: People): Promise<RawEvent[]> {
  const raws: RawEvent[] = []
  for (const each of heard) raws.push(await toRaw(each, us, people))
  return raws
}
