// The desk's part in pinging, without a Slack: whoever a step names is there, and hears of it at once.
import type { Clock } from '../../src/clock.ts'
import { getConversation } from '../../src/conversation.ts'
import type { Db } from '../../src/db/open.ts'
import { addresseeOf, owe } from '../../src/notice.ts'
import type { Handler } from '../../src/outbox-attempt.ts'
import { pageOf } from '../../src/ping.ts'
import { bind, type DigestLimits, settleTold, stillTrue } from '../../src/telling.ts'
import { findWindow } from '../../src/window-record.ts'

export interface Told {
  windowId: string
  step: string
  to: string
  /** Told together with others. */
  isDigest: boolean
}

export function pageHandlerFor(db: Db, whom: (step: string) => readonly string[]): Handler {
  return {
    async send(effect) {
      const window = await findWindow(db, pageOf(effect).windowId)
      return window?.ended_at === null ? { kind: 'accepted' } : { kind: 'moot', reason: 'answered meanwhile' }
    },
    verify: async () => ({ kind: 'repeatable' }),
    async settle(trx, effect, settled) {
      const { windowId, step } = pageOf(effect)
      const window = await findWindow(trx, windowId)
      if (settled.kind !== 'accepted' || window?.ended_at !== null) return
      const { desk } = await getConversation(trx, window.conversation_id)
      const owed = whom(step).map((to) => ({ to }))
      await owe(trx, { ...window, desk }, step, owed, 0)
    },
  }
}

export function tellHandlerFor(
  { db, clock }: { db: Db; clock: Clock },
  limits: DigestLimits,
  hear: (told: Told) => void,
): Handler {
  return {
    async send(effect) {
      const telling = await db.transaction((trx) => bind(trx, effect, limits))
      if (typeof telling === 'string') return { kind: 'moot', reason: 'answered meanwhile' }
      const notices = await stillTrue(db, effect, clock)
      if (notices.length === 0) return { kind: 'moot', reason: 'answered meanwhile' }
      for (const { window_id, step, to } of notices)
        hear({ windowId: window_id, step, to, isDigest: telling.kind === 'digest' })
      return { kind: 'accepted', detail: { channel: addresseeOf(effect), ts: effect.id } }
    },
    verify: async () => ({ kind: 'repeatable' }),
    async settle(trx, effect, settled) {
      if (settled.kind === 'accepted') {
        const post = settled.detail as { channel: string; ts: string }
        await settleTold(trx, effect, { kind: 'told', post })
      } else if (settled.kind === 'moot') await settleTold(trx, effect, { kind: 'withdrawn' })
      else if (settled.kind === 'rejected') await settleTold(trx, effect, { kind: 'failed' })
    },
  }
}
