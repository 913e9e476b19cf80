// receive(): what a customer told us, in one transaction. Everything it changes is committed with the message or not at all.
import { type Acknowledging, putAcknowledgement } from './acknowledgement.ts'
import { allotArrival } from './allot.ts'
import { readAwaited } from './awaited.ts'
import { readChanges } from './awaited-message.ts'
import { isBlocked } from './block.ts'
import { type Channel, channelKind, type InboundEvent, type InboundMessage } from './channel.ts'
import { judgeAuthor } from './chat-staff.ts'
import type { Consultation } from './consultation.ts'
import { findAsked, placeOf, recordAnswer, recordBounce } from './consultation-mail.ts'
import { findOrAddIdentity, type Identity } from './contact.ts'
import {
  type Conversation,
  getConversation,
  openConversation,
  postAnew,
  refreshEntry,
  showArrival,
  transition,
} from './conversation.ts'
import type { Trx } from './db/open.ts'
import { receiveDeletion, receiveEdit } from './edit.ts'
import { receiveColleague, receiveOwn } from './elsewhere.ts'
import { type Found, findByEvidence } from './evidence.ts'
import { appendFact, appendFacts, type Fact, type FactData, type Led } from './fact.ts'
import { putFetches } from './fetch.ts'
import { keepNote, passedOnBy } from './forwarded.ts'
import type { Kept } from './intake.ts'
import type { Source } from './intake-runner.ts'
import { readCodes } from './link-code.ts'
import { completeSalvaged, insertInbound, type Message } from './message.ts'
import { addParticipants } from './participant.ts'
import type { Policies } from './policy.ts'
import { receiveBounce } from './returned.ts'
import { stopScheduled } from './scheduled-stop.ts'
import { addSighting, wasSeenIn } from './sighting.ts'
import { reconcileWindows } from './window-record.ts'
import { holdPlaces, noteWritten } from './writing-place.ts'

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

export function channelSource(channel: Channel, desk: InboxDesk): Source<InboundEvent> {
  const isLinked = channel.readAttachment === undefined
  return {
    parse: (raw) => channel.parse(raw),
    async receive(trx, kept, events) {
      const arrival = { channel: channel.name, desk, kept, isLinked, isSalvaged: false }
      for (const event of events) await receive(trx, arrival, event)
    },
    async quarantine(trx, kept, error) {
      const salvaged = channel.salvage(kept.raw)
      const warnings = [`This message could not be read (${error}). The original is attached.`, ...salvaged.warnings]
      const arrival = { channel: channel.name, desk, kept, isLinked, isSalvaged: true }
      await receive(trx, arrival, { ...salvaged, warnings })
      await appendFact(trx, { kind: 'raw-quarantined', data: { intakeId: kept.id } })
    },
  }
}

/** A raw event on its way in. */
interface Arrival {
  channel: string
  desk: InboxDesk
  kept: Kept
  /** Its files do not lie in what was kept: they have to be fetched. */
  isLinked: boolean
  /** Only its envelope could be read. */
  isSalvaged: boolean
}

async function receive(trx: Trx, arrival: Arrival, event: InboundEvent): Promise<void> {
  const { channel, desk, kept } = arrival
  if (event.kind === 'message') return await receiveMessage(trx, arrival, event)
  const seen = { channel, kept, policies: desk.policies, isLinked: arrival.isLinked }
  if (event.kind === 'edit') return await receiveEdit(trx, seen, event)
  if (event.kind === 'deletion') return await receiveDeletion(trx, seen, event)
  if (event.kind === 'own') {
    const doubtful = await receiveOwn(trx, seen, event)
    return doubtful && (await receiveInto(trx, arrival, doubtful.event, doubtful.conversation))
  }
  if (await recordBounce(trx, channel, event)) return
  const isOurs = await receiveBounce(trx, channel, desk.policies, { kept, event })
  // Whatever it is about, somebody may want to know.
  if (!isOurs && event.notice) await receiveMessage(trx, arrival, event.notice)
}

async function receiveMessage(trx: Trx, arrival: Arrival, told: InboundMessage): Promise<void> {
  const { channel, desk, kept, isLinked } = arrival
  if (await sawBefore(trx, arrival, told)) return
  await holdPlaces(trx, channel, told)
  const asked = await findAsked(trx, channel, told)
  if (asked) return await receiveFromOutside(trx, arrival, told, asked)
  const seen = { channel, kept, policies: desk.policies, isLinked }
  const author = await judgeAuthor(trx, seen, told)
  if (author.kind === 'settled') return
  if (author.kind === 'bystander') return await receiveBystander(trx, arrival, author.event, author.conversation)
  const { event: read, by: forwarder } = await passedOnBy(trx, author.event)
  const colleague = await receiveColleague(trx, seen, read)
  if (colleague?.kind === 'answered') return
  if (colleague) return await receiveInto(trx, arrival, colleague.event, colleague.conversation)
  const identity = await findOrAddIdentity(trx, channelKind(channel), read.from)
  const found = await findByEvidence(
    trx,
    { ...desk, channel, desk: deskOf(arrival, read), identityId: identity.id },
    read,
  )
  const event = judged(read, found)
  // What one of us passes on, one of us wants to be seen.
  const isHeld = forwarder === undefined && (await isBlocked(trx, identity.contactId))
  const opening = { identity, relatedTo: found.related?.to, isQuiet: isHeld }
  const conversation = found.conversation ?? (await openNew(trx, arrival, event, opening))
  const message = await insertMessage(trx, arrival, event, conversation, { isHeld })
  await appendFacts(trx, factsOf(conversation, message, event, { ...found, isHeld }, forwarder))
  if (forwarder) await keepNote(trx, conversation, message, forwarder)
  // Whom a verified sender brings in takes part from now on; nobody else's word lets anybody in.
  if (event.sender === 'pass' && !event.hearsay && !isHeld)
    await addParticipants(trx, conversation.id, event.people ?? [])
  if (found.by === 'thread' && found.via === undefined) await addParticipants(trx, conversation.id, [event.from])
  await noteWritten(trx, channel, event, message.id)
  const sentBy = { contactId: identity.contactId, conversationId: conversation.id, messageId: message.id }
  await readCodes(trx, event, { ...sentBy, policies: desk.policies })
  if (isHeld) return
  const isBack = found.conversation === undefined || conversation.state === 'closed'
  await callForAnswer(trx, arrival, event, { conversation, identity, message, isBack })
}

interface Received {
  conversation: Conversation
  identity: Identity
  message: Message
  /** It is new, or was closed. */
  isBack: boolean
}

/** What a customer's message sets going: a window, its card, and whoever is to see to it. */
async function callForAnswer(
  trx: Trx,
  { desk, isSalvaged }: Arrival,
  event: InboundMessage,
  { conversation, identity, message, isBack }: Received,
): Promise<void> {
  const isPersons = event.automated === undefined
  const current = isPersons ? await reopenFor(trx, conversation) : conversation
  const open = await reconcileWindows(trx, conversation.id, desk.policies)
  // A machine's letter opens nothing, and so never changes who has a conversation.
  if (open && isPersons && !event.imported)
    await allotArrival(trx, current, { isBack, takesTurns: desk.takesTurns ?? false })
  await showArrival(trx, current, message.id, event.imported ?? false)
  await stopScheduled(trx, current.id, 'customer')
  // What we could not read we do not answer.
  if (!desk.acknowledge || isSalvaged || conversation.spam_at !== null) return
  await putAcknowledgement(trx, { conversation: current, identity, message }, event, desk.acknowledge)
}

/** The unique row decides. All this event did is taken back; at the next try it is one more sighting. */
async function insertMessage(
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

/** Somebody whom one of us has asked: what they say is for us, whatever else it is. */
async function receiveFromOutside(
  trx: Trx,
  arrival: Arrival,
  event: InboundMessage,
  consultation: Consultation,
): Promise<void> {
  const conversation = await placeOf(trx, consultation)
  const message = await insertMessage(trx, arrival, event, conversation, { isNote: true })
  await recordAnswer(trx, consultation, message, event.keys)
}

/** Somebody else, where the customer's conversation can be read by others. Their name is kept, and nobody waits because of them. */
async function receiveBystander(
  trx: Trx,
  arrival: Arrival,
  event: InboundMessage,
  conversation: Conversation,
): Promise<void> {
  const { contactId } = await findOrAddIdentity(trx, channelKind(arrival.channel), event.from)
  await receiveInto(trx, arrival, event, conversation, await isBlocked(trx, contactId))
}

/** Shown in this conversation, whoever it is from; it opens no window. */
async function receiveInto(
  trx: Trx,
  arrival: Arrival,
  event: InboundMessage,
  conversation: Conversation,
  isHeld = false,
): Promise<void> {
  if (await sawBefore(trx, arrival, event)) return
  const message = await insertMessage(trx, arrival, event, conversation, { isHeld })
  await appendFacts(trx, factsOf(conversation, message, event, { conversation, passed: [], hasTwin: false, isHeld }))
  if (!isHeld) await refreshEntry(trx, conversation, message.id)
}

const TWIN =
  'Another mail with the same Message-ID says something else; the two are kept apart. One of them may be forged.'

/** What only the store can tell of it: whether an answer that was sent like bulk mail is a person's, and whether it is no copy. */
function judged(event: InboundMessage, { by, via, hasTwin }: Found): InboundMessage {
  const answersUs = via === undefined && (by === 'token' || by === 'signed-id')
  const { automated, acknowledgeable, ...rest } = event
  // No machine answers it all the same: behind it may be a list.
  const said = event.onlyBulk && answersUs ? rest : event
  return hasTwin ? { ...said, warnings: [...said.warnings, TWIN] } : said
}

function factsOf(
  conversation: Conversation,
  message: Message,
  event: InboundMessage,
  found: Found & { isHeld: boolean },
  forwarder?: { agentId: string },
): Fact[] {
  const { by, rank, via, related, passed, isHeld } = found
  const about = { conversationId: conversation.id, messageId: message.id }
  const led: Led = {
    ...(by !== undefined && { by }),
    ...(rank !== undefined && { rank }),
    ...(via !== undefined && { via }),
    ...(passed.length > 0 && { passed }),
  }
  const data: FactData['message-received'] = {
    seq: message.seq,
    arrivedAt: message.arrived_at,
    counts: event.automated === undefined && event.bystander === undefined && !isHeld,
    ...(isHeld && { blocked: true as const }),
    ...(event.bystander && { bystander: event.bystander }),
    ...(event.imported && { imported: event.imported }),
    ...(forwarder && { forwardedBy: forwarder.agentId }),
    ...led,
  }
  const received: Fact = { kind: 'message-received', ...about, data }
  if (found.conversation) return [received]
  const opened: FactData['conversation-opened'] = related
    ? { relatedTo: related.to, ...(related.by && { relatedBy: related.by }), because: related.because }
    : {}
  return [{ kind: 'conversation-opened', conversationId: conversation.id, data: opened }, received]
}

/** The same platform message again: one more sighting, or at last the words of one that could not be read. */
async function sawBefore(
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

/** The one that the configuration gives the place to, or the channel's. */
function deskOf({ desk }: Arrival, event: InboundMessage): string {
  return event.desk ?? desk.desk
}

async function openNew(
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

/** A closed conversation that the customer wakes gets a card of its own at the bottom of the channel. */
async function reopenFor(trx: Trx, conversation: Conversation): Promise<Conversation> {
  const moved = await transition(trx, conversation, 'receive')
  return conversation.state === 'closed' ? await postAnew(trx, moved) : moved
}
