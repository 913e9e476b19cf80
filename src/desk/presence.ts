// Whether somebody can be expected to act now: what they told us, and what Slack says of them. Who cannot be asked about is there.
import type { WebClient } from '@slack/web-api'
import { type Clock, MINUTE, SECOND } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import type { Log } from '../log.ts'
import type { Absence } from './addressee.ts'

export interface Presence {
  /** `isQuiet`: they are told only when the quiet hours end, so that what Slack keeps from them now does not count. */
  absenceOf(
    desk: string,
    id: string,
    options: { isQuiet: boolean; mustBeAgent?: boolean },
  ): Promise<Absence | undefined>
  membersOf(group: string): Promise<readonly string[]>
}

/** A flood of pings asks Slack about each person once a minute. */
const REMEMBERED_MS = MINUTE
const REMEMBERED_MAX = 1000
const MEMBERS_MAX = 30

export function makePresence(tools: { db: Reader; read: WebClient; clock: Clock; log: Log }): Presence {
  const { db, read, clock, log } = tools
  const remembered = new Map<string, { at: number; answer: Promise<unknown> }>()
  const ask = async <T>(key: string, call: () => Promise<T>, otherwise: T): Promise<T> => {
    const known = remembered.get(key)
    if (known && clock.monotonic() - known.at < REMEMBERED_MS) return (await known.answer) as T
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    const answer = call().catch((error: unknown) => {
      log.warn({ about: key, error: String(error) }, 'desk: Slack did not say whether somebody is there')
      return otherwise
    })
    remembered.set(key, { at: clock.monotonic(), answer })
    return await answer
  }
  return {
    async absenceOf(desk, id, { isQuiet, mustBeAgent = false }) {
      const said = await findSaid(db, desk, id, clock.now(), mustBeAgent)
      if (said) return said
      const isGone = await ask(
        `user ${id}`,
        async () => (await read.users.info({ user: id })).user?.deleted === true,
        false,
      )
      if (isGone) return 'deactivated'
      if (isQuiet) return undefined
      const isDisturbed = await ask(
        `dnd ${id}`,
        async () => isUndisturbed(await read.dnd.info({ user: id }), clock),
        false,
      )
      return isDisturbed ? 'do not disturb' : undefined
    },
    membersOf: (group) =>
      ask(
        `group ${group}`,
        async () => ((await read.usergroups.users.list({ usergroup: group })).users ?? []).slice(0, MEMBERS_MAX),
        [] as string[],
      ),
  }
}

/** Whoever the configuration names need not be in the desk's channel; an owner who left it answers nobody any more. */
async function findSaid(
  db: Reader,
  desk: string,
  id: string,
  now: number,
  mustBeAgent: boolean,
): Promise<Absence | undefined> {
  const rows = await db.selectFrom('agent').select(['desk', 'left_at', 'away_until']).where('id', '=', id).execute()
  if (rows.some(({ away_until }) => away_until !== null && away_until > now)) return 'away'
  const isGone = mustBeAgent && rows.find((row) => row.desk === desk)?.left_at != null
  return isGone ? 'left the desk' : undefined
}

interface Dnd {
  dnd_enabled?: boolean
  next_dnd_start_ts?: number
  next_dnd_end_ts?: number
  snooze_enabled?: boolean
  snooze_endtime?: number
}

/** docs.slack.dev dnd.info: seconds; the next span may be the one that runs now. */
function isUndisturbed(dnd: Dnd, clock: Pick<Clock, 'now'>): boolean {
  const now = clock.now() / SECOND
  if (dnd.snooze_enabled && (dnd.snooze_endtime ?? 0) > now) return true
  return dnd.dnd_enabled === true && (dnd.next_dnd_start_ts ?? Infinity) <= now && now < (dnd.next_dnd_end_ts ?? 0)
}
