// An emoji on a card: 👀 takes the conversation, ✅ closes it. Taking the emoji away undoes nothing.
import { close } from '../close.ts'
import { findConversationByCard, take } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import { appendFact } from '../fact.ts'
import { refreshOpenPings } from '../open-ping.ts'
import { put } from '../outbox.ts'
import type { Desk, DeskTools } from './tools.ts'

export interface Reacted {
  kind: 'reacted'
  desk: Desk
  /** The message it was put on. */
  ts: string
  user: string
  /** As Slack calls it, such as `eyes`. */
  name: string
  /** Another organisation reads there: nobody acts. */
  isShared: boolean
}

/** What the person has to hear, for whom the emoji did nothing. */
export type Objection = { kind: 'owned'; by: string } | { kind: 'closed' } | { kind: 'customer-waits'; dueAt: number }

const DEEDS: Record<string, 'take' | 'close'> = { eyes: 'take', white_check_mark: 'close' }

/** In the transaction that takes the event in: nothing here asks Slack. */
export async function react(trx: Trx, { self }: Pick<DeskTools, 'self'>, reacted: Reacted): Promise<void> {
  const { desk, ts, user } = reacted
  const name = reacted.name.replace(/::.*$/, '')
  const deed = Object.hasOwn(DEEDS, name) ? DEEDS[name] : undefined
  if (!deed || user === self.botUserId) return
  const conversation = await findConversationByCard(trx, desk.channel, ts)
  if (conversation?.desk !== desk.name) return
  const conversationId = conversation.id
  const reason = reacted.isShared ? 'shared-channel' : (await mayAct(trx, desk, user)) ? undefined : 'not-a-member'
  if (reason !== undefined) {
    const data = { action: `${deed}-by-emoji`, reason }
    return await appendFact(trx, { kind: 'action-refused', conversationId, actor: user, data })
  }
  const objection = deed === 'take' ? await takeIt(trx, conversationId, user) : await closeIt(trx, conversationId, user)
  if (objection) await putWhisper(trx, { conversationId, user, objection })
}

async function mayAct(db: Reader, { name, leads }: Desk, user: string): Promise<boolean> {
  if (leads.includes(user)) return true
  const row = await db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', user)
    .where('desk', '=', name)
    .where('left_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

async function takeIt(trx: Trx, conversationId: string, user: string): Promise<Objection | undefined> {
  const taken = await take(trx, conversationId, user)
  if (taken.kind === 'taken') await refreshOpenPings(trx, conversationId)
  if (taken.kind === 'owned' || taken.kind === 'closed') return taken
  return undefined
}

async function closeIt(trx: Trx, conversationId: string, user: string): Promise<Objection | undefined> {
  const closed = await close(trx, conversationId, user)
  return closed.kind === 'customer-waits' ? closed : undefined
}

export interface WhisperPayload {
  conversationId: string
  user: string
  objection: Objection
}

export const WHISPER_RATE = 'desk:whisper'

async function putWhisper(trx: Trx, payload: WhisperPayload): Promise<void> {
  const { conversationId } = payload
  await put(trx, { kind: 'whisper', conversationId, payload: { ...payload }, rateKey: WHISPER_RATE, dueAt: trx.now() })
}
