// Wraps what happened into the Events API's envelope, for an app that subscribed to it, may read it and is there.
import type { Json } from './json.ts'
import type { Channel } from './workspace.ts'
import type { World } from './world.ts'

/** What the app's manifest subscribes to, and the scope each subscription needs. */
export const SUBSCRIPTIONS: Record<string, string | undefined> = {
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
  app_mention: 'app_mentions:read',
  app_home_opened: undefined,
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  file_shared: 'files:read',
  user_change: 'users:read',
  member_joined_channel: undefined,
  member_left_channel: undefined,
  channel_archive: undefined,
  channel_unarchive: undefined,
  channel_rename: undefined,
  channel_left: undefined,
  channel_deleted: undefined,
  channel_id_changed: undefined,
  group_archive: undefined,
  group_unarchive: undefined,
  group_rename: undefined,
  group_left: undefined,
  group_deleted: undefined,
  channel_shared: undefined,
  channel_unshared: undefined,
  tokens_revoked: undefined,
  app_uninstalled: undefined,
}

/** An app hears of a conversation only while its bot is a member of it. */
export function emit(world: World, event: Json, about: { on: string; channel?: Channel }): void {
  const { app, grant } = world
  const scope = SUBSCRIPTIONS[about.on]
  if (!grant.isInstalled || !grant.events.has(about.on) || (scope && !grant.scopes.has(scope))) return
  if (about.channel && !about.channel.members.has(app.botUserId)) return
  world.delivery.event({
    token: 'sandbox-verification-token',
    team_id: app.teamId,
    context_team_id: app.teamId,
    context_enterprise_id: null,
    api_app_id: app.appId,
    event,
    type: 'event_callback',
    event_id: world.newId('Ev'),
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: app.teamId, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: about.channel?.isExtShared ?? false,
    event_context: `4-${about.on}`,
  })
}
