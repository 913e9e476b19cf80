// The effect that brings an alarm to people by mail. They may read it twice: better than not at all.
import type { Alarm } from './alarm.ts'
import { type Channel, type OutboundMessage, type Progress, SendError } from './channel.ts'
import type { Log } from './log.ts'
import type { Effect } from './outbox.ts'
import type { Handler, Outcome } from './outbox-attempt.ts'

export interface AlarmOptions {
  log: Log
  /** Mail addresses of those who are to hear it. */
  addressesOf(desk: string): readonly string[]
  /** The desk's own mailbox, or any: what is broken may be the desk's. */
  mailboxOf(desk: string): Channel | undefined
}

export function alarmHandler({ log, addressesOf, mailboxOf }: AlarmOptions): Handler {
  return {
    async send(effect): Promise<Outcome> {
      const alarm = JSON.parse(effect.payload) as Alarm
      const addresses = addressesOf(alarm.desk)
      const mailbox = mailboxOf(alarm.desk)
      if (!mailbox || addresses.length === 0) {
        const missing = mailbox ? `desks.${alarm.desk}.alert_email is empty` : 'there is no mailbox to send it from'
        log.error({ desk: alarm.desk, key: alarm.key, missing }, `an alarm reaches nobody: ${alarm.subject}`)
        return { kind: 'moot', reason: missing }
      }
      const failures: unknown[] = []
      // One by one: an address that is wrong keeps nobody else from hearing it.
      for (const address of addresses) {
        const parts = await mailbox.render(noticeTo(address, alarm, effect))
        await mailbox.send(parts, progressOf(effect)).catch((error: unknown) => failures.push(error))
      }
      if (failures.length === addresses.length) throw failures.find(isTemporary) ?? failures[0]
      if (failures.length > 0) log.warn({ desk: alarm.desk, failures: failures.length }, 'an alarm missed some people')
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'unknown' }),
  }
}

function noticeTo(address: string, { subject, text }: Alarm, effect: Effect): OutboundMessage {
  return {
    id: effect.id, // The same at every attempt, and with it the Message-ID.
    agentName: '',
    to: [{ address }],
    cc: [],
    subject,
    markdown: text,
    at: effect.startedAt,
    automated: 'alarm',
  }
}

function progressOf(effect: Effect): Progress {
  return { startedAt: effect.startedAt, accepted: new Map(), accept: async () => undefined }
}

function isTemporary(error: unknown): boolean {
  return error instanceof SendError && error.failure.kind === 'temporary'
}
