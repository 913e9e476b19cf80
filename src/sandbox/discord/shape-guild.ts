// A guild in Discord's words: alone for REST, and with everything in it for the gateway.
import { canSee } from './permissions.ts'
import type { Guild } from './records.ts'
import { channelShape, threadShape } from './shape-channel.ts'
import { fullMemberShape, roleShape } from './shape-user.ts'
import { timeOf } from './snowflake.ts'
import type { World } from './world.ts'

export function guildShape(guild: Guild) {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    home_header: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300 as const,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    nsfw: false,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    max_presences: null,
    max_members: 500_000,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    features: [],
    emojis: [],
    stickers: [],
    hub_type: null,
    latest_onboarding_question_id: null,
    incidents_data: null,
    roles: [...guild.roles.values()].map((role) => roleShape(role, guild)),
  }
}

/** What GUILD_CREATE carries: of the threads those the bot can see and that are not archived, of the members as the intents allow. */
export function wholeGuildShape(world: World, guild: Guild, botId: string, withMembers: boolean) {
  const channels = [...world.channels.values()].filter((channel) => channel.guildId === guild.id)
  const members = [...guild.members.values()].filter(({ userId }) => withMembers || userId === botId)
  return {
    ...guildShape(guild),
    joined_at: new Date(guild.members.get(botId)?.joinedAt ?? timeOf(guild.id)).toISOString(),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: members.flatMap((member) => {
      const user = world.users.get(member.userId)
      return user ? [fullMemberShape(member, user)] : []
    }),
    channels: channels.filter(({ thread }) => !thread).map((channel) => channelShape(world, channel, botId)),
    threads: channels.flatMap((channel) =>
      channel.thread && !channel.thread.archived && canSee(world, channel, botId)
        ? [threadShape(channel, channel.thread, botId)]
        : [],
    ),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}
