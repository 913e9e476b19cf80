// The leads' morning digest: at each opening of the desk, once, with the queue as it is at that instant.
import { deskRate } from './conversation.ts'
import type { Db, Trx } from './db/open.ts'
import type { DeskDay } from './desk-day.ts'
import { type Effect, findQueued, put, reschedule } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'

export interface DigestDesk {
  name: string
  leads: readonly string[]
  day: DeskDay
}

export interface DigestPayload {
  desk: string
  /** A lead's Slack id. */
  to: string
}

export function digestOf(effect: Effect): DigestPayload {
  return JSON.parse(effect.payload) as DigestPayload
}

/** One `daily` effect per desk; it is due at each opening and goes on by itself. After a downtime it is due once. */
export async function armDigests(db: Db, desks: readonly DigestDesk[]): Promise<void> {
  await db.transaction(async (trx) => {
    for (const { name, day } of desks) {
      const coalesceKey = `daily:${name}`
      const waiting = await findQueued(trx, coalesceKey)
      const dueAt = day.nextOpening(trx.now())
      if (waiting === undefined)
        await put(trx, { kind: 'daily', payload: { desk: name }, rateKey: CLOCK_KEY, coalesceKey, dueAt })
      // The calendar may have changed; what was due while nobody ran stays due.
      else if (waiting.dueAt > trx.now() && waiting.dueAt !== dueAt) await reschedule(trx, coalesceKey, dueAt)
    }
  })
}

export function dailyHandler(desks: readonly DigestDesk[]): LocalHandler {
  return async (trx, effect) => {
    const { desk: name } = JSON.parse(effect.payload) as { desk: string }
    const desk = desks.find((candidate) => candidate.name === name)
    if (!desk) return undefined // Taken out of the configuration, or its digest switched off.
    for (const to of desk.leads) await putDigest(trx, desk, to, effect.dueAt)
    return { againAt: desk.day.nextOpening(trx.now()) }
  }
}

/** Once per opening, however late it is sent: the next opening has its own. */
async function putDigest(trx: Trx, { name, day }: DigestDesk, to: string, openingAt: number): Promise<void> {
  const payload: DigestPayload = { desk: name, to }
  await put(trx, {
    kind: 'digest',
    payload: { ...payload },
    rateKey: deskRate.ping(to),
    dedupe: `digest:${name}:${day.date(openingAt)}:${to}`,
    dueAt: trx.now(),
  })
}
