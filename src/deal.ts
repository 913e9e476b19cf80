// What nobody could be given is tried again: when somebody is back or has room, at the start, and every now and then, for nobody tells
// us when Slack's do-not-disturb ends. One conversation at a time, whoever is due first; the next one only once that one is somebody's.
import { putAllotment } from './allot.ts'
import { MINUTE } from './clock.ts'
import type { Conversation } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import type { LocalHandler } from './outbox-runner.ts'
import { putTurnNow } from './turn.ts'

const AGAIN_MS = 10 * MINUTE

/** `takesTurns`: whether what nobody has goes to whoever is next there. */
export function turnHandler(takesTurns: (desk: string) => boolean): LocalHandler {
  return async (trx, effect) => {
    const { desk } = JSON.parse(effect.payload) as { desk: string }
    const next = takesTurns(desk) ? await findNextLeft(trx, desk) : undefined
    if (!next) return undefined
    await putAllotment(trx, next)
    const backAt = await findNextBack(trx, desk)
    return { againAt: Math.min(trx.now() + AGAIN_MS, backAt ?? Infinity) }
  }
}

/** When the program starts: somebody may have come back, or the configuration may say something else. */
export async function armTurns(db: Db, desks: readonly string[]): Promise<void> {
  for (const desk of desks) await db.transaction((trx) => putTurnNow(trx, desk))
}

/** Of those in which a customer waits, nobody's, the one that is due first. What came with an import asks for nobody. */
async function findNextLeft(db: Reader, desk: string): Promise<Conversation | undefined> {
  return await db
    .selectFrom('response_window')
    .innerJoin('conversation', 'conversation.id', 'response_window.conversation_id')
    .selectAll('conversation')
    .where('response_window.ended_at', 'is', null)
    .where('response_window.desk', '=', desk)
    .where('response_window.watched_at', 'is not', null)
    .where('conversation.owner_id', 'is', null)
    .where('conversation.state', 'in', ['new', 'open', 'waiting-customer'])
    .orderBy('response_window.due_at')
    .orderBy('response_window.started_at')
    .orderBy('response_window.conversation_id')
    .limit(1)
    .executeTakeFirst()
}

/** When the next of those who are away said that they would be back. */
async function findNextBack(trx: Trx, desk: string): Promise<number | undefined> {
  const row = await trx
    .selectFrom('agent')
    .select((eb) => eb.fn.min('away_until').as('at'))
    .where('desk', '=', desk)
    .where('left_at', 'is', null)
    .where('away_until', '>', trx.now())
    .executeTakeFirst()
  return row?.at == null ? undefined : Number(row.at)
}
