// One place while we are connected: what was heard there and is not kept yet, in order, and whether something may have been missed.

import type { RawEvent } from '../../src/channel.ts'
import { type Api, ask } from './api.ts'
import type { DiscordConfig } from './discord-config.ts'
import { isForUs, WRITTEN } from './inbound.ts'
import { type NoteTools, notesFor } from './notes.ts'
import { numberOf, type Payload, payloadOf, textOf, textsOf, timeOf } from './payload.ts'
import { type Place, remember } from './place.ts'
import { rawDeletion, rawMessage } from './raw-event.ts'
import { isAfter, isSnowflake } from './snowflake.ts'
import { isGone } from './trouble.ts'

export interface Heard {
  event: string
  payload: Payload
}

export interface Room {
  place: Place
  waiting: Heard[]
  /** Something may have been missed. */
  isBehind: boolean
  isWorking: boolean
  failures: number
}

export function roomOf(place: Place): Room {
  return { place, waiting: [], isBehind: true, isWorking: false, failures: 0 }
}

export interface RoomTools extends NoteTools {
  api: Api
  now(): number
}

/** What is to be kept of it, and what the place has to remember once it is. */
export interface Take {
  raws: RawEvent[]
  seen: { id: string; edited: string; isKept: boolean }[]
}

/** Changes nothing. Rejects when Discord cannot be asked for what the event leaves out. */
export async function takeOf(tools: RoomTools, place: Place, heard: readonly Heard[]): Promise<Take> {
  const take: Take = { raws: [], seen: [] }
  for (const { event, payload } of heard) {
    if (event === 'MESSAGE_CREATE') await takeMessage(tools, place, payload, take)
    else if (event === 'MESSAGE_UPDATE') await takeEdit(tools, place, payload, take)
    else await takeDeletions(tools, place, payload, take)
  }
  return take
}

/** After what was taken is durable. */
export function remind(place: Place, { seen }: Take): void {
  for (const { id, edited, isKept } of seen) {
    if (isAfter(id, place.after)) place.after = id
    if (isKept) remember(place, id, edited)
  }
}

export async function takeMessage(tools: RoomTools, place: Place, message: Payload, take: Take): Promise<void> {
  const id = textOf(message.id)
  if (!isSnowflake(id)) return
  const isKept = isWanted(tools, place, message, take)
  take.seen.push({ id, edited: textOf(message.edited_timestamp), isKept })
  if (isKept) take.raws.push(rawMessage('create', message, await notesFor(tools, place, message)))
}

async function takeEdit(tools: RoomTools, place: Place, update: Payload, take: Take): Promise<void> {
  const id = textOf(update.id)
  if (timeOf(update.edited_timestamp) === undefined || !isSnowflake(id) || !isTold(place, id, take)) return
  // Some updates carry only what has changed.
  const isWhole = update.author !== undefined && typeof update.content === 'string'
  const message = isWhole ? update : await fetchMessage(tools, place.id, id)
  if (message) await keepEdit(tools, place, message, take)
}

export async function keepEdit(tools: RoomTools, place: Place, message: Payload, take: Take): Promise<void> {
  const edited = textOf(message.edited_timestamp)
  if (payloadOf(message.author).id === tools.self || !edited) return
  // The history may have told us already, and more than that.
  if ((timeOf(place.recent.get(textOf(message.id))) ?? 0) >= (timeOf(edited) ?? 0)) return
  take.raws.push(rawMessage('update', message, await notesFor(tools, place, message)))
  const id = textOf(message.id)
  take.seen.push({ id, edited, isKept: place.recent.has(id) })
}

async function fetchMessage({ api }: RoomTools, channelId: string, id: string): Promise<Payload | undefined> {
  return await ask(api, 'GET', `/channels/${channelId}/messages/${id}`).catch((error: unknown) => {
    if (isGone(error)) return undefined
    throw error
  })
}

async function takeDeletions(tools: RoomTools, place: Place, payload: Payload, take: Take): Promise<void> {
  const ids = Array.isArray(payload.ids) ? textsOf(payload.ids) : [textOf(payload.id)]
  for (const id of ids) if (isSnowflake(id) && isTold(place, id, take)) keepDeletion(tools, place, id, take)
}

export function keepDeletion(tools: RoomTools, place: Place, id: string, take: Take): void {
  take.raws.push(rawDeletion(place.id, id, tools.now(), { self: tools.self, place: place.kind }))
}

/** In an open channel most messages are none of ours, and nobody waits for what becomes of them. */
function isTold(place: Place, id: string, take: Take): boolean {
  return place.kind !== 'channel' || place.recent.has(id) || take.seen.some((one) => one.id === id && one.isKept)
}

function isWanted({ config, self }: RoomTools, place: Place, message: Payload, take: Take): boolean {
  if (!WRITTEN.includes(message.type) || isForOneOnly(message)) return false
  if (payloadOf(message.author).id === self) return true
  if (isMachine(message) && !isTrusted(config, message)) return false
  if (!place.onlyMentions || isForUs(message, self)) return true
  const answered = textOf(payloadOf(message.message_reference).message_id)
  return isTold({ ...place, kind: 'channel' }, answered, take)
}

const EPHEMERAL = 1 << 6

/** The answer to a command, which nobody else sees and no history has. */
function isForOneOnly(message: Payload): boolean {
  return ((numberOf(message.flags) ?? 0) & EPHEMERAL) !== 0
}

function isMachine(message: Payload): boolean {
  const author = payloadOf(message.author)
  return author.bot === true || author.system === true || textOf(message.webhook_id) !== ''
}

function isTrusted({ trustedBots }: DiscordConfig, message: Payload): boolean {
  return trustedBots.includes(textOf(message.webhook_id) || textOf(payloadOf(message.author).id))
}
