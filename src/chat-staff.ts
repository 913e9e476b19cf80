// Who it was that wrote where a customer and others can read along: a colleague, who answers; a bystander, who is shown; or the
// customer. The platform tells ids and roles, and what they mean is decided here, once.
import { awaitPlace } from './awaited-message.ts'
import type { InboundMessage } from './channel.ts'
import { hasContact } from './circle.ts'
import type { Conversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { recordAnswer, type Seen } from './elsewhere.ts'
import { findByOurEvidence } from './evidence.ts'
import { appendFact } from './fact.ts'
import { putFetches } from './fetch.ts'
import { findByExternalId } from './message.ts'

/** `settled`: nothing is left to do. `bystander`: it belongs into that conversation and opens nothing. */
export type Author =
  | { kind: 'customer'; event: InboundMessage }
  | { kind: 'bystander'; event: InboundMessage; conversation: Conversation }
  | { kind: 'settled' }

/** Call it while the places of the message are held. */
export async function judgeAuthor(trx: Trx, seen: Seen, told: InboundMessage): Promise<Author> {
  const { agentId, bystander, ...rest } = told
  if (agentId === undefined && bystander === undefined) return { kind: 'customer', event: told }
  const agent = agentId === undefined ? undefined : await findAgent(trx, agentId)
  if (!agent && bystander === undefined) return { kind: 'customer', event: rest }
  const evidence = told.evidence.filter(({ by }) => by === 'thread' || by === 'place')
  const conversation = await findByOurEvidence(trx, seen.channel, { ...told, evidence })
  if (!conversation) {
    await keepUnplaced(trx, seen, told, agent ? 'agent' : (bystander ?? 'member'))
    return { kind: 'settled' }
  }
  // Whoever asks in a conversation of their own is its customer, whatever else they are.
  if (await hasContact(trx, conversation.id, [told.from.address])) return { kind: 'customer', event: rest }
  if (agent) {
    await answer(trx, seen, conversation, rest, agent)
    return { kind: 'settled' }
  }
  return { kind: 'bystander', event: told, conversation }
}

async function findAgent(db: Reader, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', id)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

/** It answers all that stood before it, for in a chat they had it before their eyes. */
async function answer(
  trx: Trx,
  seen: Seen,
  conversation: Conversation,
  event: InboundMessage,
  author: string,
): Promise<void> {
  const identity = await trx
    .selectFrom('identity')
    .select(['address', 'name'])
    .where('id', '=', conversation.identity_id)
    .executeTakeFirstOrThrow()
  const to = [{ address: identity.address, ...(identity.name !== null && { name: identity.name }) }]
  const until = Math.trunc(event.arrivedAt)
  await recordAnswer(trx, seen, conversation, { ...event, to, cc: [] }, { author, shownAs: undefined, until })
  const message = await findByExternalId(trx, seen.channel, event.externalId)
  if (message) await putFetches(trx, seen.channel, message)
}

/** Once what it belongs to is there, it is read again. */
async function keepUnplaced(trx: Trx, seen: Seen, event: InboundMessage, by: 'agent' | 'member' | 'helper') {
  if (event.evidence.length > 0) await awaitPlace(trx, seen, event)
  await appendFact(trx, { kind: 'message-unplaced', data: { externalId: event.externalId, by } })
}
