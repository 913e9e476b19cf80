// Brings the stored windows of a conversation into line with its facts. Every writer calls this and nothing else.
import type { Selectable } from 'kysely'
import { DETAIL_OF_PERSON } from './contact-detail.ts'
import type { Reader, Trx } from './db/open.ts'
import type { ResponseWindowTable } from './db/schema.ts'
import { appendFact, listFacts } from './fact.ts'
import { refreshPings } from './notice.ts'
import { put, putAll, reschedule } from './outbox.ts'
import { CLOCK_KEY } from './outbox-runner.ts'
import type { Policies, Policy, Promised, WindowTimes } from './policy.ts'
import { findKept } from './policy-version.ts'
import { foldWindows, type ResponseWindow, WINDOW_FACTS } from './response-window.ts'
import { hurryTurn } from './turn.ts'

export type StoredWindow = Selectable<ResponseWindowTable>

/**
 * Computes the windows, writes the difference and returns the open one. Call it in the transaction that appended the
 * fact. An open window always has the promise that is in force now; one that has ended keeps the one it ended with.
 */
export async function reconcileWindows(
  trx: Trx,
  conversationId: string,
  policies: Policies,
): Promise<ResponseWindow | undefined> {
  const windows = foldWindows(await listFacts(trx, conversationId, WINDOW_FACTS))
  const stored = await listWindows(trx, conversationId)
  const byStart = new Map(stored.map((row) => [row.started_by, row]))
  const wanted = new Set(windows.map((window) => window.startedBy))
  const promised = lazily(() => readPromised(trx, conversationId))
  const policy = lazily(async () => policies.choose(await promised()))
  const write = { trx, conversationId, promised, policy }
  // First what goes away or ends, then what opens: at most one may be open at any instant.
  for (const row of stored) if (!wanted.has(row.started_by)) await removeWindow(trx, row)
  for (const window of windows) {
    const row = byStart.get(window.startedBy)
    if (row) await updateWindow(write, row, window)
    else await insertWindow(write, window)
  }
  return windows.find((window) => window.end === undefined)
}

interface Write {
  trx: Trx
  conversationId: string
  promised(): Promise<Promised>
  /** Asked for only where a due time has to be computed. */
  policy(): Promise<Policy>
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** The promise that is in force for this conversation's customer. */
export async function policyFor(db: Reader, conversationId: string, policies: Policies): Promise<Policy> {
  return policies.choose(await readPromised(db, conversationId))
}

export async function readPromised(db: Reader, conversationId: string): Promise<Promised> {
  const row = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .innerJoin('contact', 'contact.id', 'identity.contact_id')
    .select(['conversation.desk', 'conversation.channel', 'identity.address', DETAIL_OF_PERSON('tier').as('tier')])
    .where('conversation.id', '=', conversationId)
    .executeTakeFirstOrThrow()
  return { desk: row.desk, channel: row.channel, address: row.address, tier: row.tier ?? undefined }
}

/** The place of what ends a window now among the conversation's endings, by the order of commits. */
export async function nextEnding(db: Reader, conversationId: string): Promise<number> {
  return (await listFacts(db, conversationId, ['reply-accepted', 'no-reply-needed'])).length + 1
}

/** Its place for what was said at `at` and is heard of only now: before whatever ended a wait later than that. */
export async function endingAt(db: Reader, conversationId: string, at: number): Promise<number> {
  const facts = await listFacts(db, conversationId, ['reply-accepted', 'no-reply-needed'])
  const endings = facts.flatMap((fact) => {
    if (fact.kind === 'reply-accepted') return [{ nth: fact.data.nth ?? 0, at: fact.data.at }]
    return fact.kind === 'no-reply-needed' ? [{ nth: fact.data.nth, at: fact.at }] : []
  })
  const sorted = endings.sort((a, b) => a.nth - b.nth)
  const later = sorted.findIndex((ending) => ending.at > at)
  if (later < 0) return sorted.length + 1
  return ((sorted[later - 1]?.nth ?? 0) + (sorted[later]?.nth ?? 0)) / 2
}

export async function listWindows(db: Reader, conversationId: string): Promise<StoredWindow[]> {
  return await db
    .selectFrom('response_window')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('id')
    .execute()
}

export async function findOpenWindow(db: Reader, conversationId: string): Promise<StoredWindow | undefined> {
  return await db
    .selectFrom('response_window')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
}

export async function findWindow(db: Reader, id: string): Promise<StoredWindow | undefined> {
  return await db.selectFrom('response_window').selectAll().where('id', '=', id).executeTakeFirst()
}

/** As a ladder measures it. */
export function timesOf(window: Pick<StoredWindow, 'started_at' | 'due_at' | 'soft_due_at'>): WindowTimes {
  return { startedAt: window.started_at, dueAt: window.due_at, softDueAt: window.soft_due_at ?? undefined }
}

/**
 * Named after the message that started it: when a bounce takes it away and an answer brings it back, or when the message
 * moves to another conversation, it is the same window, and what was pinged stays pinged.
 */
const windowIdOf = (startedBy: string) => `w${startedBy.slice(1)}`

async function insertWindow({ trx, conversationId, promised, policy }: Write, window: ResponseWindow): Promise<void> {
  const promise = await policy()
  const id = windowIdOf(window.startedBy)
  const row = {
    id,
    conversation_id: conversationId,
    desk: (await promised()).desk,
    started_by: window.startedBy,
    started_at: window.startedAt,
    label: window.label,
    ...promisedTimes(promise, window),
    watched_at: isWatched(window) ? trx.now() : null,
    ...endOf(window),
  }
  await trx.insertInto('response_window').values(row).execute()
  const { name, version } = promise
  const data = { windowId: id, startedAt: window.startedAt, dueAt: row.due_at, policy: name, version }
  await appendFact(trx, { kind: 'window-opened', conversationId, messageId: window.startedBy, data })
  if (isWatched(window)) await put(trx, ladderEffect(row, promise))
}

async function updateWindow({ trx, policy }: Write, row: StoredWindow, window: ResponseWindow): Promise<void> {
  const isRelabelled = row.label !== window.label
  if (isRelabelled) await relabel(trx, row, window.label)
  const end = endOf(window)
  const moved = row.ended_at !== end.ended_at || row.ended_as !== end.ended_as || row.answered_by !== end.answered_by
  if (moved) await change(trx, row, end)
  if (window.end) {
    if (!moved) return
    const data = { windowId: row.id, as: window.end.as, at: window.end.at }
    await settleSteps(trx, row.id)
    await refreshPings(trx, row.id)
    await hurryTurn(trx, row.desk)
    return await appendFact(trx, { kind: 'window-ended', conversationId: row.conversation_id, data })
  }
  const promise = await policy()
  const isNew = row.policy !== promise.name || row.policy_version !== promise.version
  if (isNew) await recompute(trx, row, promise, window)
  const isToWatch = isWatched(window) && (moved || isNew || isRelabelled || row.watched_at === null)
  if (!isToWatch) return
  if (row.watched_at === null) await change(trx, row, { watched_at: trx.now() })
  const effect = ladderEffect({ ...row, ...promisedTimes(promise, window) }, promise)
  await put(trx, effect)
  await reschedule(trx, effect.coalesceKey, effect.dueAt)
}

/** An answer, or a waiver, is as good as an acknowledgement: should it be taken back, the next step waits for its own time. */
async function settleSteps(trx: Trx, windowId: string): Promise<void> {
  await trx
    .updateTable('ping')
    .set({ acknowledged_at: trx.now() })
    .where('window_id', '=', windowId)
    .where('acknowledged_at', 'is', null)
    .execute()
}

/** The ladders of these open windows look at once for what they owe, and go on from there. */
export async function rearm(trx: Trx, windows: readonly Pick<StoredWindow, 'id' | 'conversation_id'>[]): Promise<void> {
  const effects = windows.map((window) => ({ ...ladderOf(window), dueAt: trx.now() }))
  await putAll(trx, effects)
  await reschedule(
    trx,
    effects.map(({ coalesceKey }) => coalesceKey),
    trx.now(),
  )
}

/** A bounce of the first answer can make a later window the first one, for which a customer hopes sooner. */
async function relabel(trx: Trx, row: StoredWindow, label: ResponseWindow['label']): Promise<void> {
  const promise = label === 'first' ? await findKept(trx, row) : undefined
  await change(trx, row, { label, soft_due_at: promise?.softDueAt(row.started_at) ?? null })
}

/** The promise has changed while the customer waits: the start stays, the due time follows. */
async function recompute(trx: Trx, row: StoredWindow, promise: Policy, window: ResponseWindow): Promise<void> {
  const times = promisedTimes(promise, window)
  await change(trx, row, times)
  const data = { windowId: row.id, dueAt: times.due_at, policy: promise.name, version: promise.version }
  await appendFact(trx, { kind: 'window-recomputed', conversationId: row.conversation_id, data })
}

async function change(trx: Trx, { id }: StoredWindow, values: Partial<StoredWindow>): Promise<void> {
  await trx.updateTable('response_window').set(values).where('id', '=', id).execute()
}

async function removeWindow(trx: Trx, row: StoredWindow): Promise<void> {
  await trx.deleteFrom('response_window').where('id', '=', row.id).execute()
  await refreshPings(trx, row.id)
  await hurryTurn(trx, row.desk)
  const data = { windowId: row.id }
  await appendFact(trx, { kind: 'window-removed', conversationId: row.conversation_id, data })
}

function promisedTimes(promise: Policy, { startedAt, label }: ResponseWindow) {
  return {
    policy: promise.name,
    policy_version: promise.version,
    due_at: promise.dueAt(startedAt),
    soft_due_at: label === 'first' ? (promise.softDueAt(startedAt) ?? null) : null,
  }
}

function endOf(window: ResponseWindow) {
  return {
    ended_at: window.end?.at ?? null,
    ended_as: window.end?.as ?? null,
    answered_by: window.end?.by ?? null,
  }
}

const isWatched = ({ end, quiet }: ResponseWindow) => end === undefined && !quiet

/** One `ladder` effect per open window; it is due at its first step and goes on by itself. */
function ladderEffect(
  window: Pick<StoredWindow, 'id' | 'conversation_id' | 'started_at' | 'due_at' | 'soft_due_at'>,
  { ladder }: Policy,
) {
  const times = timesOf(window)
  return { ...ladderOf(window), dueAt: Math.min(window.due_at, ...ladder.flatMap((step) => step.at(times) ?? [])) }
}

function ladderOf(window: Pick<StoredWindow, 'id' | 'conversation_id'>) {
  return {
    kind: 'ladder',
    conversationId: window.conversation_id,
    payload: { windowId: window.id },
    rateKey: CLOCK_KEY,
    coalesceKey: `ladder:${window.id}`,
  }
}
