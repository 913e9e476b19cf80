// `/desk away` and `/desk back`: reminders about the customers of somebody who is away go to whoever comes next.
import { comeBack, goAway } from '../away.ts'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import { admit, listDesksOf } from './admission.ts'
import { dateMark } from './card.ts'
import type { Call } from './command.ts'
import type { Person } from './interaction.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

const AWAY_MS = DAY
const AWAY_MAX_MS = 90 * DAY
const UNITS = { m: MINUTE, h: HOUR, d: DAY } as const

const UNREADABLE = 'For how long? Write `30m`, `2h` or `3d`, up to 90 days: `/desk away 2h`.'
const NO_AGENT =
  'You lead this desk and are no agent of it. To hold reminders back, pause notifications in Slack: they then go to somebody else.'

export async function goAwayFor(tools: DeskTools, { who, rest }: Call): Promise<Whisper> {
  const refused = await refuse(tools, who, 'away')
  if (refused) return refused
  const ms = readSpan(rest)
  if (ms === undefined) return { text: UNREADABLE }
  const until = tools.clock.now() + ms
  const isDone = await tools.db.transaction((trx) => goAway(trx, who.id, until))
  if (!isDone) return { text: NO_AGENT }
  return {
    text: `You are away until ${dateMark(until)}. Reminders about your customers go to somebody else. \`/desk back\` ends it.`,
  }
}

export async function back(tools: DeskTools, { who }: Call): Promise<Whisper> {
  const refused = await refuse(tools, who, 'back')
  if (refused) return refused
  const isDone = await tools.db.transaction((trx) => comeBack(trx, who.id))
  return { text: isDone ? 'Welcome back. Reminders about your customers come to you again.' : NO_AGENT }
}

/** Undefined for somebody who has a desk. */
async function refuse(tools: DeskTools, who: Person, action: string): Promise<Whisper | undefined> {
  if ((await listDesksOf(tools, who)).length > 0) return undefined
  const [desk] = tools.desks
  if (!desk) return { text: 'There is no desk yet.' }
  const admission = await admit(tools, who, { desk, action })
  return admission.kind === 'refused' ? { text: admission.text } : undefined
}

/** Undefined for what is no span, or too long a one. */
function readSpan(text: string): number | undefined {
  if (text === '') return AWAY_MS
  const [, count, unit] = /^(\d{1,5}) ?([mhd])$/i.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  const ms = Number(count) * UNITS[unit.toLowerCase() as keyof typeof UNITS]
  return ms > 0 && ms <= AWAY_MAX_MS ? ms : undefined
}
