// What the heartbeat of the whole program watches, and the ways an alarm can take: Slack first, then mail, and never the outbox.
import { type ChannelHealth, channelKind } from './channel.ts'
import { type Clock, MINUTE, SECOND } from './clock.ts'
import { type Config, mailboxOf } from './config.ts'
import type { OpenDesk } from './desk/desk.ts'
import type { Watched } from './heartbeat.ts'
import type { Log } from './log.ts'

export interface Standing {
  clock: Clock
  outbox: { lastPassAt(): number }
  desk: Pick<OpenDesk, 'health'>
  /** Those that this instance has to keep connected. */
  held(): readonly { name: string; health(): ChannelHealth }[]
}

export const OUTBOX = 'the outbox'
export const SLACK = 'Slack'

/** A refused account is mended by a person alone; still, a provider was seen to refuse a right password for a moment. */
const REFUSED_ALERT_MS = 3 * MINUTE

export function watchedOf(config: Config, { clock, outbox, desk, held }: Standing): Watched[] {
  const { heartbeatMs, mailboxAlertMs } = config.limits
  const lag = () => clock.monotonic() - outbox.lastPassAt()
  return [
    {
      name: OUTBOX,
      isOurs: true,
      limitMs: 0, // Its lag has lasted as long as it is.
      problem: () =>
        lag() < heartbeatMs
          ? undefined
          : `Nothing has been sent for ${Math.round(lag() / SECOND)} s; restart Deskbell.`,
    },
    ...(config.slack
      ? [{ name: SLACK, isOurs: true, limitMs: heartbeatMs, problem: () => problemOf(desk.health()) }]
      : []),
    ...held().map(({ name, health }) => ({
      name,
      isOurs: false,
      limitMs: health().isRefused ? Math.min(mailboxAlertMs, REFUSED_ALERT_MS) : mailboxAlertMs,
      problem: () => problemOf(health()),
    })),
  ]
}

/** What somebody was told of already is not told again. */
function problemOf({ ok, problem, isTold }: { ok: boolean; problem?: string; isTold?: true }): string | undefined {
  return ok || isTold ? undefined : (problem ?? 'It does not answer.')
}

/** One way per desk is enough, and nobody is told twice. Rejects when nobody at all could be told. */
export async function soundAlarm(
  config: Config,
  ways: { desk: Pick<OpenDesk, 'tell'>; mail(desk: string, text: string): Promise<void>; log: Log },
  about: { name: string; text: string },
): Promise<void> {
  const desks = desksConcerned(config, about.name)
  const leads = new Set(desks.flatMap((name) => config.desks[name]?.leads ?? []))
  const inSlack = await allTold(leads, (lead) => ways.desk.tell(lead, about.text))
  const unheard = desks.filter((name) => !config.desks[name]?.leads.some((lead) => inSlack.has(lead)))
  const byMail = await allTold(unheard, (name) => ways.mail(name, about.text))
  const deaf = unheard.filter((name) => !byMail.has(name))
  if (deaf.length === 0) return
  if (inSlack.size + byMail.size === 0) throw new Error('neither Slack nor mail takes the alarm')
  ways.log.error({ watched: about.name, desks: deaf }, 'heartbeat: the leads of these desks could not be told')
}

/** Those who took it. */
async function allTold(all: Iterable<string>, tell: (one: string) => Promise<void>): Promise<Set<string>> {
  const tries = [...all].map(async (one) => {
    await tell(one)
    return one
  })
  const settled = await Promise.allSettled(tries)
  return new Set(settled.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])))
}

/** A mailbox concerns its desk, and so do Discord and a place of Slack customers; everything else concerns all. */
function desksConcerned(config: Config, name: string): string[] {
  const key = name.slice(name.indexOf(':') + 1)
  const place = { email: mailboxOf(config, name), discord: config.discord, slack: config.slackCustomers[key] }
  const desk = place[channelKind(name) as keyof typeof place]?.desk
  return desk === undefined ? Object.keys(config.desks) : [desk]
}

/** Rejects when it reached none of the desk's leads in Slack. */
export async function tellLeads(
  config: Pick<Config, 'desks'>,
  desk: Pick<OpenDesk, 'tell'>,
  name: string,
  text: string,
): Promise<void> {
  const heard = await allTold(config.desks[name]?.leads ?? [], (lead) => desk.tell(lead, text))
  if (heard.size === 0) throw new Error(`Slack reached none of the leads of ${name}`)
}
