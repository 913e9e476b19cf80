// Which place a channel of Discord's is to us: somewhere customers write, or none of our business.
import { type Api, ask } from './api.ts'
import type { ChannelFacts, Directory } from './directory.ts'
import { isThread } from './directory.ts'
import type { DiscordConfig } from './discord-config.ts'
import { type Payload, payloadOf, textOf } from './payload.ts'
import type { Place } from './place.ts'
import { isAfter, isSnowflake } from './snowflake.ts'
import { isGone } from './trouble.ts'

const DIRECT = 1

export interface Surroundings {
  api: Api
  config: DiscordConfig
  directory: Directory
  self: string
  /** What was written before is not taken in. */
  since: string
}

/** Undefined for what is not ours to read. Rejects when Discord cannot be asked. */
export async function newPlace(
  around: Surroundings,
  id: string,
  guildId: string | undefined,
): Promise<Place | undefined> {
  const { config, directory, since } = around
  const fresh = { id, after: since, recent: new Map<string, string>(), activeAt: 0, unkept: 0 }
  if (guildId === undefined) {
    // What only one person sees comes without a server too, wherever it stands.
    const isDirect = config.directMessages && (await directory.channel(id))?.type === DIRECT
    return isDirect ? { ...fresh, kind: 'dm', onlyMentions: false, isKnown: false } : undefined
  }
  const channel = config.channels.find((one) => one.id === id)
  if (channel) return { ...fresh, kind: 'channel', guildId, onlyMentions: channel.take === 'mention', isKnown: true }
  const facts = await directory.channel(id)
  if (!facts || !isThread(facts)) return undefined
  return await threadPlace(around, facts, { ...fresh, guildId })
}

type Fresh = Pick<Place, 'id' | 'after' | 'recent' | 'activeAt' | 'unkept' | 'guildId'>

async function threadPlace(around: Surroundings, facts: ChannelFacts, fresh: Fresh): Promise<Place | undefined> {
  const { config, self } = around
  const parent = facts.parentId ?? ''
  const isOurs = facts.ownerId === self
  const channel = config.channels.find((one) => one.id === parent)
  const isPost = config.forums.includes(parent)
  if (!isOurs && !channel && !isPost) return undefined
  const ownerId = isPost ? facts.ownerId : await askerIn(around, facts)
  const onlyMentions = !isOurs && channel?.take === 'mention'
  return {
    ...fresh,
    ...{ kind: isPost ? 'post' : 'thread', onlyMentions, isKnown: false },
    ...(ownerId !== undefined && { ownerId }),
  }
}

/** A thread at somebody's message is theirs, whoever opened it; it has the message's id. At a message of ours it is everybody's. */
async function askerIn(
  { api, config, self }: Surroundings,
  { id, parentId, ownerId }: ChannelFacts,
): Promise<string | undefined> {
  const starter = await ask(api, 'GET', `/channels/${parentId ?? ''}/messages/${id}`).catch((error: unknown) => {
    if (isGone(error)) return undefined
    throw error
  })
  const author = payloadOf(starter?.author)
  const asker = starter ? textOf(author.id) : ownerId
  const isOneOfUs = asker === self || author.bot === true || Object.values(config.agents).includes(asker ?? '')
  return isOneOfUs || !isSnowflake(asker) ? undefined : asker
}

/** The channels and threads of an event in which customers may have written. Those that we know are looked at anyway. */
export function placesIn(
  { config, self, since }: Surroundings,
  event: string,
  payload: Payload,
): [id: string, guildId: string][] {
  if (event !== 'GUILD_CREATE' && event !== 'THREAD_CREATE' && event !== 'THREAD_LIST_SYNC') return []
  const guildId = textOf(payload.guild_id) || textOf(payload.id)
  const list = (value: unknown) => (Array.isArray(value) ? value.map(payloadOf) : [])
  const threads = event === 'THREAD_CREATE' ? [payload] : list(payload.threads)
  const parents = [...config.forums, ...config.channels.map(({ id }) => id)]
  const isOurs = (thread: Payload) => thread.owner_id === self || parents.includes(textOf(thread.parent_id))
  const isNew = ({ last_message_id: last }: Payload) => !isSnowflake(last) || isAfter(last, since)
  const here = new Set(list(payload.channels).map(({ id }) => id))
  const channels = config.channels.map(({ id }) => id).filter((id) => here.has(id))
  const found = [
    ...channels,
    ...threads.filter((thread) => isOurs(thread) && isNew(thread)).map(({ id }) => textOf(id)),
  ]
  return found.map((id) => [id, guildId])
}
