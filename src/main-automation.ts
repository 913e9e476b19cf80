// What leaves by itself, put together: acknowledgements with their letters, and alarms with their way by mail.
import type { Acknowledging } from './acknowledgement.ts'
import { acknowledgementHandler } from './acknowledgement-send.ts'
import { type AlarmWays, alarmHandler, mailAlarm } from './alarm-post.ts'
import type { Channel } from './channel.ts'
import { type Config, mailboxOf } from './config.ts'
import type { Db, Tools } from './db/open.ts'
import type { Handler } from './outbox-attempt.ts'
import type { Policies } from './policy.ts'
import { loadAcknowledgements, writeAcknowledgement } from './template/acknowledgement.ts'
import { renderLetterFaults } from './template/letter.ts'

type Channels = ReadonlyMap<string, { channel: Channel; desk: string }>

export interface AutomationTools extends Pick<Tools, 'clock' | 'log'> {
  db: Db
  policies: Policies
  channels: Channels
  tellLeads: AlarmWays['tellLeads']
  /** Throws when it is not configured any more. */
  channelOf(name: string): Channel
}

export async function automationHandlers(
  config: Config,
  { channels, ...tools }: AutomationTools,
): Promise<Record<string, Handler>> {
  const isWanted = Object.values(config.email).some(({ acknowledge }) => acknowledge !== 'off')
  const { letters, faults } = isWanted
    ? await loadAcknowledgements(config.templates.folder)
    : { letters: [], faults: [] }
  if (faults.length > 0) tools.log.warn(`some acknowledgements cannot be used:\n${renderLetterFaults(faults)}`)
  const languages = [config.templates.language, 'en']
  return {
    acknowledgement: acknowledgementHandler({
      ...tools,
      limits: config.limits.automation,
      write: ({ desk, ...about }) => {
        const { name = desk, calendar } = config.desks[desk] ?? {}
        const zone = (calendar === undefined ? undefined : config.calendars[calendar])?.zone ?? 'UTC'
        return writeAcknowledgement(letters, languages, { ...about, desk: { name, zone } })
      },
    }),
    alarm: alarmHandler({ ...alarmWays(config, { channels, ...tools }), tellLeads: tools.tellLeads }),
  }
}

/** Tells at once, past the outbox. Rejects when nobody could be told. */
export function alarmMail(
  config: Config,
  { db, clock, ...ways }: Pick<AutomationTools, 'channels' | 'clock' | 'db' | 'log'>,
): (desk: string, text: string) => Promise<void> {
  const subject = 'Deskbell needs your attention'
  const newStamp = () => ({ id: db.newId('o'), at: clock.now() })
  return (desk, text) => mailAlarm(alarmWays(config, ways), { desk, subject, text }, newStamp())
}

/** By mail, to the desk's `alert_email`, from its own first mailbox or else from any. */
function alarmWays(
  config: Config,
  { channels, log }: Pick<AutomationTools, 'channels' | 'log'>,
): Omit<AlarmWays, 'tellLeads'> {
  return {
    log,
    addressesOf: (desk) => config.desks[desk]?.alertEmail ?? [],
    mailboxOf(desk) {
      const all = [...channels].flatMap(([name, each]) => (name.startsWith('email:') ? [each] : []))
      return (all.find((each) => each.desk === desk) ?? all[0])?.channel
    },
  }
}

/** For the inbox of one channel. */
export function acknowledgingOf(config: Config, channel: string): { acknowledge?: Acknowledging } {
  const acknowledge = mailboxOf(config, channel)?.acknowledge ?? 'off'
  return acknowledge === 'off' ? {} : { acknowledge }
}
