// People as the API shows them: profile, e-mail only with its own scope, presence, do not disturb, user groups.
import { type Answer, type Methods, refuse } from './answer.ts'
import { asText, type Json } from './json.ts'
import { page } from './page.ts'
import type { User } from './workspace.ts'
import type { World } from './world.ts'

export function userWire(world: World, user: User): Json {
  const { app, grant } = world
  const isForeign = user.teamId !== app.teamId
  const email = user.email && grant.scopes.has('users:read.email') && { email: user.email }
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.isDeactivated,
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: offsetS(user.tz, world.clock.now()),
    profile: {
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      team: user.teamId,
      ...email,
    },
    is_admin: false,
    is_owner: false,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_app_user: false,
    ...(isForeign && { is_stranger: true }),
    updated: Math.floor(world.clock.now() / 1000),
  }
}

/** Seconds east of UTC at an instant, read from the zone's own name for it: `GMT+05:30`. */
function offsetS(tz: string, at: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone: tz, timeZoneName: 'longOffset' })
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60)
}

function findUser(world: World, args: Json): User | undefined {
  return world.workspace.users.get(asText(args.user) ?? '')
}

function info(world: World, args: Json): Answer {
  const user = findUser(world, args)
  return user ? { ok: true, user: userWire(world, user) } : refuse('user_not_found')
}

function list(world: World, args: Json): Answer {
  return page(args, [...world.workspace.users.values()], 'members', (user) => userWire(world, user))
}

function lookupByEmail(world: World, args: Json): Answer {
  const email = asText(args.email)?.toLowerCase()
  const user = [...world.workspace.users.values()].find(
    (candidate) =>
      candidate.email?.toLowerCase() === email && candidate.teamId === world.app.teamId && !candidate.isDeactivated,
  )
  return user ? { ok: true, user: userWire(world, user) } : refuse('users_not_found')
}

function getPresence(world: World, args: Json): Answer {
  const user = findUser(world, args)
  return user ? { ok: true, presence: user.isAway ? 'away' : 'active' } : refuse('user_not_found')
}

const NO_SPAN = { startAt: 1000, endAt: 1000 }

/**
 * The `snooze_*` fields are shown only to the person themself, which an app never is (docs.slack.dev dnd.info); a pause
 * shows as the span that runs. Who has no schedule has a span of one second in 1970.
 */
function dndInfo(world: World, args: Json): Answer {
  const user = findUser(world, args)
  if (!user) return refuse('user_not_found')
  const now = world.clock.now()
  const isPaused = user.snoozedUntil !== undefined && user.snoozedUntil > now
  const paused = isPaused ? { startAt: now, endAt: user.snoozedUntil ?? now } : undefined
  const { startAt, endAt } = paused ?? user.dnd ?? NO_SPAN
  return {
    ok: true,
    dnd_enabled: isPaused || user.dnd !== undefined,
    next_dnd_start_ts: Math.floor(startAt / 1000),
    next_dnd_end_ts: Math.floor(endAt / 1000),
  }
}

function groupUsers(world: World, args: Json): Answer {
  const group = world.workspace.groups.get(asText(args.usergroup) ?? '')
  return group ? { ok: true, users: group.users } : refuse('no_such_subteam')
}

const READ = { token: 'bot', scope: 'users:read' } as const

export const userMethods: Methods = {
  'users.info': { ...READ, tier: 4, required: ['user'], run: info },
  'users.list': { ...READ, tier: 2, run: list },
  'users.lookupByEmail': { token: 'bot', scope: 'users:read.email', tier: 3, required: ['email'], run: lookupByEmail },
  'users.getPresence': { ...READ, tier: 3, required: ['user'], run: getPresence },
  'dnd.info': { token: 'bot', scope: 'dnd:read', tier: 3, required: ['user'], run: dndInfo },
  'usergroups.users.list': {
    token: 'bot',
    scope: 'usergroups:read',
    tier: 2,
    required: ['usergroup'],
    run: groupUsers,
  },
}
