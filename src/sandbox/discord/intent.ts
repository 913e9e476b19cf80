// Which events a session asked for, and which of them need Discord's approval.

export const INTENT = {
  guilds: 1 << 0,
  members: 1 << 1,
  presences: 1 << 8,
  guildMessages: 1 << 9,
  guildReactions: 1 << 10,
  guildTyping: 1 << 11,
  directMessages: 1 << 12,
  directReactions: 1 << 13,
  directTyping: 1 << 14,
  content: 1 << 15,
} as const

export const PRIVILEGED = INTENT.members | INTENT.presences | INTENT.content

/** All bits Discord has given a meaning. */
const KNOWN =
  Array.from({ length: 17 }, (_zero, bit) => 1 << bit).reduce((sum, bit) => sum | bit, 0) |
  (1 << 20) |
  (1 << 21) |
  (1 << 24) |
  (1 << 25)

const MESSAGES = { guild: INTENT.guildMessages, direct: INTENT.directMessages }
const REACTIONS = { guild: INTENT.guildReactions, direct: INTENT.directReactions }
const GUILDS = { guild: INTENT.guilds, direct: 0 }

/** The intent each event needs, in a guild and in a direct message; 0 is none. */
const NEEDED: Record<string, { guild: number; direct: number }> = {
  MESSAGE_CREATE: MESSAGES,
  MESSAGE_UPDATE: MESSAGES,
  MESSAGE_DELETE: MESSAGES,
  MESSAGE_DELETE_BULK: MESSAGES,
  MESSAGE_REACTION_ADD: REACTIONS,
  MESSAGE_REACTION_REMOVE: REACTIONS,
  MESSAGE_REACTION_REMOVE_ALL: REACTIONS,
  MESSAGE_REACTION_REMOVE_EMOJI: REACTIONS,
  TYPING_START: { guild: INTENT.guildTyping, direct: INTENT.directTyping },
  CHANNEL_PINS_UPDATE: { guild: INTENT.guilds, direct: INTENT.directMessages },
  GUILD_MEMBER_ADD: { guild: INTENT.members, direct: 0 },
  GUILD_MEMBER_UPDATE: { guild: INTENT.members, direct: 0 },
  GUILD_MEMBER_REMOVE: { guild: INTENT.members, direct: 0 },
  INTERACTION_CREATE: { guild: 0, direct: 0 },
  GUILD_MEMBERS_CHUNK: { guild: 0, direct: 0 },
  USER_UPDATE: { guild: 0, direct: 0 },
}

export function isWanted(name: string, intents: number, inGuild: boolean): boolean {
  const { guild, direct } = NEEDED[name] ?? GUILDS
  const needed = inGuild ? guild : direct
  return needed === 0 || (intents & needed) !== 0
}

export function areKnown(intents: number): boolean {
  return Number.isInteger(intents) && intents >= 0 && (intents & ~KNOWN) === 0
}
