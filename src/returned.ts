// What comes back of our own: the news that a reply did not arrive.
import { channelKind, type InboundBounce } from './channel.ts'
import { type Conversation, getConversation, lockConversation, refreshEntry, transition } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact, listFacts } from './fact.ts'
import { getMessage } from './message.ts'
import type { Policies } from './policy.ts'
import { reconcileWindows } from './window-record.ts'

/** A lasting failure takes the answer back: the window is open again from its original start. */
export async function receiveBounce(
  trx: Trx,
  channel: string,
  policies: Policies,
  event: InboundBounce,
): Promise<void> {
  const message = await findByKeys(trx, channelKind(channel), event.of)
  if (message?.direction !== 'outbound') return
  const conversation = await lockConversation(trx, message.conversation_id)
  if (event.lasting === 'hard' && message.automated !== null) await markBounced(trx, message.id, event)
  else if (event.lasting === 'hard') await voidReply(trx, conversation, message.id, event, policies)
  else await deferReply(trx, message.id, event)
  await refreshEntry(trx, conversation, message.id)
}

async function voidReply(
  trx: Trx,
  conversation: Conversation,
  messageId: string,
  event: InboundBounce,
  policies: Policies,
): Promise<void> {
  const already = await getMessage(trx, messageId)
  if (already.delivery === 'bounced') return
  await markBounced(trx, messageId, event)
  await appendFact(trx, { kind: 'reply-voided', conversationId: conversation.id, messageId, data: { of: messageId } })
  const open = await reconcileWindows(trx, conversation.id, policies)
  await tellWhereItWent(trx, conversation.id, messageId, policies)
  if (open) await transition(trx, await getConversation(trx, conversation.id), 'bounce')
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

/** All there is to do when nobody wrote it: it answered nothing, so nothing is open again. */
async function markBounced(trx: Trx, messageId: string, event: InboundBounce): Promise<void> {
  const warnings = JSON.stringify([`Not delivered: ${event.reason}`])
  await trx.updateTable('message').set({ delivery: 'bounced', warnings }).where('id', '=', messageId).execute()
}

/** Their server is still trying: shown, and nothing is taken back. */
async function deferReply(trx: Trx, messageId: string, event: InboundBounce): Promise<void> {
  const warnings = JSON.stringify([`Not delivered yet, their server goes on trying: ${event.reason}`])
  await trx
    .updateTable('message')
    .set({ delivery: 'deferred', warnings })
    .where('id', '=', messageId)
    .where('delivery', '=', 'accepted')
    .execute()
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
