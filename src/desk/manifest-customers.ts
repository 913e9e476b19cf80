// What the Slack app asks for besides, once customers write in Slack: only where they do, and only for what they do there.

export interface CustomersUse {
  /** Whether there are channels of theirs. */
  channels: boolean
  /** Whether the app's direct messages are theirs. */
  direct: boolean
  /** Whether somebody marks in a channel what is to be a conversation. */
  manual: boolean
}

interface Asked {
  /** Each with what would not work without it. */
  scopes: Record<string, string>
  events: string[]
}

const ANY: Asked = { scopes: { 'chat:write.customize': 'replies carry the name of whoever writes them' }, events: [] }

const CHANNELS: Asked = {
  scopes: {
    'channels:read': 'whether the app is in the channel, and the channel still open',
    'channels:history': 'what customers write in public channels, also while Deskbell was away',
    'groups:read': 'the same for private channels',
    'groups:history': 'what customers write in private channels',
  },
  events: [
    ...['message.channels', 'message.groups', 'channel_archive', 'channel_unarchive', 'channel_deleted'],
    'channel_id_changed',
    ...['channel_left', 'group_archive', 'group_unarchive', 'group_deleted', 'group_left', 'member_joined_channel'],
  ],
}

const DIRECT: Asked = {
  scopes: {
    'im:history': 'what customers write to the app',
    'im:read': 'direct messages that began while Deskbell was away',
    'im:write': 'writing first to somebody',
  },
  events: ['message.im'],
}

const MANUAL: Asked = {
  scopes: { 'reactions:read': 'the emoji that makes a conversation' },
  events: ['reaction_added'],
}

/** An app that is for customers alone needs these as well. */
const ALONE: Asked = {
  scopes: {
    'chat:write': 'replies',
    'users:read': 'the names of customers, and who is a guest',
    'users:read.email': 'rules by the domain of a mail address',
    'files:read': 'files that customers send',
    'files:write': 'files in replies',
  },
  // What becomes of the app itself.
  events: ['tokens_revoked', 'app_uninstalled'],
}

interface Manifest {
  features: { app_home: { messages_tab_read_only_enabled: boolean } }
  oauth_config: { scopes: { bot: string[] } }
  settings: { event_subscriptions: { bot_events: string[] }; interactivity: { is_enabled: boolean } }
}

export function withCustomers<M extends Manifest>(manifest: M, use: CustomersUse): M {
  return extended(manifest, askedFor(use), use)
}

/** For an app in a workspace of customers: it has nothing of the desk's. `url`: where Slack is to send requests. */
export function customersOnly<M extends Manifest>(manifest: M, use: CustomersUse, url?: string): M {
  const { slash_commands: _commands, shortcuts: _shortcuts, ...features } = manifest.features as Record<string, unknown>
  const bare = {
    ...manifest,
    features,
    oauth_config: { scopes: { bot: [] } },
    settings: { ...manifest.settings, event_subscriptions: { bot_events: [] }, interactivity: { is_enabled: false } },
  }
  const asked = extended(bare as unknown as M, [ALONE, ...askedFor(use)], use)
  if (url === undefined) return asked
  const { settings } = asked
  const event_subscriptions = { request_url: url, ...settings.event_subscriptions }
  return { ...asked, settings: { ...settings, event_subscriptions, socket_mode_enabled: false } }
}

function askedFor({ channels, direct, manual }: CustomersUse): Asked[] {
  return [
    ...(channels || direct ? [ANY] : []),
    ...(channels ? [CHANNELS] : []),
    ...(direct ? [DIRECT] : []),
    ...(manual ? [MANUAL] : []),
  ]
}

function extended<M extends Manifest>(manifest: M, asked: Asked[], { direct }: CustomersUse): M {
  const { features, oauth_config, settings } = manifest
  const scopes = [...oauth_config.scopes.bot, ...asked.flatMap((each) => Object.keys(each.scopes))]
  const events = [...settings.event_subscriptions.bot_events, ...asked.flatMap((each) => each.events)]
  const home = direct ? { ...features.app_home, messages_tab_read_only_enabled: false } : features.app_home
  return {
    ...manifest,
    features: { ...features, app_home: home },
    oauth_config: { ...oauth_config, scopes: { bot: [...new Set(scopes)] } },
    settings: { ...settings, event_subscriptions: { bot_events: [...new Set(events)] } },
  }
}
