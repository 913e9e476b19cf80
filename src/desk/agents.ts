// Who may act at a desk: the full members of its channel. Membership is the only permission there is.
import { type UsersInfoResponse, WebAPIRateLimitedError } from '@slack/web-api'
import { SECOND } from '../clock.ts'
import type { Reader, Trx } from '../db/open.ts'
import { appendFact } from '../fact.ts'
import type { Person } from './interaction.ts'
import type { Desk, DeskTools } from './tools.ts'

export interface Agent {
  id: string
  /** What customers read below a reply. */
  name: string
}

const PAGE = 200
const MEMBERS_MAX = 5000
const TRIES_MAX = 10

export type Profile = NonNullable<UsersInfoResponse['user']> & { id: string }

type Reading = Pick<DeskTools, 'read' | 'clock' | 'log' | 'self'>

/** Brings the table in line with the channel. Rejects when Slack cannot be asked, and then changes nothing. */
export async function syncAgents(tools: Reading & Pick<DeskTools, 'db'>, desk: Desk): Promise<void> {
  const members = await listMembers(tools, desk.channel)
  const profiles: Profile[] = []
  for (const id of members) {
    const profile = await readProfile(tools, id)
    if (profile && excuse(profile, tools.self) === undefined) profiles.push(profile)
  }
  const staying = new Set(profiles.map(({ id }) => id))
  await tools.db.transaction(async (trx) => {
    for (const profile of profiles) await enter(trx, desk.name, profile)
    for (const { id } of await listAgents(trx, desk.name)) if (!staying.has(id)) await leave(trx, desk.name, id)
  })
  tools.log.info({ desk: desk.name, agents: staying.size }, 'desk: the agents are known')
}

/** The person's profile if they may act at the desk, as Slack has it now. */
export async function findMember(tools: Reading, desk: Desk, id: string): Promise<Profile | undefined> {
  if (!(await listMembers(tools, desk.channel)).includes(id)) return undefined
  const profile = await readProfile(tools, id)
  return profile && excuse(profile, tools.self) === undefined ? profile : undefined
}

async function listMembers(tools: Reading, channel: string): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const asked = { channel, limit: PAGE, ...(cursor && { cursor }) }
    const page = await patiently(tools, () => tools.read.conversations.members(asked))
    ids.push(...(page.members ?? []))
    cursor = page.response_metadata?.next_cursor
    if (!cursor || ids.length >= MEMBERS_MAX) return ids
  }
}

async function readProfile(tools: Reading, user: string): Promise<Profile | undefined> {
  const { user: profile } = await patiently(tools, () => tools.read.users.info({ user }))
  return profile && { ...profile, id: user }
}

/** A large channel takes more calls than Slack allows in a minute. */
async function patiently<T>({ clock, log }: Reading, call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError) || tries >= TRIES_MAX) throw error
      log.info({ waitS: error.retryAfter }, 'desk: Slack asks to wait while the agents are read')
      await clock.wait(error.retryAfter * SECOND)
    }
  }
}

/** Why this person is no agent although they are in the channel. */
function excuse(profile: Profile, self: DeskTools['self']): Refusal | undefined {
  if (profile.is_bot || profile.id === self.botUserId || profile.id === SLACKBOT) return 'bot'
  if (profile.deleted) return 'deactivated'
  if (profile.team_id !== undefined && profile.team_id !== self.teamId) return 'other-organisation'
  return profile.is_restricted || profile.is_ultra_restricted ? 'guest' : undefined
}

const SLACKBOT = 'USLACKBOT'

export async function enter(trx: Trx, desk: string, profile: Profile): Promise<void> {
  const { id } = profile
  const values = { name: shownName(profile), email: profile.profile?.email ?? null, left_at: null }
  await trx
    .insertInto('agent')
    .values({ id, desk, joined_at: trx.now(), ...values })
    .onConflict((oc) => oc.columns(['id', 'desk']).doUpdateSet(values))
    .execute()
}

/** The name they chose to be shown; one that merely repeats the account's handle was chosen by nobody. */
function shownName({ id, name, real_name, profile }: Profile): string {
  const chosen = profile?.display_name === name ? undefined : profile?.display_name
  return chosen || profile?.real_name || real_name || name || id
}

export async function leave(trx: Trx, desk: string, id: string): Promise<void> {
  await trx
    .updateTable('agent')
    .set({ left_at: trx.now() })
    .where('id', '=', id)
    .where('desk', '=', desk)
    .where('left_at', 'is', null)
    .execute()
}

export async function listAgents(db: Reader, desk: string): Promise<Agent[]> {
  return await db
    .selectFrom('agent')
    .select(['id', 'name'])
    .where('desk', '=', desk)
    .where('left_at', 'is', null)
    .execute()
}

type Refusal = 'other-organisation' | 'left' | 'guest' | 'bot' | 'deactivated' | 'not-a-member'

/** In plain words: they are shown in messages and beside fields alike. */
const SAID: Record<Refusal, string> = {
  'other-organisation': 'Only people of our own organisation can answer customers here.',
  left: 'You are not in this desk’s channel any more. Ask somebody there to add you again.',
  guest: 'Guests can read along, but not answer customers. Ask an admin for a full account.',
  bot: 'Only people can answer customers.',
  deactivated: 'This account is deactivated.',
  'not-a-member': 'Only members of this desk’s channel can do this. If you have just joined, try again in a moment.',
}

export type Admission = { kind: 'agent'; agent: Agent } | { kind: 'refused'; text: string }

/** Lets an agent of this desk pass. Anybody else is told why, and it is on record that they tried. */
export async function admit(
  tools: DeskTools,
  who: Person,
  attempt: { desk: Desk; action: string; conversationId: string },
): Promise<Admission> {
  const { desk, action, conversationId } = attempt
  const row = await tools.db
    .selectFrom('agent')
    .select(['id', 'name', 'left_at'])
    .where('id', '=', who.id)
    .where('desk', '=', desk.name)
    .executeTakeFirst()
  const isOurs = who.teamId === undefined || who.teamId === tools.self.teamId
  if (isOurs && row?.left_at === null) return { kind: 'agent', agent: { id: row.id, name: row.name } }
  const reason = !isOurs ? 'other-organisation' : row ? 'left' : await findReason(tools, who.id)
  const fact = { kind: 'action-refused', conversationId, actor: who.id, data: { action, reason } } as const
  await tools.db.transaction((trx) => appendFact(trx, fact))
  return { kind: 'refused', text: SAID[reason] }
}

async function findReason(tools: DeskTools, id: string): Promise<Refusal> {
  try {
    const { user } = await tools.read.users.info({ user: id })
    return (user && excuse({ ...user, id }, tools.self)) ?? 'not-a-member'
  } catch (error) {
    tools.log.warn({ person: id, error: String(error) }, 'desk: could not ask Slack who somebody is')
    return 'not-a-member'
  }
}

/** The name of somebody who is or was an agent, for a sentence about them. */
export async function nameOf(db: Reader, id: string): Promise<string> {
  const row = await db.selectFrom('agent').select('name').where('id', '=', id).limit(1).executeTakeFirst()
  return row?.name ?? 'a colleague'
}
