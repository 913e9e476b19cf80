// People in Discord's words.
import type { Guild, Member, Role, User } from './records.ts'

export function userShape(user: User) {
  return {
    id: user.id,
    username: user.username,
    discriminator: user.isBot ? '0001' : '0',
    global_name: user.globalName ?? null,
    avatar: null,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
    public_flags: 0,
    flags: 0,
    bot: user.isBot,
    system: false,
  }
}

/** The bot as it sees itself. */
export function selfShape(user: User) {
  return { ...userShape(user), verified: true, mfa_enabled: true, email: null, locale: 'en-US' }
}

/** As it stands in a message's `member`, beside its author. */
export function memberShape(member: Member) {
  return {
    nick: member.nick ?? null,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: new Date(member.joinedAt).toISOString(),
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  }
}

export function fullMemberShape(member: Member, user: User) {
  return { ...memberShape(member), user: userShape(user) }
}

export function roleShape(role: Role, guild: Guild) {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: role.id === guild.id ? 0 : role.position,
    permissions: String(role.permissions),
    managed: role.botId !== undefined,
    mentionable: role.mentionable,
    flags: 0,
    ...(role.botId !== undefined && { tags: { bot_id: role.botId } }),
  }
}
