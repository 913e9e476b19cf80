// The agents of a desk: the full members of its channel, as Slack has them now.
import { type UsersInfoResponse, WebAPIRateLimitedError } from '@slack/web-api'
import { SECOND } from '../clock.ts'
import type { Reader, Trx } from '../db/open.ts'
import { codeOf } from '../slack/trouble.ts'
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

/** A channel that is shut to us says nothing of who is in it. Its leads hear of that in another way. */
const SHUT = new Set(['channel_not_found', 'not_in_channel', 'unknown_method'])

/** Brings the table in line with the channel. Rejects when Slack cannot be asked, and then changes nothing. */
export async function syncAgents(tools: Reading & Pick<DeskTools, 'db'>, desk: Desk): Promise<void> {
  const members = await listMembers(tools, desk.channel)
  if (!members)
    return tools.log.warn({ desk: desk.name }, 'desk: its channel is shut to us; its agents stay as they were')
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
  const members = await listMembers(tools, desk.channel)
  if (!members?.includes(id)) return undefined
  const profile = await readProfile(tools, id)
  return profile && excuse(profile, tools.self) === undefined ? profile : undefined
}

/** Undefined for a channel that is shut to us. */
async function listMembers(tools: Reading, channel: string): Promise<string[] | undefined> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const asked = { channel, limit: PAGE, ...(cursor && { cursor }) }
    const page = await patiently(tools, () => tools.read.conversations.members(asked)).catch((error: unknown) => {
      if (SHUT.has(codeOf(error) ?? '')) return undefined
      throw error
    })
    if (!page) return undefined
    ids.push(...(page.members ?? []))
    cursor = page.response_metadata?.next_cursor
    if (!cursor || ids.length >= MEMBERS_MAX) return ids
  }
}

async function readProfile(tools: Reading, user: string): Promise<Profile | undefined> {
  return await patiently(tools, () => askProfile(tools.read, user))
}

/** Undefined for whom Slack does not show to us: one such member of a channel must not keep all the others out. */
export async function askProfile(read: DeskTools['read'], id: string): Promise<Profile | undefined> {
  try {
    const { user } = await read.users.info({ user: id })
    return { ...user, id }
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (UNSEEN.has(code)) return undefined
    // No Slack says so; whatever stands in for it there has nobody but its own people.
    if (code === 'unknown_method') return { id }
    throw error
  }
}

const UNSEEN = new Set(['user_not_found', 'users_not_found', 'user_not_visible'])

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

/** Who cannot act at any desk, whatever channel they are in. */
export type Excuse = 'other-organisation' | 'guest' | 'bot' | 'deactivated'

/** Why this person is no agent although they are in the channel. */
export function excuse(profile: Profile, self: DeskTools['self']): Excuse | undefined {
  if (profile.is_bot || profile.id === self.botUserId || profile.id === SLACKBOT) return 'bot'
  if (profile.deleted) return 'deactivated'
  if (!isOurs(profile, self)) return 'other-organisation'
  return profile.is_restricted || profile.is_ultra_restricted ? 'guest' : undefined
}

/** An organisation may have several workspaces, and its people belong to any of them. */
function isOurs({ team_id: team, enterprise_user: of, ...profile }: Profile, self: DeskTools['self']): boolean {
  if ('is_stranger' in profile && profile.is_stranger === true) return false
  if (team === undefined || team === self.teamId || team === self.enterpriseId) return true
  return self.enterpriseId !== undefined && of?.enterprise_id === self.enterpriseId
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
export function shownName({ id, name, real_name, profile }: Profile): string {
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

/** The agents of this desk who have said that they are away. */
export async function listAway(db: Reader, desk: string, now: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('agent')
    .select('id')
    .where('desk', '=', desk)
    .where('away_until', '>', now)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The name of somebody who is or was an agent, for a sentence about them. */
export async function nameOf(db: Reader, id: string): Promise<string> {
  const row = await db.selectFrom('agent').select('name').where('id', '=', id).limit(1).executeTakeFirst()
  return row?.name ?? 'a colleague'
}
