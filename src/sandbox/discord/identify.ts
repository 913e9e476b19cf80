// Logging in at the gateway: token, intents, shard and pace are judged, in Discord's order and with its closing codes.
import { DAY, SECOND } from '../../clock.ts'
import { asList, type Json } from '../slack/json.ts'
import { CLOSE } from './close-code.ts'
import { areKnown, INTENT, PRIVILEGED } from './intent.ts'
import type { App } from './records.ts'
import type { Session, Sessions } from './session.ts'
import { wholeGuildShape } from './shape-guild.ts'
import { selfShape } from './shape-user.ts'
import { shardOf } from './snowflake.ts'
import type { World } from './world.ts'

/** Sessions of one concurrency key may start this far apart. */
const START_EVERY_MS = 5 * SECOND
/** Above this many guilds one shard is not allowed to serve them. */
const GUILDS_PER_SHARD_MAX = 2500
const PORTAL_CONTENT_LIMITED = 1 << 19

export type Judgement =
  | { kind: 'welcome'; app: App; intents: number; shard: readonly [number, number] }
  | { kind: 'close'; why: readonly [number, string] }
  | { kind: 'too-soon' }

export function appOfToken(world: Pick<World, 'apps'>, token: unknown): App | undefined {
  const bare = String(token).replace(/^Bot /, '')
  return [...world.apps.values()].find((app) => app.token === bare)
}

export function judgeIdentify(world: World, d: Json, startedAt: Map<string, number>): Judgement {
  const app = appOfToken(world, d.token)
  if (!app) return { kind: 'close', why: CLOSE.authentication }
  const intents = typeof d.intents === 'number' ? d.intents : -1
  if (!areKnown(intents)) return { kind: 'close', why: CLOSE.intents }
  if (intents & PRIVILEGED & ~app.privileged) return { kind: 'close', why: CLOSE.disallowed }
  const [id, count] = d.shard === undefined ? [0, 1] : asList(d.shard).map(Number)
  if (id === undefined || count === undefined || !(count >= 1) || !(id >= 0 && id < count)) {
    return { kind: 'close', why: CLOSE.shard }
  }
  if (guildsOf(world, app, [id, count]).length > GUILDS_PER_SHARD_MAX)
    return { kind: 'close', why: CLOSE.shardingRequired }
  if (!countStart(world, app)) return { kind: 'close', why: CLOSE.authentication }
  const key = `${app.id} ${id % app.maxConcurrency}`
  const isTooSoon = world.clock.now() - (startedAt.get(key) ?? -Infinity) < START_EVERY_MS
  if (isTooSoon && world.settings.limits === 'enforce') return { kind: 'too-soon' }
  startedAt.set(key, world.clock.now())
  return { kind: 'welcome', app, intents, shard: [id, count] }
}

/** Who starts more sessions than a day has gets a new token, and must ask for it in the portal. */
function countStart(world: World, app: App): boolean {
  const { identifies } = app
  const now = world.clock.now()
  if (now >= identifies.resetAt) Object.assign(identifies, { left: identifies.total, resetAt: now + DAY })
  identifies.left -= 1
  if (identifies.left >= 0) return true
  app.token = `${app.token}.reset`
  return false
}

export function guildsOf(world: World, app: App, shard: readonly [number, number]) {
  return [...world.guilds.values()].filter(
    ({ id, members }) => members.has(app.id) && shardOf(id, shard[1]) === shard[0],
  )
}

/** READY, and then each guild as it becomes available. */
export function greet(world: World, sessions: Sessions, session: Session): void {
  const { app, shard, intents } = session
  const user = world.users.get(app.id)
  const guilds = guildsOf(world, app, shard)
  sessions.dispatch(session, 'READY', {
    v: 10,
    user: user && selfShape(user),
    guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
    session_id: session.id,
    session_type: 'normal',
    resume_gateway_url: gatewayUrl(world),
    shard: [...shard],
    application: { id: app.id, flags: portalFlags(app) },
    private_channels: [],
    presences: [],
    relationships: [],
    user_settings: {},
    geo_ordered_rtc_regions: [],
    guild_join_requests: [],
    _trace: ['sandbox'],
  })
  if (!(intents & INTENT.guilds)) return
  // Unless presences are asked for too, a bot is told of itself alone.
  const withMembers = (intents & INTENT.members) !== 0 && (intents & INTENT.presences) !== 0
  for (const guild of guilds) {
    if (!guild.isUnavailable) {
      sessions.dispatch(
        session,
        'GUILD_CREATE',
        JSON.parse(JSON.stringify(wholeGuildShape(world, guild, app.id, withMembers))),
      )
    }
  }
}

export function gatewayUrl(world: Pick<World, 'origin'>): string {
  return `${world.origin.replace(/^http/, 'ws')}/gateway`
}

export function portalFlags(app: App): number {
  return app.privileged & INTENT.content ? PORTAL_CONTENT_LIMITED : 0
}
