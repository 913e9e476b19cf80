// What an agent chose to happen once their reply is accepted: the conversation is closed, or out of the lists for a while.
import { close } from './close.ts'
import { cardLane, deskRate, getConversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import type { Message } from './message.ts'
import { put } from './outbox.ts'
import { snooze } from './snooze.ts'
import { findOpenWindow } from './window-record.ts'

export type Sequel = { kind: 'close' } | { kind: 'snooze'; until: number }

/** Not if the customer wrote meanwhile, or waits still: then the agent is told. Call once the reply is accepted. */
export async function carryOut(
  trx: Trx,
  message: Pick<Message, 'id' | 'conversation_id' | 'seq' | 'author'>,
): Promise<void> {
  const chosen = await findSequel(trx, message.id)
  if (!chosen) return
  // Proof that it was accepted may come twice.
  await trx.updateTable('draft').set({ then_do: null, then_until: null }).where('id', '=', message.id).execute()
  const { conversation_id: conversationId, author: by } = message
  const isOver = chosen.kind === 'snooze' && chosen.until <= trx.now()
  if (isOver) return
  if ((await wroteSince(trx, message)) || (await findOpenWindow(trx, conversationId)))
    return await tell(trx, message, chosen)
  if (chosen.kind === 'close') await close(trx, conversationId, by)
  else await snooze(trx, conversationId, { by, until: chosen.until, isPastDueKnown: true })
}

export async function findSequel(db: Reader, messageId: string): Promise<Sequel | undefined> {
  const row = await db
    .selectFrom('draft')
    .select(['then_do', 'then_until'])
    .where('id', '=', messageId)
    .executeTakeFirst()
  if (row?.then_do === 'close') return { kind: 'close' }
  return row?.then_do === 'snooze' && row.then_until !== null ? { kind: 'snooze', until: row.then_until } : undefined
}

async function wroteSince(db: Reader, { conversation_id, seq }: Pick<Message, 'conversation_id' | 'seq'>) {
  const newer = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversation_id)
    .where('direction', '=', 'inbound')
    .where('bystander', 'is', null)
    .where('seq', '>', seq)
    .limit(1)
    .executeTakeFirst()
  return newer !== undefined
}

async function tell(
  trx: Trx,
  { id: messageId, conversation_id: conversationId, author }: Pick<Message, 'id' | 'conversation_id' | 'author'>,
  { kind: what }: Sequel,
): Promise<void> {
  await appendFact(trx, { kind: 'sequel-skipped', conversationId, messageId, actor: author, data: { what } })
  const { desk } = await getConversation(trx, conversationId)
  await put(trx, {
    ...{ kind: 'sequel-skipped', conversationId, payload: { messageId, what } },
    ...{ rateKey: deskRate.post(desk), lane: cardLane(conversationId) },
    ...{ dedupe: `sequel-skipped:${messageId}`, dueAt: trx.now() },
  })
}
