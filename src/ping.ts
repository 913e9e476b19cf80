// The ladder: which reminder is owed to whom. Each (window, step) fires once, ever; a ping that is no longer true never leaves.
import { type Conversation, deskRate, getConversation, refreshCard } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { type Effect, put, revive } from './outbox.ts'
import type { LocalHandler } from './outbox-runner.ts'
import type { StoredWindow } from './window-record.ts'

/** One step of a ladder: when, measured against the window, and to whom. */
export interface Step {
  name: string
  at(window: StoredWindow): number
  to: 'leads'
}

export interface Ladder {
  steps: readonly Step[]
  leadsOf(desk: string): readonly string[]
}

/** The one step every desk has: at the due time, to the leads. */
export const DUE_STEP: Step = { name: 'due', at: (window) => window.due_at, to: 'leads' }

export interface PingPayload {
  windowId: string
  step: string
  to: string
}

export function ladderHandler(ladder: Ladder): LocalHandler {
  return async (trx, effect) => {
    const { windowId } = JSON.parse(effect.payload) as { windowId: string }
    const window = await findWindow(trx, windowId)
    if (!window || window.ended_at !== null) return undefined
    const steps = [...ladder.steps].sort((a, b) => a.at(window) - b.at(window))
    for (const step of steps) {
      if (step.at(window) > trx.now()) return { againAt: step.at(window) }
      await fire(trx, window, step, ladder)
    }
    return undefined
  }
}

async function fire(trx: Trx, window: StoredWindow, step: Step, ladder: Ladder): Promise<void> {
  const first = await trx
    .insertInto('ping')
    .values({ window_id: window.id, step: step.name, fired_at: trx.now() })
    .onConflict((oc) => oc.columns(['window_id', 'step']).doNothing())
    .returning('step')
    .executeTakeFirst()
  const conversation = await getConversation(trx, window.conversation_id)
  const pings = ladder.leadsOf(conversation.desk).map((to) => ({ windowId: window.id, step: step.name, to }))
  if (!first) return await putBackWithdrawn(trx, pings)
  const data = { windowId: window.id, step: step.name, dueAt: step.at(window) }
  await appendFact(trx, { kind: 'step-fired', conversationId: conversation.id, data })
  await refreshCard(trx, conversation) // It says now that the customer waits too long.
  for (const ping of pings) await putPing(trx, conversation, ping)
}

/** The answer that made a waiting ping needless was taken back: who has not heard of the window still has to. */
async function putBackWithdrawn(trx: Trx, pings: PingPayload[]): Promise<void> {
  for (const ping of pings) await revive(trx, pingKey(ping))
}

const pingKey = ({ windowId, step, to }: PingPayload) => `ping:${windowId}:${step}:${to}`

async function putPing(trx: Trx, conversation: Conversation, ping: PingPayload): Promise<void> {
  await put(trx, {
    kind: 'ping',
    conversationId: conversation.id,
    payload: { ...ping },
    rateKey: deskRate.ping(ping.to),
    dedupe: pingKey(ping),
    dueAt: trx.now(),
  })
}

export function pingOf(effect: Effect): PingPayload {
  return JSON.parse(effect.payload) as PingPayload
}

/** The window the ping speaks of, or undefined when it has ended: then the ping must not leave. */
export async function findTrueWindow(db: Reader, ping: PingPayload): Promise<StoredWindow | undefined> {
  const window = await findWindow(db, ping.windowId)
  return window && window.ended_at === null ? window : undefined
}

async function findWindow(db: Reader, id: string): Promise<StoredWindow | undefined> {
  return await db.selectFrom('response_window').selectAll().where('id', '=', id).executeTakeFirst()
}
