// Snooze hides a conversation from the lists until its time. The customer waits on: the window runs, and so do the pings.
import { type Conversation, lockConversation, refreshCard, TRANSITIONS, transition } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { type Effect, put, reschedule } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'
import { findOpenWindow } from './window-record.ts'

export type Snoozed =
  | { kind: 'snoozed' }
  /** The answer is due before that, and the agent has not said that they know. */
  | { kind: 'past-due'; dueAt: number }
  | { kind: 'closed' }

export async function snooze(
  trx: Trx,
  conversationId: string,
  { by, until, isPastDueKnown }: { by: string; until: number; isPastDueKnown: boolean },
): Promise<Snoozed> {
  const conversation = await lockConversation(trx, conversationId)
  if (TRANSITIONS[conversation.state].snooze === undefined) return { kind: 'closed' }
  const window = await findOpenWindow(trx, conversationId)
  if (window && until > window.due_at && !isPastDueKnown) return { kind: 'past-due', dueAt: window.due_at }
  await transition(trx, conversation, 'snooze')
  await trx.updateTable('conversation').set({ snoozed_until: until }).where('id', '=', conversationId).execute()
  await appendFact(trx, { kind: 'conversation-snoozed', conversationId, actor: by, data: { until } })
  await putWake(trx, conversation, until)
  await refreshCard(trx, conversation)
  return { kind: 'snoozed' }
}

async function putWake(trx: Trx, { id }: Conversation, dueAt: number): Promise<void> {
  const coalesceKey = `wake:${id}`
  const payload = { conversationId: id }
  await put(trx, { kind: 'wake', conversationId: id, payload, rateKey: CLOCK_KEY, coalesceKey, dueAt })
  await reschedule(trx, coalesceKey, dueAt) // It may have been snoozed to another time before.
}

/** Wakes what is still asleep and due. A conversation that woke by itself meanwhile is left as it is. */
export function wakeHandler(): LocalHandler {
  return async (trx, effect) => {
    const conversation = await lockConversation(trx, conversationOf(effect))
    const until = conversation.snoozed_until
    if (conversation.state !== 'snoozed' || until === null) return undefined
    if (until > trx.now()) return { againAt: until }
    const awake = await transition(trx, conversation, 'wake')
    await appendFact(trx, { kind: 'conversation-woken', conversationId: conversation.id, data: {} })
    await refreshCard(trx, awake)
    return undefined
  }
}

function conversationOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { conversationId: string }).conversationId
}
