// Who may be away, and who can stand in for them or take over what they leave.
import { DAY } from '../clock.ts'
import { findAway } from '../stand-in.ts'
import { admit, listDesksOf } from './admission.ts'
import type { Person } from './interaction.ts'
import type { DeskTools } from './tools.ts'

export const AWAY_MAX_MS = 90 * DAY

export const NO_AGENT =
  'You lead this desk and are no agent of it. To hold reminders back, pause notifications in Slack: they then go to somebody else.'

/** What keeps somebody from being away; undefined for an agent. */
export async function refuseAway(tools: DeskTools, who: Person): Promise<string | undefined> {
  const refused = await refuse(tools, who, 'away')
  if (refused !== undefined) return refused
  const agent = await tools.db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', who.id)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return agent ? undefined : NO_AGENT
}

/** Undefined for somebody who has a desk. */
export async function refuse(tools: DeskTools, who: Person, action: string): Promise<string | undefined> {
  if ((await listDesksOf(tools, who)).length > 0) return undefined
  const [desk] = tools.desks
  if (!desk) return 'There is no desk yet.'
  const admission = await admit(tools, who, { desk, action })
  return admission.kind === 'refused' ? admission.text : undefined
}

/** Why this colleague cannot stand in; undefined when they can. */
export async function objectTo(tools: DeskTools, who: Person, standIn: string): Promise<string | undefined> {
  if (standIn === who.id) return 'Choose somebody else than yourself.'
  const own = (await listDesksOf(tools, who)).map(({ name }) => name)
  if (own.length === 0) return await refuse(tools, who, 'away')
  const agent = await tools.db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', standIn)
    .where('desk', 'in', own)
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (!agent) return 'They are at none of your desks. Choose a colleague who answers customers there.'
  return (await findAway(tools.db, standIn, tools.clock.now()))
    ? 'They are away themselves. Choose somebody else.'
    : undefined
}
