// What people must hear although Slack, the usual way, may be what is broken. Each alarm sounds once.
import type { Trx } from './db/open.ts'
import { put } from './outbox.ts'

export interface Alarm {
  desk: string
  /** At most one alarm with this key, ever. */
  key: string
  subject: string
  /** Without a customer's words: it may leave by mail. */
  text: string
}

export async function putAlarm(trx: Trx, alarm: Alarm): Promise<void> {
  await put(trx, {
    kind: 'alarm',
    payload: { ...alarm },
    rateKey: `alarm:${alarm.desk}`,
    dedupe: `alarm:${alarm.key}`,
    dueAt: trx.now(),
  })
}
