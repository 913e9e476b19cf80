// A conversation goes to another desk, with all that was said and since when its customer waits. Nobody has it there yet.
import { isSending } from './carry.ts'
import { type Conversation, cardLane, deskRate, lockConversation, showHistory, transition } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { lockWithJoined } from './joined.ts'
import { moveTags } from './label.ts'
import { dropUntold, refreshPings } from './notice.ts'
import { moveBehind, put } from './outbox.ts'
import { writeNote } from './own-note.ts'
import { planOf } from './ping.ts'
import type { Policies } from './policy.ts'
import { mayStill } from './scheduled.ts'
import { listScheduled, stopOne } from './scheduled-stop.ts'
import { putTurnNow } from './turn.ts'
import { findOpenWindow, policyFor, rearm, reconcileWindows } from './window-record.ts'

export interface DeskMove {
  by: string
  to: string
  /** What was asked, tried and promised. */
  note: string
  policies: Policies
  /** Of that desk: who may answer there without being in its channel. */
  leads?: readonly string[]
  /** Its leads are not called before: quiet hours. */
  quietUntil?: number | undefined
}

/** No step of its ladder is left for the desk it came to. */
export interface LateArrival {
  windowId: string
  /** The last one that fired. */
  step: string
  from: string
  to: string
}

export type DeskMoved = 'moved' | 'here-already' | 'note-missing' | 'closed' | 'joined' | 'sending'

/** Where its card stood, for the desk that has it no more. */
export interface CardLeft {
  channel: string
  ts: string
  to: string
  by: string
}

export async function moveToDesk(trx: Trx, conversationId: string, move: DeskMove): Promise<DeskMoved> {
  // The cards of what was joined to it say so, and part it again, where the messages are.
  const { conversation, joined } = await lockWithJoined(trx, conversationId)
  const objection = await objectionTo(trx, conversation, move)
  if (objection) return objection
  const { by, to, policies } = move
  const { desk: from, owner_id: owner } = conversation
  await moveTags(trx, conversationId, to, by)
  for (const one of [conversation, ...joined]) await leave(trx, one, move)
  await reconcileWindows(trx, conversationId, policies)
  const moved = await lockConversation(trx, conversationId)
  // What waits is to be seen there, whatever the other desk had in mind.
  const awake = moved.state === 'snoozed' ? await transition(trx, moved, 'wake') : moved
  await showHistory(trx, awake, await listMessages(trx, conversationId))
  const messageId = await writeNote(trx, awake, by, move.note.trim())
  for (const { id } of joined) await showHistory(trx, await lockConversation(trx, id), [])
  const data = { from, to, ...(owner !== null && { owner }) }
  const about = { conversationId, actor: by, ...(messageId !== undefined && { messageId }) }
  await appendFact(trx, { kind: 'conversation-moved', ...about, data })
  await stopOthers(trx, conversationId, move)
  await tellAnew(trx, conversationId)
  await callLeads(trx, conversationId, from, move)
  await putTurnNow(trx, to)
  return 'moved'
}

async function objectionTo(
  trx: Trx,
  conversation: Conversation,
  { to, note }: DeskMove,
): Promise<DeskMoved | undefined> {
  if (conversation.desk === to) return 'here-already'
  if (conversation.merged_into !== null) return 'joined'
  if (conversation.state === 'closed') return 'closed'
  if (note.trim() === '') return 'note-missing'
  return (await isSending(trx, conversation.id)) ? 'sending' : undefined
}

/** Its card there is closed, and one at the other desk takes its place. */
async function leave(trx: Trx, conversation: Conversation, { to, by }: DeskMove): Promise<void> {
  const { id, card_channel: channel, card_ts: ts } = conversation
  const nowhere = { desk: to, owner_id: null, card_channel: null, card_ts: null }
  await trx.updateTable('conversation').set(nowhere).where('id', '=', id).execute()
  await trx.updateTable('response_window').set({ desk: to }).where('conversation_id', '=', id).execute()
  await moveBehind(trx, cardLane(id), 'card')
  if (channel !== null && ts !== null) await putCardLeft(trx, id, { channel, ts, to, by })
}

export async function putCardLeft(trx: Trx, conversationId: string, left: CardLeft): Promise<void> {
  await put(trx, {
    kind: 'card-left',
    conversationId,
    payload: { ...left },
    rateKey: deskRate.update,
    lane: cardLane(conversationId),
    dueAt: trx.now(),
  })
}

async function listMessages(db: Reader, conversationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .orderBy('seq')
    .execute()
  return rows.map(({ id }) => id)
}

/** Who was to hear of it at the other desk need not any more; whom it concerns here is found anew. What was told stays told. */
async function tellAnew(trx: Trx, conversationId: string): Promise<void> {
  await dropUntold(trx, conversationId)
  const windows = await trx
    .selectFrom('response_window')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .execute()
  for (const { id } of windows) await refreshPings(trx, id)
  const open = await findOpenWindow(trx, conversationId)
  if (open && open.watched_at !== null) await rearm(trx, [open])
}

/** Whose author does not answer there would not leave: that is told now, and not when it should. */
async function stopOthers(trx: Trx, conversationId: string, { leads = [] }: DeskMove): Promise<void> {
  for (const row of await listScheduled(trx, conversationId)) {
    if (!(await mayStill(trx, row, () => leads))) await stopOne(trx, row, 'not-allowed')
  }
}

/** A step fires once, ever. What fired before need not be told again; where no other is left, here nobody has heard of any. */
async function callLeads(
  trx: Trx,
  conversationId: string,
  from: string,
  { to, policies, quietUntil }: DeskMove,
): Promise<void> {
  const open = await findOpenWindow(trx, conversationId)
  if (!open || open.watched_at === null) return
  const fired = await trx.selectFrom('ping').selectAll().where('window_id', '=', open.id).orderBy('fired_at').execute()
  const last = fired.at(-1)
  const { ladder } = await policyFor(trx, conversationId, policies)
  if (!last || planOf(ladder, open, fired).length > 0) return
  const arrival: LateArrival = { windowId: open.id, step: last.step, from, to }
  await put(trx, {
    ...{ kind: 'late-arrival', conversationId, payload: { ...arrival }, rateKey: deskRate.post(to) },
    // Below all that was said, unless it has to wait: nothing waits behind it.
    ...(quietUntil === undefined && { lane: cardLane(conversationId) }),
    dueAt: quietUntil ?? trx.now(),
  })
}
