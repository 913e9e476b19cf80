// A raw event as it is kept: what Slack said, and beside it all that is needed to understand it later without asking anybody.
import { ParseError, type RawEvent } from '../../src/channel.ts'
import type { ChangedMessage, DeletedMessage, NewMessage } from '../../src/slack/event-message.ts'
import { parseMessage } from '../../src/slack/event-message.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../../src/slack/field.ts'
import { mentionedIn } from './mrkdwn.ts'
import { type People, personOf } from './people.ts'
import type { Person, Us } from './standing.ts'

export type Told = NewMessage | ChangedMessage | DeletedMessage

/** What was told, and the event as Slack sent it. */
export interface Heard {
  told: Told
  event: Fields
}

export interface KeptEvent extends Heard {
  us: Us
  people: Record<string, Person>
}

/** Undefined for what nobody says: joins, topics, previews of links, calls. The same thing has the same key, whichever way it came. */
export function hearMessage(event: Fields, us: Us): Heard | undefined {
  if (event.type !== 'message' && event.type !== 'app_mention') return undefined
  if (isCall(event)) return undefined
  const told = parseMessage(event, { team_id: us.team })
  return told && { told, event }
}

/** A huddle's own message has a room and nothing to say. */
function isCall(event: Fields): boolean {
  return textOf(fieldsOf(event.room).id) !== undefined || event.subtype === 'huddle_thread'
}

/** Epoch milliseconds by Slack's clock: a ts is when the server took it. */
export function timeOf(ts: string | undefined): number {
  const ms = Math.floor(Number(ts) * 1000)
  return Number.isFinite(ms) ? ms : 0
}

/** The time of what is told: of an edit when it was made, and not when its message was. */
function arrivedAt({ told, event }: Heard): number {
  const edited = textOf(fieldsOf(fieldsOf(event.message).edited).ts)
  if (told.kind === 'message') return told.at
  return timeOf((told.kind === 'message-changed' ? edited : undefined) ?? textOf(event.event_ts) ?? told.ts)
}

/** Everybody it names: who wrote it, whose thread it is in, who is mentioned. */
export function mentioned({ event }: Heard): string[] {
  const message = messageIn(event)
  return [textOf(message.user), textOf(message.parent_user_id), ...mentionedIn(message)].flatMap((id) => id ?? [])
}

function messageIn(event: Fields): Fields {
  return event.subtype === 'message_changed' ? fieldsOf(event.message) : event
}

export async function toRaw(heard: Heard, us: Us, people: People): Promise<RawEvent> {
  const { told } = heard
  const event = await withFiles(heard.event, people)
  const message = messageIn(event)
  const author = textOf(message.user)
  const found = await people.find(mentioned(heard))
  const brought = author !== undefined && !found[author] && profileOf(message)
  const kept: Omit<KeptEvent, 'told'> = { us, event, people: brought ? { ...found, [author]: brought } : found }
  return { key: told.key, arrivedAt: arrivedAt(heard), body: new TextEncoder().encode(JSON.stringify(kept)) }
}

/** Of another organisation's file Slack tells no more than an id, so it is asked. What it does not tell now is asked for later. */
async function withFiles(event: Fields, people: People): Promise<Fields> {
  const message = messageIn(event)
  const files = listOf(message.files)
  if (!files.some(isStub)) return event
  const known = await people.files(files.filter(isStub).flatMap(({ id }) => textOf(id) ?? []))
  const told = { ...message, files: files.map((file) => (isStub(file) && known[textOf(file.id) ?? '']) || file) }
  return message === event ? told : { ...event, message: told }
}

function isStub(file: Fields): boolean {
  return file.file_access === 'check_file_info'
}

function profileOf(message: Fields): Person | undefined {
  return message.user_profile ? personOf(fieldsOf(message.user_profile)) : undefined
}

const BYTES_MAX = 5 * 1024 * 1024

/** Throws `ParseError`. */
export function readRaw({ body }: RawEvent): KeptEvent | undefined {
  if (body.byteLength > BYTES_MAX) throw new ParseError('it is far too large for an event of Slack', { final: true })
  let kept: Fields
  try {
    kept = fieldsOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)))
  } catch (error) {
    throw new ParseError('it is no event of Slack', { final: true, cause: error })
  }
  const us = fieldsOf(kept.us)
  const enterprise = textOf(us.enterprise)
  const who = {
    ...{ team: textOf(us.team) ?? '', user: textOf(us.user) ?? '', bot: textOf(us.bot) ?? '' },
    ...(enterprise !== undefined && { enterprise }),
  }
  const heard = hearMessage(fieldsOf(kept.event), who)
  return heard && { ...heard, us: who, people: fieldsOf(kept.people) as Record<string, Person> }
}
