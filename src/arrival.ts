// What a channel has told us, on its way to be a message: whether it was here before, its row, and the conversation it begins.
import type { Acknowledging } from './acknowledgement.ts'
import { readAwaited } from './awaited.ts'
import { readChanges } from './awaited-message.ts'
import { channelKind, type InboundMessage } from './channel.ts'
import type { Identity } from './contact.ts'
import { type Conversation, getConversation, openConversation, refreshEntry } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { putFetches } from './fetch.ts'
import type { Kept } from './intake.ts'
import { completeSalvaged, insertInbound, type Message } from './message.ts'
import { addParticipants } from './participant.ts'
import type { Policies } from './policy.ts'
import { addSighting, wasSeenIn } from './sighting.ts'

export interface InboxDesk {
  /** The desk this channel's conversations belong to. */
  desk: string
  policies: Policies
  /** What nobody has goes to whoever is next. */
  takesTurns?: boolean
  /** Whether customers hear at once that their message arrived. */
  acknowledge?: Acknowledging
  /** After being closed for so long, another subject begins another conversation; a week unless given. */
  changedSubjectMs?: number
  /** What one person writes without a thread within so long is one conversation; two minutes unless given. */
  groupingMs?: number
  /** The addresses at which a channel of ours is written to. */
  addressesOf?(channel: string): readonly string[]
}

/** A raw event on its way in. */
export interface Arrival {
  channel: string
  desk: InboxDesk
  kept: Kept
  /** Its files do not lie in what was kept: they have to be fetched. */
  isLinked: boolean
  /** Only its envelope could be read. */
  isSalvaged: boolean
}

/** The same platform message again: one more sighting, or at last the words of one that could not be read. */
export async function sawBefore(
  trx: Trx,
  { channel, desk, kept, isLinked, isSalvaged }: Arrival,
  event: InboundMessage,
): Promise<boolean> {
  const known = await trx
    .selectFrom('message')
    .select(['id', 'conversation_id'])
    .where('channel_kind', '=', channelKind(channel))
    .where('external_id', '=', event.externalId)
    .executeTakeFirst()
  if (!known) return false
  const about = { conversationId: known.conversation_id, messageId: known.id }
  if (!isSalvaged && (await completeSalvaged(trx, known.id, event, isLinked))) {
    await putFetches(trx, channel, known)
    await appendFact(trx, { kind: 'message-read-at-last', ...about, data: {} })
    await refreshEntry(trx, await getConversation(trx, known.conversation_id), known.id)
    return true
  }
  const isNewPlace = !(await wasSeenIn(trx, known.id, channel))
  if (!(await addSighting(trx, known.id, channel, kept))) return true
  await appendFact(trx, { kind: 'message-seen-again', ...about, data: { channel, desk: event.desk ?? desk.desk } })
  // Fetching a whole mailbox anew says nothing new.
  if (isNewPlace) await refreshEntry(trx, await getConversation(trx, known.conversation_id), known.id)
  return true
}

/** The unique row decides. All this event did is taken back; at the next try it is one more sighting. */
export async function insertMessage(
  trx: Trx,
  arrival: Arrival,
  event: InboundMessage,
  into: Conversation,
  { isHeld = false, isNote = false }: { isHeld?: boolean; isNote?: boolean },
): Promise<Message> {
  const { channel, kept, isLinked, isSalvaged } = arrival
  const message = await insertInbound(trx, into, event, { ...kept, channel, isLinked, isSalvaged, isHeld, isNote })
  if (!message) throw new Error('another instance received this message at the same moment')
  await addSighting(trx, message.id, channel, kept)
  await readAwaited(trx, into, event)
  await readChanges(trx, channel, event.externalId)
  await putFetches(trx, channel, message)
  return message
}

/** The one that the configuration gives the place to, or the channel's. */
export function deskOf({ desk }: Arrival, event: InboundMessage): string {
  return event.desk ?? desk.desk
}

export async function openNew(
  trx: Trx,
  arrival: Arrival,
  event: InboundMessage,
  { identity, relatedTo, isQuiet }: { identity: Identity; relatedTo: string | undefined; isQuiet: boolean },
): Promise<Conversation> {
  const { subject, priority } = event
  const desk = deskOf(arrival, event)
  const opened = { identityId: identity.id, channel: arrival.channel, desk, subject, relatedTo, priority, isQuiet }
  const conversation = await openConversation(trx, opened)
  await addParticipants(trx, conversation.id, [event.from])
  return conversation
}
