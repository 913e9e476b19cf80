// What comes back of our own: the news that a reply did not arrive.
import { channelKind, type InboundBounce } from './channel.ts'
import {
  type Conversation,
  cardLane,
  deskRate,
  getConversation,
  lockConversation,
  refreshEntry,
  transition,
} from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import type { Delivery } from './db/schema.ts'
import { appendFact, listFacts } from './fact.ts'
import type { Kept } from './intake.ts'
import { getMessage } from './message.ts'
import { put } from './outbox.ts'
import type { Policies } from './policy.ts'
import { listRecipients, outcomeOf, readAddressees, recordReturned } from './recipient.ts'
import { addSighting } from './sighting.ts'
import { reconcileWindows } from './window-record.ts'

/**
 * A lasting failure for the customer takes the answer back: the window is open again from its original start. False when
 * nothing that we sent answers to the notice.
 */
export async function receiveBounce(
  trx: Trx,
  channel: string,
  policies: Policies,
  { kept, event }: { kept: Kept; event: InboundBounce },
): Promise<boolean> {
  const found = await findReturned(trx, channelKind(channel), event)
  if (!found) return false
  const conversation = await lockConversation(trx, found.conversation_id)
  await addSighting(trx, found.id, channel, kept)
  const message = await getMessage(trx, found.id)
  const { contact, addresses } = await readAddressees(trx, message.id)
  const lost: string[] = []
  for (const result of resultsOf(event, contact, addresses)) {
    if (result.lasting === 'soft' && !PASSED_ON.has(message.delivery)) continue
    const isNews = await recordReturned(trx, message.id, result)
    if (isNews && result.lasting === 'hard') lost.push(result.address)
  }
  const { delivery, warnings } = outcomeOf(await listRecipients(trx, message.id), contact)
  // A copy can come back before we know that the mail has left at all.
  if (delivery === 'bounced' || PASSED_ON.has(message.delivery)) {
    const values = { delivery, warnings: JSON.stringify(warnings) }
    await trx.updateTable('message').set(values).where('id', '=', message.id).execute()
  }
  const isVoid = message.automated === null && delivery === 'bounced' && message.delivery !== 'bounced'
  if (isVoid) await voidReply(trx, conversation, message.id, policies)
  await refreshEntry(trx, conversation, message.id)
  // Behind the card and the entry, which it stands below.
  if (message.automated === null && lost.length > 0) {
    await tellAuthor(trx, conversation, { messageId: message.id, addresses: lost, isVoid })
  }
  return true
}

/** The channel has it, and says what became of it. */
const PASSED_ON: ReadonlySet<Delivery | null> = new Set(['accepted', 'deferred', 'partly-delivered', 'bounced'])

/**
 * By address, the worst that is said of it. A notice that names nobody, or an address we did not write to, as behind a
 * forwarding, speaks of the contact: whoever waits in vain is worse than a window that is open once too often.
 */
function resultsOf(
  { recipients = [], lasting, reason }: InboundBounce,
  contact: string | undefined,
  addresses: readonly string[],
) {
  const told = recipients.length > 0 ? recipients : [{ address: contact ?? '', lasting, reason }]
  const results = new Map<string, (typeof told)[number]>()
  for (const one of told) {
    const address = addresses.includes(one.address) ? one.address : contact
    if (address === undefined) continue
    if (one.lasting === 'hard' || !results.has(address)) results.set(address, { ...one, address })
  }
  return [...results.values()]
}

/** What it had answered waits again, since when it waited first. */
export async function voidReply(
  trx: Trx,
  conversation: Conversation,
  messageId: string,
  policies: Policies,
): Promise<void> {
  await appendFact(trx, { kind: 'reply-voided', conversationId: conversation.id, messageId, data: { of: messageId } })
  const open = await reconcileWindows(trx, conversation.id, policies)
  await tellWhereItWent(trx, conversation.id, messageId, policies)
  if (open) await transition(trx, await getConversation(trx, conversation.id), 'bounce')
}

/**
 * Each address is lost once, so each is told of once. `reason`: the channel refused it as a whole, before anything left.
 */
export async function tellAuthor(
  trx: Trx,
  { id, desk }: Pick<Conversation, 'id' | 'desk'>,
  returned: { messageId: string; addresses: string[]; isVoid: boolean; reason?: string },
): Promise<void> {
  await put(trx, {
    kind: 'returned',
    conversationId: id,
    payload: { ...returned },
    rateKey: deskRate.post(desk),
    lane: cardLane(id),
    dedupe: `returned:${returned.messageId}:${returned.addresses[0] ?? 'refused'}`,
    dueAt: trx.now(),
  })
}

/** What the reply had answered may have moved to other conversations since: it waits there again. */
async function tellWhereItWent(
  trx: Trx,
  conversationId: string,
  messageId: string,
  policies: Policies,
  told: Set<string> = new Set([conversationId]),
): Promise<void> {
  const left = await listFacts(trx, conversationId, ['message-left'])
  const places = new Set(left.flatMap((fact) => (fact.kind === 'message-left' ? [fact.data.to] : [])))
  for (const place of places) {
    if (told.has(place)) continue
    told.add(place)
    await lockConversation(trx, place)
    await appendFact(trx, { kind: 'reply-voided', conversationId: place, messageId, data: { of: messageId } })
    await reconcileWindows(trx, place, policies)
    await tellWhereItWent(trx, place, messageId, policies, told)
  }
}

const CANDIDATES_MAX = 20

/** By the strongest key that names something of ours. A key that several replies share means the newest to that address. */
async function findReturned(db: Reader, kind: string, { of, recipients = [] }: InboundBounce) {
  for (const key of of.slice(0, CANDIDATES_MAX)) {
    const named = await findByKeys(db, kind, [key])
    if (!named) continue
    const sharing = await listSent(db, named.conversation_id, key)
    const addressed = sharing.find(({ addresses }) => recipients.some(({ address }) => addresses.includes(address)))
    const found = addressed ?? sharing[0]
    if (found) return { id: found.id, conversation_id: named.conversation_id }
    if (named.direction === 'outbound') return named
  }
  return undefined
}

/** What of this conversation carried the key and has left, newest first. */
async function listSent(
  db: Reader,
  conversationId: string,
  key: string,
): Promise<{ id: string; addresses: string[] }[]> {
  const rows = await db
    .selectFrom('message')
    .innerJoin('part', 'part.message_id', 'message.id')
    .select(['message.id', 'part.keys', 'part.recipients'])
    .where('message.conversation_id', '=', conversationId)
    .where('message.direction', '=', 'outbound')
    .where('message.delivery', 'in', ['accepted', 'deferred', 'partly-delivered', 'bounced', 'uncertain', 'parked'])
    .orderBy('message.seq', 'desc')
    .limit(CANDIDATES_MAX)
    .execute()
  return rows
    .filter(({ keys }) => (JSON.parse(keys) as string[]).includes(key))
    .map(({ id, recipients }) => ({
      id,
      addresses: (JSON.parse(recipients) as { address: string }[]).map(({ address }) => address),
    }))
}

async function findByKeys(db: Reader, kind: string, keys: readonly string[]) {
  if (keys.length === 0) return undefined
  return await db
    .selectFrom('conversation_key')
    .innerJoin('message', 'message.id', 'conversation_key.message_id')
    .select(['message.id', 'message.conversation_id', 'message.direction', 'message.automated'])
    .where('conversation_key.channel_kind', '=', kind)
    .where('conversation_key.key', 'in', [...keys])
    .orderBy('message.id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
