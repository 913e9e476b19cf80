// Who hears of what: the intents asked for, the guilds the bot is in, the shard that serves them, and what it may see there.
import { INTENT, isWanted } from './intent.ts'
import { canSee } from './permissions.ts'
import type { App, Channel } from './records.ts'
import { shardOf } from './snowflake.ts'
import type { World } from './world.ts'

export interface Listener {
  app: App
  intents: number
  shard: readonly [id: number, count: number]
}

export interface Event {
  name: string
  guildId?: string
  /** Who cannot see this channel hears nothing. */
  channel?: Channel
  /** For this application alone. */
  appId?: string
  /** It concerns the bot itself: no intent is needed. */
  isOwn?: true
  /** What a listener gets; undefined is nothing. */
  data(listener: Listener): object | undefined
}

export function hears(world: World, event: Event, listener: Listener): boolean {
  const guildId = event.guildId ?? event.channel?.guildId
  const { app, shard } = listener
  if (event.appId !== undefined && event.appId !== app.id) return false
  if (!event.isOwn && !isWanted(event.name, listener.intents, guildId !== undefined)) return false
  if (shard[0] !== (guildId === undefined ? 0 : shardOf(guildId, shard[1]))) return false
  if (event.isOwn) return true
  if (event.channel && !canSee(world, event.channel, app.id)) return false
  if (guildId === undefined) return true
  const guild = world.guilds.get(guildId)
  return guild?.members.has(app.id) === true && !guild.isUnavailable
}

export function mayReadContent({ intents }: Listener): boolean {
  return (intents & INTENT.content) !== 0
}
