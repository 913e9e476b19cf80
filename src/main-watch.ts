// What the heartbeat of the whole program watches, and the ways an alarm can take: Slack first, then mail, and never the outbox.
import type { ChannelHealth } from './channel.ts'
import { type Clock, SECOND } from './clock.ts'
import type { Config } from './config.ts'
import type { OpenDesk } from './desk/desk.ts'
import type { Watched } from './heartbeat.ts'

export interface Standing {
  clock: Clock
  outbox: { lastPassAt(): number }
  desk: OpenDesk
  /** Those that this instance has to keep connected. */
  held(): readonly { name: string; health(): ChannelHealth }[]
}

export const OUTBOX = 'the outbox'
export const SLACK = 'Slack'

export function watchedOf(config: Config, { clock, outbox, desk, held }: Standing): Watched[] {
  const { heartbeatMs, mailboxAlertMs } = config.limits
  const lag = () => clock.monotonic() - outbox.lastPassAt()
  return [
    {
      name: OUTBOX,
      limitMs: 0, // Its lag has lasted as long as it is.
      problem: () =>
        lag() < heartbeatMs
          ? undefined
          : `Nothing has been sent for ${Math.round(lag() / SECOND)} s; restart Deskbell.`,
    },
    ...(config.slack ? [{ name: SLACK, limitMs: heartbeatMs, problem: () => problemOf(desk.health()) }] : []),
    ...held().map(({ name, health }) => ({ name, limitMs: mailboxAlertMs, problem: () => problemOf(health()) })),
  ]
}

function problemOf({ ok, problem }: { ok: boolean; problem?: string }): string | undefined {
  return ok ? undefined : (problem ?? 'It does not answer.')
}

/** One way per desk is enough. Rejects when some desk could not be told at all. */
export async function soundAlarm(
  config: Config,
  ways: { desk: OpenDesk; mail(desk: string, text: string): Promise<void> },
  about: { name: string; text: string },
): Promise<void> {
  for (const name of desksConcerned(config, about.name)) {
    const inSlack = await Promise.allSettled(
      (config.desks[name]?.leads ?? []).map((lead) => ways.desk.tell(lead, about.text)),
    )
    if (inSlack.some(({ status }) => status === 'fulfilled')) continue
    await ways.mail(name, about.text)
  }
}

/** A mailbox concerns its desk; everything else concerns all. */
function desksConcerned({ email, desks }: Config, name: string): string[] {
  const mailbox = name.startsWith('email:') ? email[name.slice('email:'.length)] : undefined
  return mailbox ? [mailbox.desk] : Object.keys(desks)
}
