// `/desk away` and `/desk back`: what concerns the customers of somebody who is away goes to whoever stands in for them.
import type { KnownBlock } from '@slack/types'
import { comeBack, goAway, listWaitingOf } from '../away.ts'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { listDesksOf } from './admission.ts'
import { openAway } from './away-form.ts'
import { AWAY_MAX_MS, NO_AGENT, objectTo, refuse, refuseAway } from './away-rule.ts'
import { dateMark, line } from './card.ts'
import type { Call } from './command.ts'
import { HAND_OVER_ALL } from './hand-over-all.ts'
import type { Person } from './interaction.ts'
import type { Desk, DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { plain } from './words.ts'

const UNITS = { m: MINUTE, h: HOUR, d: DAY } as const

const UNREADABLE =
  'For how long? Write `30m`, `2h` or `3d`, up to 90 days, and who stands in if you like: `/desk away 2h @ben`. Or `/desk away` alone, for a form.'

/** Undefined when a form has opened instead. */
export async function goAwayFor(tools: DeskTools, call: Call): Promise<Whisper | undefined> {
  const { who, rest, channel, triggerId } = call
  if (rest === '') {
    await openAway(tools, { who, triggerId, value: '', place: { channel }, view: undefined })
    return undefined
  }
  const refused = await refuseAway(tools, who)
  if (refused !== undefined) return { text: refused }
  const [, span = '', named = ''] = /^(\d{1,5} ?[mhd])(?: +(\S.*))?$/i.exec(rest) ?? []
  const ms = readSpan(span)
  if (ms === undefined) return { text: UNREADABLE }
  const found = named === '' ? {} : await findStandIn(tools, who, named)
  if ('objection' in found) return { text: found.objection }
  const until = tools.clock.now() + ms
  await tools.db.transaction((trx) => goAway(trx, who.id, until, found.id))
  const waiting = (await listWaitingOf(tools.db, who.id)).length
  const instead =
    found.id === undefined ? 'Reminders about your customers go to somebody else.' : `<@${found.id}> stands in.`
  const text = `You are away until ${dateMark(until)}. ${instead} \`/desk back\` ends it.`
  return waiting === 0 ? { text } : { text, blocks: [line(text), ...handOverButton(waiting)] }
}

export function handOverButton(waiting: number): KnownBlock[] {
  const label = waiting === 1 ? 'Hand over the one who waits…' : `Hand over the ${waiting} who wait…`
  return [
    { type: 'actions', elements: [{ type: 'button', action_id: HAND_OVER_ALL, text: plain(label), value: 'all' }] },
  ]
}

type Found = { id?: string } | { objection: string }

/** Slack hands us a name as it was typed: it has to be one colleague's. */
async function findStandIn(tools: DeskTools, who: Person, typed: string): Promise<Found> {
  const [, escaped] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(typed) ?? []
  const ids = escaped === undefined ? await listNamed(tools.db, await listDesksOf(tools, who), typed) : [escaped]
  const [id, another] = ids
  const named = escapeMrkdwn(typed.slice(0, 40))
  if (id === undefined)
    return { objection: `Nobody at your desks is called ${named}. \`/desk away\` alone opens a form to choose in.` }
  if (another !== undefined)
    return { objection: `Several at your desks are called ${named}. \`/desk away\` alone opens a form to choose in.` }
  const objection = await objectTo(tools, who, id)
  return objection === undefined ? { id } : { objection }
}

/** By the whole name, its first word, or what stands before the @ of the address. */
async function listNamed(db: Reader, desks: readonly Desk[], typed: string): Promise<string[]> {
  const wanted = typed.replace(/^@/, '').trim().toLowerCase()
  const rows = await db
    .selectFrom('agent')
    .select(['id', 'name', 'email'])
    .where('left_at', 'is', null)
    .where(
      'desk',
      'in',
      desks.map(({ name }) => name),
    )
    .execute()
  const isNamed = ({ name, email }: { name: string; email: string | null }) => {
    const said = name.toLowerCase()
    return [said, said.split(/\s+/)[0], email?.split('@')[0]?.toLowerCase()].includes(wanted)
  }
  return [...new Set(rows.filter(isNamed).map(({ id }) => id))]
}

export async function back(tools: DeskTools, { who }: Call): Promise<Whisper> {
  const refused = await refuse(tools, who, 'back')
  if (refused !== undefined) return { text: refused }
  const isDone = await tools.db.transaction((trx) => comeBack(trx, who.id))
  return { text: isDone ? 'Welcome back. Reminders about your customers come to you again.' : NO_AGENT }
}

/** Undefined for what is no span, or too long a one. */
function readSpan(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,5}) ?([mhd])$/i.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  const ms = Number(count) * UNITS[unit.toLowerCase() as keyof typeof UNITS]
  return ms > 0 && ms <= AWAY_MAX_MS ? ms : undefined
}
