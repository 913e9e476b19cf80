// Closing says that the matter is done. It cannot be while the customer waits: they get a reply, or a reason for none.
import { lockConversation, postAnew, refreshCard, TRANSITIONS, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { findOpenWindow } from './window-record.ts'

export type Closed = { kind: 'closed' } | { kind: 'closed-before' } | { kind: 'customer-waits'; dueAt: number }

export async function close(trx: Trx, conversationId: string, by: string): Promise<Closed> {
  const conversation = await lockConversation(trx, conversationId)
  if (TRANSITIONS[conversation.state].close === undefined) return { kind: 'closed-before' }
  const window = await findOpenWindow(trx, conversationId)
  if (window) return { kind: 'customer-waits', dueAt: window.due_at }
  await transition(trx, conversation, 'close')
  await appendFact(trx, { kind: 'conversation-closed', conversationId, actor: by, data: {} })
  await refreshCard(trx, conversation)
  return { kind: 'closed' }
}

/** False when it is open already, went into another conversation, where its messages are, or is spam, which is taken back. */
export async function reopen(trx: Trx, conversationId: string, by: string): Promise<boolean> {
  const conversation = await lockConversation(trx, conversationId)
  const isElsewhere = conversation.merged_into !== null || conversation.spam_at !== null
  if (isElsewhere || TRANSITIONS[conversation.state].reopen === undefined) return false
  const opened = await transition(trx, conversation, 'reopen')
  await appendFact(trx, { kind: 'conversation-reopened', conversationId, actor: by, data: {} })
  await refreshCard(trx, await postAnew(trx, opened))
  return true
}
