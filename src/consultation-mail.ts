// What becomes of a mail to somebody outside, and what they answer: it stands in the customer's thread, opens no wait and ends none.
import { type ConversationKey, channelKind, type InboundBounce, type InboundMessage, type Sent } from './channel.ts'
import { addConsultationKeys, type Consultation, findConsultation } from './consultation.ts'
import { type Conversation, getConversation, refreshEntry } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { lockCurrent } from './evidence.ts'
import { appendFact } from './fact.ts'
import { getMessage, type Message } from './message.ts'
import type { Settled } from './outbox-attempt.ts'
import { takesPart } from './participant.ts'
import { recordReturned, recordSent } from './recipient.ts'
import { tellAuthor } from './returned.ts'

const KEYS_READ_MAX = 20
const ROWS_READ_MAX = 100

/**
 * Whoever was asked answers; from somebody else of their house only what was written to the exchange's own address is an answer, and
 * never what somebody writes who takes part in the conversation: a customer whom the exchange was passed on to waits for us.
 */
export async function findAsked(trx: Trx, channel: string, event: InboundMessage): Promise<Consultation | undefined> {
  if (event.sender === 'fail' || event.hearsay) return undefined
  const found = await listByKeys(
    trx,
    channel,
    event.evidence.map(({ key }) => key),
  )
  for (const { key, consultation } of found) {
    const { address } = consultation
    const isToken = event.evidence.some((each) => each.key === key && each.by === 'token')
    if (address === event.from.address) return consultation
    const isOfTheirHouse = isToken && domainOf(address) === domainOf(event.from.address)
    if (isOfTheirHouse && !(await takesPart(trx, consultation.conversation_id, event.from.address))) return consultation
  }
  return undefined
}

/** In the order of the keys, and of several mails with the same key the newest. */
async function listByKeys(db: Reader, channel: string, keys: readonly ConversationKey[]) {
  const read = keys.slice(0, KEYS_READ_MAX)
  if (read.length === 0) return []
  const rows = await db
    .selectFrom('consultation_key')
    .innerJoin('consultation', 'consultation.id', 'consultation_key.consultation_id')
    .selectAll('consultation')
    .select(['consultation_key.key', 'consultation_key.message_id'])
    .where('consultation_key.channel_kind', '=', channelKind(channel))
    .where('consultation_key.key', 'in', read)
    .orderBy('consultation_key.message_id', 'desc')
    .limit(ROWS_READ_MAX)
    .execute()
  return read.flatMap((key) =>
    rows
      .filter((row) => row.key === key)
      .map(({ key: _, message_id: messageId, ...consultation }) => ({ key, messageId, consultation })),
  )
}

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1)

/** Where its answer is shown. */
export async function placeOf(trx: Trx, { conversation_id }: Consultation): Promise<Conversation> {
  return await lockCurrent(trx, conversation_id)
}

/** Call it with the note that the answer has become. */
export async function recordAnswer(
  trx: Trx,
  consultation: Consultation,
  message: Message,
  keys: readonly ConversationKey[],
): Promise<void> {
  await addConsultationKeys(trx, consultation, message.id, keys)
  const about = { conversationId: message.conversation_id, messageId: message.id }
  await appendFact(trx, { kind: 'consultation-answered', ...about, data: { consultation: consultation.id } })
  await refreshEntry(trx, await getConversation(trx, message.conversation_id), message.id)
}

/** Our own mail, seen in the mailbox. False when it is none of these. */
export async function sawOwn(trx: Trx, channel: string, keys: readonly ConversationKey[]): Promise<boolean> {
  const [found] = await listByKeys(trx, channel, keys)
  if (!found) return false
  // A server may have given it another id of its own: answers will carry that one.
  await addConsultationKeys(trx, found.consultation, found.messageId, keys)
  return true
}

/** The channel has taken it, or part of it. */
export async function recordAsked(trx: Trx, message: Message, sent: Sent): Promise<void> {
  await recordSent(trx, message.id, sent.recipients)
  await setDelivery(trx, message.id, 'accepted', [])
  await tell(trx, message, 'consultation-accepted')
}

/** It has not left, or nobody knows. */
export async function recordFailed(
  trx: Trx,
  message: Message,
  as: Exclude<Settled['kind'], 'accepted'>,
): Promise<void> {
  if (as === 'moot' || as === 'postponed') return
  const consultation = await findConsultation(trx, message.id)
  if (!consultation) return
  const about = { conversationId: message.conversation_id, messageId: message.id }
  await appendFact(trx, { kind: 'consultation-failed', ...about, data: { consultation: consultation.id, as } })
}

export async function tell(
  trx: Trx,
  { id, conversation_id, author }: Message,
  kind: 'consultation-accepted' | 'consultation-undone',
): Promise<void> {
  const consultation = await findConsultation(trx, id)
  if (!consultation) return
  const about = { conversationId: conversation_id, messageId: id, actor: author }
  await appendFact(trx, { kind, ...about, data: { consultation: consultation.id } })
}

/** It came back. False when the notice is about nothing of this kind. */
export async function recordBounce(trx: Trx, channel: string, event: InboundBounce): Promise<boolean> {
  const [found] = await listByKeys(trx, channel, event.of)
  if (!found) return false
  const { consultation, messageId } = found
  const conversation = await placeOf(trx, consultation)
  const message = await getMessage(trx, messageId)
  if (event.lasting === 'soft' || message.delivery === null || message.delivery === 'bounced') return true
  const { address } = consultation
  await recordReturned(trx, messageId, { address, lasting: 'hard', reason: event.reason })
  await setDelivery(trx, messageId, 'bounced', [`Not delivered: ${event.reason}`])
  const about = { conversationId: conversation.id, messageId }
  const data = { consultation: consultation.id, as: 'bounced' as const }
  await appendFact(trx, { kind: 'consultation-failed', ...about, data })
  await refreshEntry(trx, conversation, messageId)
  await tellAuthor(trx, conversation, { messageId, addresses: [address], isVoid: false })
  return true
}

async function setDelivery(
  trx: Trx,
  messageId: string,
  delivery: 'accepted' | 'bounced',
  warnings: string[],
): Promise<void> {
  await trx
    .updateTable('message')
    .set({ delivery, warnings: JSON.stringify(warnings) })
    .where('id', '=', messageId)
    .where('delivery', '<>', 'bounced')
    .execute()
}
