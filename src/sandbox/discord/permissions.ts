// Who may do what where, computed as Discord's documentation says: everyone, roles, then a channel's overwrites.
import { CHANNEL, type Channel, type Guild, type Member } from './records.ts'

export const MAY = {
  kick: 1n << 1n,
  administer: 1n << 3n,
  manageChannels: 1n << 4n,
  manageGuild: 1n << 5n,
  addReactions: 1n << 6n,
  view: 1n << 10n,
  send: 1n << 11n,
  manageMessages: 1n << 13n,
  embed: 1n << 14n,
  attach: 1n << 15n,
  readHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  externalEmojis: 1n << 18n,
  connect: 1n << 20n,
  changeNick: 1n << 26n,
  manageRoles: 1n << 28n,
  useCommands: 1n << 31n,
  manageThreads: 1n << 34n,
  createPublicThreads: 1n << 35n,
  createPrivateThreads: 1n << 36n,
  sendInThreads: 1n << 38n,
  sendVoice: 1n << 46n,
  sendPolls: 1n << 49n,
  pin: 1n << 51n,
} as const

export const EVERYTHING = (1n << 52n) - 1n

/** What @everyone may do in a new guild. */
export const USUAL =
  MAY.view |
  MAY.send |
  MAY.addReactions |
  MAY.embed |
  MAY.attach |
  MAY.readHistory |
  MAY.mentionEveryone |
  MAY.externalEmojis |
  MAY.connect |
  MAY.changeNick |
  MAY.useCommands |
  MAY.createPublicThreads |
  MAY.createPrivateThreads |
  MAY.sendInThreads |
  MAY.sendVoice |
  MAY.sendPolls

export function guildPermissions(guild: Guild, member: Member): bigint {
  if (guild.ownerId === member.userId) return EVERYTHING
  let permissions = guild.roles.get(guild.id)?.permissions ?? 0n
  for (const id of member.roles) permissions |= guild.roles.get(id)?.permissions ?? 0n
  return permissions & MAY.administer ? EVERYTHING : permissions
}

/** Of a thread the parent's overwrites count. In a direct message everything is allowed. */
export function permissionsIn(
  world: { guilds: Map<string, Guild>; channels: Map<string, Channel> },
  channel: Channel,
  userId: string,
): bigint {
  if (!channel.guildId) return channel.recipients.includes(userId) ? EVERYTHING : 0n
  const guild = world.guilds.get(channel.guildId)
  const member = guild?.members.get(userId)
  if (!guild || !member) return 0n
  const place = channel.thread ? (world.channels.get(channel.parentId ?? '') ?? channel) : channel
  const permissions = withOverwrites(guildPermissions(guild, member), guild, member, place)
  // Who cannot see a channel can do nothing in it.
  return permissions & MAY.view ? permissions : 0n
}

function withOverwrites(base: bigint, guild: Guild, member: Member, channel: Channel): bigint {
  if (base === EVERYTHING) return EVERYTHING
  const find = (id: string) => channel.overwrites.find((overwrite) => overwrite.id === id)
  const everyone = find(guild.id)
  const ofRoles = [...member.roles].flatMap((id) => find(id) ?? [])
  const own = find(member.userId)
  const roles = ofRoles.reduce((sum, { allow, deny }) => ({ allow: sum.allow | allow, deny: sum.deny | deny }), {
    allow: 0n,
    deny: 0n,
  })
  return [everyone, roles, own].reduce(
    (permissions, step) => (step ? (permissions & ~step.deny) | step.allow : permissions),
    base,
  )
}

/** A private thread shows itself only to its members and to moderators. */
export function canSee(
  world: { guilds: Map<string, Guild>; channels: Map<string, Channel> },
  channel: Channel,
  userId: string,
): boolean {
  const permissions = permissionsIn(world, channel, userId)
  if (!(permissions & MAY.view)) return false
  if (channel.type !== CHANNEL.privateThread) return true
  return channel.thread?.members.has(userId) === true || (permissions & MAY.manageThreads) !== 0n
}
