// Which conversation a message belongs to, by what it carries and by who sends it. The subject alone says nothing.
import { channelKind, type InboundMessage } from './channel.ts'
import { type Conversation, lockConversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'

export interface Found {
  conversation?: Conversation
  /** Somebody who takes no part carried its key: possibly the same matter. */
  relatedTo?: string
}

/** Evidence counts only for somebody who takes part; from a stranger it merely relates the two conversations. */
export async function findByEvidence(trx: Trx, channel: string, event: InboundMessage): Promise<Found> {
  let relatedTo: string | undefined
  for (const { key } of event.evidence) {
    for (const id of await listConversationsByKey(trx, channelKind(channel), key)) {
      if (event.sender !== 'fail' && (await takesPart(trx, id, event.from.address))) {
        return { conversation: await lockCurrent(trx, id) }
      }
      relatedTo ??= id
    }
  }
  return relatedTo === undefined ? {} : { relatedTo }
}

/** The same for what one of us wrote: we take part in every conversation. */
export async function findByOurEvidence(
  trx: Trx,
  channel: string,
  event: InboundMessage,
): Promise<Conversation | undefined> {
  for (const { key } of event.evidence) {
    const [id] = await listConversationsByKey(trx, channelKind(channel), key)
    if (id !== undefined) return await lockCurrent(trx, id)
  }
  return undefined
}

/** What was joined to another lives on there. */
async function lockCurrent(trx: Trx, id: string): Promise<Conversation> {
  const conversation = await lockConversation(trx, id)
  return conversation.merged_into === null ? conversation : await lockCurrent(trx, conversation.merged_into)
}

const CANDIDATES_MAX = 10

async function listConversationsByKey(db: Reader, kind: string, key: string): Promise<string[]> {
  const rows = await db
    .selectFrom('conversation_key')
    .select('conversation_id')
    .where('channel_kind', '=', kind)
    .where('key', '=', key)
    .orderBy('conversation_id', 'desc')
    .limit(CANDIDATES_MAX)
    .execute()
  return rows.map((row) => row.conversation_id)
}

export async function takesPart(db: Reader, conversationId: string, address: string): Promise<boolean> {
  const row = await db
    .selectFrom('participant')
    .select('address')
    .where('conversation_id', '=', conversationId)
    .where('address', '=', address)
    .executeTakeFirst()
  return row !== undefined
}
