// A desk where people take turns has conversations that nobody could be given. This is when somebody looks again.
import type { Trx } from './db/open.ts'
import { put, reschedule } from './outbox.ts'
import { CLOCK_KEY } from './outbox-runner.ts'

const turnKey = (desk: string) => `turn:${desk}`

/** At that time, or sooner where that is planned already. */
export async function putTurn(trx: Trx, desk: string, dueAt: number): Promise<void> {
  await put(trx, { kind: 'turn', payload: { desk }, rateKey: CLOCK_KEY, coalesceKey: turnKey(desk), dueAt })
}

/** Something may be left there that nobody was asked about yet. */
export async function putTurnNow(trx: Trx, desk: string): Promise<void> {
  await putTurn(trx, desk, trx.now())
  await hurryTurn(trx, desk)
}

/** Somebody has room again, or is there again. Where nothing is left for them, nothing is done. */
export async function hurryTurn(trx: Trx, desk: string): Promise<void> {
  await reschedule(trx, turnKey(desk), trx.now())
}
