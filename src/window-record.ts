// Brings the stored windows of a conversation into line with its facts. Every writer calls this and nothing else.
import type { Selectable } from 'kysely'
import type { Reader, Trx } from './db/open.ts'
import type { ResponseWindowTable } from './db/schema.ts'
import { appendFact, listFacts } from './fact.ts'
import { put } from './outbox.ts'
import { CLOCK_KEY } from './outbox-runner.ts'
import { dueAt, foldWindows, type Policy, type ResponseWindow, WINDOW_FACTS } from './response-window.ts'

export type StoredWindow = Selectable<ResponseWindowTable>

/** Computes the windows, writes the difference and returns the open one. Call it in the transaction that appended the fact. */
export async function reconcileWindows(
  trx: Trx,
  conversationId: string,
  policy: Policy,
): Promise<ResponseWindow | undefined> {
  const windows = foldWindows(await listFacts(trx, conversationId, WINDOW_FACTS))
  const stored = await listWindows(trx, conversationId)
  const byStart = new Map(stored.map((row) => [row.started_by, row]))
  const wanted = new Set(windows.map((window) => window.startedBy))
  // First what goes away or ends, then what opens: at most one may be open at any instant.
  for (const row of stored) if (!wanted.has(row.started_by)) await removeWindow(trx, row)
  for (const window of windows) {
    const row = byStart.get(window.startedBy)
    if (row) await updateWindow(trx, row, window)
    else await insertWindow(trx, conversationId, window, policy)
  }
  return windows.find((window) => window.end === undefined)
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

async function insertWindow(trx: Trx, conversationId: string, window: ResponseWindow, policy: Policy): Promise<void> {
  // Named after the message that started it: when a bounce takes it away and an answer brings it back, it is the same
  // window, and what was pinged stays pinged.
  const id = `w${window.startedBy.slice(1)}`
  const due = dueAt(policy, window.startedAt)
  await trx
    .insertInto('response_window')
    .values({
      id,
      conversation_id: conversationId,
      started_by: window.startedBy,
      started_at: window.startedAt,
      label: window.label,
      policy: policy.name,
      policy_version: policy.version,
      due_at: due,
      ...endOf(window),
    })
    .execute()
  const data = { windowId: id, startedAt: window.startedAt, dueAt: due }
  await appendFact(trx, { kind: 'window-opened', conversationId, messageId: window.startedBy, data })
  if (!window.end) await watchWindow(trx, id, conversationId, due)
}

async function updateWindow(trx: Trx, row: StoredWindow, window: ResponseWindow): Promise<void> {
  const end = endOf(window)
  // A bounce of the first answer can make a later window the first one.
  if (row.label !== window.label)
    await trx.updateTable('response_window').set({ label: window.label }).where('id', '=', row.id).execute()
  if (row.ended_at === end.ended_at && row.answered_by === end.answered_by) return
  await trx.updateTable('response_window').set(end).where('id', '=', row.id).execute()
  if (window.end) {
    const data = { windowId: row.id, as: window.end.as, at: window.end.at }
    await appendFact(trx, { kind: 'window-ended', conversationId: row.conversation_id, data })
  } else await watchWindow(trx, row.id, row.conversation_id, row.due_at)
}

async function removeWindow(trx: Trx, row: StoredWindow): Promise<void> {
  await trx.deleteFrom('response_window').where('id', '=', row.id).execute()
}

function endOf(window: ResponseWindow) {
  return {
    ended_at: window.end?.at ?? null,
    ended_as: window.end?.as ?? null,
    answered_by: window.end?.by ?? null,
  }
}

/** One `ladder` effect per open window; it is due at the next step and goes on by itself. */
async function watchWindow(trx: Trx, windowId: string, conversationId: string, stepAt: number): Promise<void> {
  await put(trx, {
    kind: 'ladder',
    conversationId,
    payload: { windowId },
    rateKey: CLOCK_KEY,
    coalesceKey: `ladder:${windowId}`,
    dueAt: stepAt,
  })
}
