// The ladder: which reminder is owed, and when. Each (window, step) fires once, ever; whom it reaches is seen at that moment.
import { type Conversation, deskRate, getConversation, refreshCard } from './conversation.ts'
import type { Trx } from './db/open.ts'
import type { PingTable } from './db/schema.ts'
import { appendFact } from './fact.ts'
import { putBackWithdrawn, refreshPings } from './notice.ts'
import { type Effect, put } from './outbox.ts'
import type { LocalHandler } from './outbox-runner.ts'
import type { Policies, Step } from './policy.ts'
import { findWindow, policyFor, type StoredWindow, timesOf } from './window-record.ts'

/** The work of finding out who is to hear of a step, and of telling them. */
export interface PagePayload {
  windowId: string
  step: string
  /** Steps that were due at the same moment, for which this one speaks: whom they name hears of it too. */
  also?: string[]
}

export function pageOf(effect: Effect): PagePayload {
  return JSON.parse(effect.payload) as PagePayload
}

export function ladderHandler(policies: Policies): LocalHandler {
  return async (trx, effect) => {
    const { windowId } = JSON.parse(effect.payload) as { windowId: string }
    const window = await findWindow(trx, windowId)
    if (!window || window.ended_at !== null || window.watched_at === null) return undefined
    const { ladder } = await policyFor(trx, window.conversation_id, policies)
    const fired = await trx.selectFrom('ping').selectAll().where('window_id', '=', window.id).execute()
    await putBackWithdrawn(trx, window)
    await pageAgain(trx, window, ladder, fired)
    const plan = planOf(ladder, window, fired)
    const due = plan.filter(({ at }) => at <= trx.now())
    if (due.length > 0) await fire(trx, window, due)
    const next = due.length === 0 ? plan[0] : planOf(ladder, window, [...fired, ...due.map(asFired(trx, window))])[0]
    return next && { againAt: next.at }
  }
}

export interface Planned {
  step: Step
  at: number
}

/**
 * What is still to fire, earliest first. A step comes sooner when the one before it was to be acknowledged and was not.
 */
export function planOf(
  ladder: readonly Step[],
  window: Pick<StoredWindow, 'started_at' | 'due_at' | 'soft_due_at'>,
  fired: readonly PingTable[],
): Planned[] {
  const steps = stepsOf(ladder, window)
  const rows = new Map(fired.map((row) => [row.step, row]))
  const left = steps.filter(({ step }) => !rows.has(step.name))
  const [next, ...others] = left
  if (!next) return []
  const before = steps[steps.indexOf(next) - 1]?.step
  const row = before && rows.get(before.name)
  const isUnheard = before?.acknowledgeMs !== undefined && row && row.acknowledged_at === null
  return isUnheard ? [{ ...next, at: Math.min(next.at, row.fired_at + (before.acknowledgeMs ?? 0)) }, ...others] : left
}

/** Those that this window has, by their own times. */
function stepsOf(
  ladder: readonly Step[],
  window: Pick<StoredWindow, 'started_at' | 'due_at' | 'soft_due_at'>,
): Planned[] {
  return ladder
    .flatMap((step) => {
      const at = step.at(timesOf(window))
      return at === undefined ? [] : [{ step, at }]
    })
    .sort((a, b) => a.at - b.at)
}

/** After a time when nobody looked, the last step that is due speaks for those before it. */
async function fire(trx: Trx, window: StoredWindow, due: readonly Planned[]): Promise<void> {
  const conversation = await getConversation(trx, window.conversation_id)
  for (const [n, { step, at }] of due.entries()) {
    const isLast = n === due.length - 1
    const first = await trx
      .insertInto('ping')
      .values(asFired(trx, window)({ step }))
      .onConflict((oc) => oc.columns(['window_id', 'step']).doNothing())
      .returning('step')
      .executeTakeFirst()
    if (!first) continue
    const data = { windowId: window.id, step: step.name, dueAt: at, ...(!isLast && { passed: true as const }) }
    await appendFact(trx, { kind: 'step-fired', conversationId: conversation.id, data })
    const also = due.slice(0, n).map((before) => before.step.name)
    if (isLast) await putPage(trx, conversation, { windowId: window.id, step: step.name, also })
  }
  await refreshCard(trx, conversation) // It may say now that the customer waits too long.
}

/** A page that met an answer told nobody. The answer was taken back: whom the last step named still has to hear of it. */
async function pageAgain(
  trx: Trx,
  window: StoredWindow,
  ladder: readonly Step[],
  fired: readonly PingTable[],
): Promise<void> {
  const last = stepsOf(ladder, window).findLast(({ step }) => fired.some((row) => row.step === step.name))
  if (!last) return
  const owed = await trx
    .selectFrom('notice')
    .select('id')
    .where('window_id', '=', window.id)
    .where('step', '=', last.step.name)
    .limit(1)
    .executeTakeFirst()
  if (owed) return // Somebody was found; what was withdrawn is put back by itself.
  const conversation = await getConversation(trx, window.conversation_id)
  await putPage(trx, conversation, { windowId: window.id, step: last.step.name })
}

const asFired =
  (trx: Trx, window: StoredWindow) =>
  ({ step }: Pick<Planned, 'step'>): PingTable => ({
    window_id: window.id,
    step: step.name,
    fired_at: trx.now(),
    acknowledged_at: null,
    acknowledged_by: null,
  })

const pageKey = ({ windowId, step }: PagePayload) => `page:${windowId}:${step}`

async function putPage(trx: Trx, conversation: Conversation, page: PagePayload): Promise<void> {
  await put(trx, {
    kind: 'page',
    conversationId: conversation.id,
    payload: { ...page },
    rateKey: deskRate.page(conversation.desk),
    coalesceKey: pageKey(page),
    dueAt: trx.now(),
  })
}

/**
 * Somebody has seen it: the next step waits for its own time. The window runs on. False when it was acknowledged before,
 * or when nothing has been fired.
 */
export async function acknowledge(trx: Trx, window: StoredWindow, agentId: string): Promise<boolean> {
  const rows = await trx
    .updateTable('ping')
    .set({ acknowledged_at: trx.now(), acknowledged_by: agentId })
    .where('window_id', '=', window.id)
    .where('acknowledged_at', 'is', null)
    .returning('step')
    .execute()
  for (const { step } of rows) {
    const data = { windowId: window.id, step }
    const about = { conversationId: window.conversation_id, actor: agentId }
    await appendFact(trx, { kind: 'ping-acknowledged', ...about, data })
  }
  if (rows.length > 0) await refreshPings(trx, window.id)
  return rows.length > 0
}
