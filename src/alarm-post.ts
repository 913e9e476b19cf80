// The effect that brings an alarm to people: in Slack, and where that does not take it, by mail. They may read it twice: better than not at all.
import type { Alarm } from './alarm.ts'
import { type Channel, type OutboundMessage, type Progress, SendError } from './channel.ts'
import type { Log } from './log.ts'
import type { Handler, Outcome } from './outbox-attempt.ts'

export interface AlarmWays {
  log: Log
  /** Tells the desk's leads in Slack. Rejects when it reached none of them. */
  tellLeads(desk: string, text: string): Promise<void>
  /** Mail addresses of those who are to hear it. */
  addressesOf(desk: string): readonly string[]
  /** The desk's own mailbox, or any: what is broken may be the desk's. */
  mailboxOf(desk: string): Channel | undefined
}

export function alarmHandler(ways: AlarmWays): Handler {
  return {
    async send(effect): Promise<Outcome> {
      const alarm = JSON.parse(effect.payload) as Alarm
      if (await isTold(ways, alarm)) return { kind: 'accepted' }
      const missing = whatIsMissing(ways, alarm.desk)
      if (missing !== undefined) {
        ways.log.error({ desk: alarm.desk, key: alarm.key, missing }, `an alarm reaches nobody: ${alarm.subject}`)
        return { kind: 'moot', reason: missing }
      }
      // The same at every attempt, and with them the Message-ID.
      await mailAlarm(ways, alarm, { id: effect.id, at: effect.startedAt })
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'unknown' }),
  }
}

async function isTold({ tellLeads }: AlarmWays, { desk, subject, text }: Alarm): Promise<boolean> {
  return await tellLeads(desk, `🔔 *${subject}*\n${text}`).then(
    () => true,
    () => false,
  )
}

function whatIsMissing(
  { addressesOf, mailboxOf }: Pick<AlarmWays, 'addressesOf' | 'mailboxOf'>,
  desk: string,
): string | undefined {
  if (!mailboxOf(desk)) return 'there is no mailbox to send it from'
  return addressesOf(desk).length === 0 ? `desks.${desk}.alert_email is empty` : undefined
}

/** Resolves when somebody has it. Throws `SendError`, or a sentence when there is no way. */
export async function mailAlarm(
  ways: Omit<AlarmWays, 'tellLeads'>,
  alarm: Pick<Alarm, 'desk' | 'subject' | 'text'>,
  as: { id: string; at: number },
): Promise<void> {
  const { log, addressesOf, mailboxOf } = ways
  const mailbox = mailboxOf(alarm.desk)
  const missing = whatIsMissing(ways, alarm.desk)
  if (!mailbox || missing !== undefined) throw new Error(`nobody can be told by mail: ${missing}`)
  const addresses = addressesOf(alarm.desk)
  const failures: unknown[] = []
  // One by one: an address that is wrong keeps nobody else from hearing it.
  for (const address of addresses) {
    const parts = await mailbox.render(noticeTo(address, alarm, as))
    await mailbox.send(parts, progressFrom(as.at)).catch((error: unknown) => failures.push(error))
  }
  if (failures.length === addresses.length) throw failures.find(isTemporary) ?? failures[0]
  if (failures.length > 0) log.warn({ desk: alarm.desk, failures: failures.length }, 'an alarm missed some people')
}

function noticeTo(
  address: string,
  { subject, text }: Pick<Alarm, 'subject' | 'text'>,
  { id, at }: { id: string; at: number },
): OutboundMessage {
  return { id, agentName: '', to: [{ address }], cc: [], subject, markdown: text, at, automated: 'alarm' }
}

function progressFrom(startedAt: number): Progress {
  return { startedAt, accepted: new Map(), accept: async () => undefined }
}

function isTemporary(error: unknown): boolean {
  return error instanceof SendError && error.failure.kind === 'temporary'
}
