// What a ping shows of a customer who waits, read at the moment it is posted or brought up to date.
import type { Reader } from '../db/open.ts'
import type { Notice } from '../notice.ts'
import type { Policies } from '../policy.ts'
import { policyFor, type StoredWindow } from '../window-record.ts'
import { isPerson } from './page-post.ts'
import { type CardView, findGlimpse, type Glimpse, readCard } from './view.ts'

export interface PingView extends CardView {
  windowId: string
  step: string
  waiting: { since: number; dueAt: number }
  /** How much of that was open time, where only that counts. */
  openMs: number | undefined
  /** How it ended, once it has. */
  ended: { as: 'answered' | 'waived'; at: number } | undefined
  acknowledgedBy: string | undefined
  /** The message that has waited longest. */
  oldest: Glimpse | undefined
  insteadOf: string | undefined
  because: string | undefined
  /** Others may read along, and this conversation is not for them. */
  isHidden: boolean
  /** It went to another desk after this was owed: what is said there is not for whoever was told here. */
  isElsewhere?: boolean
}

export interface PingReading {
  db: Reader
  clock: { now(): number }
  policies: Policies
  isRestricted(channel: string): boolean
}

export async function readPing(
  { db, clock, policies, isRestricted }: PingReading,
  notice: Notice,
  window: StoredWindow,
): Promise<PingView> {
  const card = await readCard(db, window.conversation_id)
  const channels = [card.channel, ...(await listArrivals(db, window.started_by))]
  const { openMs } = await policyFor(db, window.conversation_id, policies)
  const ping = await db
    .selectFrom('ping')
    .select('acknowledged_by')
    .where('window_id', '=', window.id)
    .where('step', '=', notice.step)
    .executeTakeFirst()
  return {
    ...card,
    windowId: window.id,
    step: notice.step,
    waiting: { since: window.started_at, dueAt: window.due_at },
    openMs: openMs(window.started_at, window.ended_at ?? clock.now()),
    ended: window.ended_at === null ? undefined : { as: window.ended_as ?? 'answered', at: window.ended_at },
    acknowledgedBy: ping?.acknowledged_by ?? undefined,
    oldest: await findGlimpse(
      db,
      window.conversation_id,
      { name: card.contact.name ?? null, address: card.contact.address },
      window.started_by,
    ),
    insteadOf: notice.instead_of ?? undefined,
    because: notice.because ?? undefined,
    isHidden: notice.desk !== card.desk || (!isPerson(notice.to) && channels.some(isRestricted)),
    isElsewhere: notice.desk !== card.desk,
  }
}

/** A conversation that was joined to another came by a channel of its own. */
async function listArrivals(db: Reader, messageId: string): Promise<string[]> {
  const rows = await db.selectFrom('message_source').select('channel').where('message_id', '=', messageId).execute()
  return rows.map(({ channel }) => channel)
}
