// receive(): what a customer told us, in one transaction. Everything it changes is committed with the message or not at all.
import { putAcknowledgement } from './acknowledgement.ts'
import { allotArrival } from './allot.ts'
import { type Arrival, deskOf, type InboxDesk, insertMessage, openNew, sawBefore } from './arrival.ts'
import { isBlocked } from './block.ts'
import { type Channel, channelKind, type InboundEvent, type InboundMessage } from './channel.ts'
import { judgeAuthor } from './chat-staff.ts'
import type { Consultation } from './consultation.ts'
import { findAsked, placeOf, recordAnswer, recordBounce } from './consultation-mail.ts'
import { findOrAddIdentity, type Identity } from './contact.ts'
import { type Conversation, postAnew, refreshEntry, showArrival, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { receiveDeletion, receiveEdit } from './edit.ts'
import { receiveColleague, receiveOwn } from './elsewhere.ts'
import { findByEvidence } from './evidence.ts'
import { appendFact, appendFacts } from './fact.ts'
import { keepNote, passedOnBy } from './forwarded.ts'
import type { Source } from './intake-runner.ts'
import { readCodes } from './link-code.ts'
import type { Message } from './message.ts'
import { addParticipants } from './participant.ts'
import { factsOf, judged } from './received-fact.ts'
import { receiveBounce } from './returned.ts'
import { stopScheduled } from './scheduled-stop.ts'
import { reconcileWindows } from './window-record.ts'
import { holdPlaces, noteWritten } from './writing-place.ts'

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

/** A closed conversation that the customer wakes gets a card of its own at the bottom of the channel. */
async function reopenFor(trx: Trx, conversation: Conversation): Promise<Conversation> {
  const moved = await transition(trx, conversation, 'receive')
  return conversation.state === 'closed' ? await postAnew(trx, moved) : moved
}
