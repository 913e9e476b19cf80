// What the connection knows of servers: channels, threads, roles, and who has which role. Told by the gateway, else asked for once.
import { type Api, ask } from './api.ts'
import { cleanLine } from './clean-text.ts'
import { listOf, type Payload, payloadOf, textOf, textsOf } from './payload.ts'
import { isGone } from './trouble.ts'

export interface ChannelFacts {
  id: string
  type: number
  guildId?: string
  parentId?: string
  name: string
  /** Of a thread: who opened it. */
  ownerId?: string
  /** Of a post: ids; of a forum: their names. */
  tags: string[]
  tagNames: Map<string, string>
}

export interface Directory {
  /** Takes in whatever a gateway event says of channels, threads, roles and members. */
  learn(event: string, payload: Payload): void
  /** Undefined when it is gone or hidden from us. Rejects when Discord cannot be asked. */
  channel(id: string): Promise<ChannelFacts | undefined>
  known(id: string): ChannelFacts | undefined
  threads(): ChannelFacts[]
  guildIds(): string[]
  roleNames(): ReadonlyMap<string, string>
  /** Empty for somebody who is no member. */
  rolesOf(guildId: string, userId: string): Promise<string[]>
}

const MEMBERS_MAX = 5000
const CHANNELS_MAX = 50_000

export function makeDirectory(api: Api): Directory {
  const channels = new Map<string, ChannelFacts>()
  const roles = new Map<string, string>()
  const guilds = new Set<string>()
  const members = new Map<string, string[]>()
  const put = (payload: Payload, guildId?: string) => {
    const facts = factsOf(payload, guildId)
    bound(channels, CHANNELS_MAX).set(facts.id, facts)
    return facts
  }
  const learnGuild = (guild: Payload) => {
    const id = textOf(guild.id)
    guilds.add(id)
    for (const channel of [...listAll(guild.channels), ...listAll(guild.threads)]) put(channel, id)
    for (const role of listOf(guild.roles)) roles.set(textOf(role.id), cleanLine(textOf(role.name)))
  }
  const learn: Directory['learn'] = (event, payload) => {
    const guildId = textOf(payload.guild_id)
    if (event === 'GUILD_CREATE') learnGuild(payload)
    else if (/^(?:CHANNEL|THREAD)_(?:CREATE|UPDATE)$/.test(event)) put(payload)
    else if (event === 'THREAD_LIST_SYNC') for (const thread of listAll(payload.threads)) put(thread, guildId)
    else if (/^(?:CHANNEL|THREAD)_DELETE$/.test(event)) channels.delete(textOf(payload.id))
    else if (/^GUILD_ROLE_(?:CREATE|UPDATE)$/.test(event)) {
      const role = payloadOf(payload.role)
      roles.set(textOf(role.id), cleanLine(textOf(role.name)))
    } else if (event === 'GUILD_MEMBER_UPDATE') {
      members.set(`${guildId}/${textOf(payloadOf(payload.user).id)}`, textsOf(payload.roles))
    }
  }
  const rolesOf: Directory['rolesOf'] = async (guildId, userId) => {
    const key = `${guildId}/${userId}`
    const known = members.get(key)
    if (known) return known
    const member = await ask(api, 'GET', `/guilds/${guildId}/members/${userId}`).catch(orGone)
    const found = textsOf(member?.roles)
    bound(members, MEMBERS_MAX).set(key, found)
    return found
  }
  return {
    learn,
    async channel(id) {
      const known = channels.get(id)
      if (known) return known
      const found = await ask(api, 'GET', `/channels/${id}`).catch(orGone)
      return found && put(found)
    },
    known: (id) => channels.get(id),
    threads: () => [...channels.values()].filter(isThread),
    guildIds: () => [...guilds],
    roleNames: () => roles,
    rolesOf,
  }
}

const UNKNOWN_MEMBER = 10007
const UNKNOWN_USER = 10013

function orGone(error: unknown): undefined {
  const code = Number(Object(error).code)
  if (isGone(error) || code === UNKNOWN_MEMBER || code === UNKNOWN_USER) return undefined
  throw error
}

function listAll(value: unknown): Payload[] {
  return Array.isArray(value) ? value.map(payloadOf) : []
}

/** The oldest goes first. */
function bound<V>(map: Map<string, V>, max: number): Map<string, V> {
  for (const oldest of map.keys()) {
    if (map.size < max) break
    map.delete(oldest)
  }
  return map
}

const THREADS: readonly number[] = [10, 11, 12]

export function isThread({ type }: Pick<ChannelFacts, 'type'>): boolean {
  return THREADS.includes(type)
}

function factsOf(channel: Payload, inGuild?: string): ChannelFacts {
  const guildId = textOf(channel.guild_id) || inGuild
  const parentId = textOf(channel.parent_id)
  const ownerId = textOf(channel.owner_id)
  const tags = listOf(channel.available_tags).map(({ id, name }): [string, string] => [
    textOf(id),
    cleanLine(textOf(name)),
  ])
  return {
    id: textOf(channel.id),
    type: Number(channel.type),
    ...(guildId && { guildId }),
    ...(parentId && { parentId }),
    name: cleanLine(textOf(channel.name)),
    ...(ownerId && { ownerId }),
    tags: textsOf(channel.applied_tags),
    tagNames: new Map(tags),
  }
}
