// Adds to a message what reading it will take: the place, its owner and title, and the names and roles that the payload leaves out.
import type { Directory } from './directory.ts'
import type { DiscordConfig } from './discord-config.ts'
import { type Payload, payloadOf, textOf, textsOf } from './payload.ts'
import type { Place } from './place.ts'
import type { Notes } from './raw-event.ts'

const NAMES_MAX = 50

export interface NoteTools {
  config: DiscordConfig
  directory: Directory
  self: string
}

/** Rejects when Discord cannot be asked who somebody is. */
export async function notesFor(tools: NoteTools, place: Place, message: Payload): Promise<Omit<Notes, 'kind'>> {
  const { directory, self } = tools
  const facts = place.kind === 'post' ? await directory.channel(place.id) : undefined
  const forum =
    facts?.parentId !== undefined && facts.tags.length > 0 ? await directory.channel(facts.parentId) : undefined
  const tags = (facts?.tags ?? []).flatMap((id) => forum?.tagNames.get(id) || [])
  const priority = priorityOf(tags, tools.config)
  const desk = await deskFor(tools, place)
  const roles = await rolesFor(tools, place, message)
  const names = namesFor(directory, message)
  return {
    self,
    place: place.kind,
    ...(place.ownerId !== undefined && { owner: place.ownerId }),
    ...(facts?.name && { title: facts.name }),
    ...(tags.length > 0 && { tags: tags.join(', ') }),
    ...(priority && { priority }),
    ...(desk !== undefined && { desk }),
    ...(roles.length > 0 && { roles: roles.join(',') }),
    ...(place.onlyMentions && { onlyMentions: '1' as const }),
    ...(names !== undefined && { names }),
  }
}

/** A thread belongs to the desk of the channel that it stands in. */
export async function deskFor(
  { config: { deskOf = {} }, directory }: Pick<NoteTools, 'config' | 'directory'>,
  { id, kind }: Pick<Place, 'id' | 'kind'>,
): Promise<string | undefined> {
  if (Object.keys(deskOf).length === 0 || kind === 'dm') return undefined
  const parent = kind === 'channel' ? id : (await directory.channel(id))?.parentId
  return parent === undefined ? undefined : deskOf[parent]
}

/** Of several tags the urgent one counts. */
function priorityOf(tags: readonly string[], { tagPriorities }: DiscordConfig): Notes['priority'] {
  const said = tags.flatMap((tag) => tagPriorities[tag.toLowerCase()] ?? [])
  return said.includes('high') ? 'high' : said[0]
}

/** In a direct message nobody has roles; there they are looked up in the servers that we share. */
async function rolesFor({ config, directory, self }: NoteTools, place: Place, message: Payload): Promise<string[]> {
  const author = payloadOf(message.author)
  const userId = textOf(author.id)
  const isAsked = config.staffRoles.length + config.helperRoles.length > 0
  if (!isAsked || !userId || userId === self || author.bot === true || Array.isArray(payloadOf(message.member).roles))
    return []
  const guilds = place.guildId === undefined ? directory.guildIds() : [place.guildId]
  const found = await Promise.all(guilds.map((guildId) => directory.rolesOf(guildId, userId)))
  return [...new Set(found.flat())]
}

function namesFor(directory: Directory, message: Payload): string | undefined {
  const content = textOf(message.content)
  const roleNames = directory.roleNames()
  const roles = textsOf(message.mention_roles).slice(0, NAMES_MAX)
  const channels = [...content.matchAll(/<#(\d{1,20})>/g)].slice(0, NAMES_MAX).map(([, id]) => id ?? '')
  const named = (ids: string[], nameOf: (id: string) => string | undefined) =>
    Object.fromEntries(ids.flatMap((id) => (nameOf(id) ? [[id, nameOf(id)]] : [])))
  if (roles.length + channels.length === 0) return undefined
  return JSON.stringify({
    roles: named(roles, (id) => roleNames.get(id)),
    channels: named(channels, (id) => directory.known(id)?.name),
  })
}
