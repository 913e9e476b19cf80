// The Slack app as its owner creates it: `deskbell manifest` prints this, and Slack's "From a manifest" takes it.
import { COMMAND } from './command.ts'
import { SEND_TO_CUSTOMER } from './shortcut.ts'

/** Each with what would not work without it. Asking for less is asking for trust we need not have. */
const SCOPES = {
  'chat:write': 'cards, thread entries, pings',
  commands: 'the shortcut "Send to customer" and the command /desk',
  'groups:read': 'who is in the desk’s channel: they are its agents',
  'groups:history': 'notes in the threads; finding a post again whose answer was lost',
  'files:write': 'attachments, originals and long texts in the threads',
  'files:read': 'files that agents attach to a reply; whether a file of ours is in the thread',
  'im:write': 'pings to leads',
  'im:history': 'finding a ping again whose answer was lost',
  'users:read': 'the names of agents, and who is a guest',
  'users:read.email': 'agents who also write from a mailbox are recognised',
  'dnd:read': 'reminders go to somebody else while a person has paused their notifications',
  'reactions:read': 'taking and closing a conversation by an emoji on its card',
  'usergroups:read': 'reminders to a user group: who is in it',
}

const EVENTS = [
  ...['message.groups', 'member_joined_channel', 'member_left_channel', 'app_home_opened', 'reaction_added'],
  // What becomes of the desk's channel, and of the app itself.
  ...['group_archive', 'group_unarchive', 'group_deleted', 'group_left', 'channel_id_changed', 'channel_shared'],
  ...['channel_unshared', 'tokens_revoked', 'app_uninstalled'],
]

export const MANIFEST = {
  display_information: {
    name: 'Deskbell',
    description: 'A shared inbox: customers write where they are, you answer here.',
    background_color: '#1d4e5f',
  },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
    bot_user: { display_name: 'Deskbell', always_online: true },
    slash_commands: [
      {
        command: COMMAND,
        description: 'Your desk: who waits and why, what was said, being away and back',
        usage_hint: 'find WORDS | history ADDRESS | new ADDRESS | queue | letters | away 2h | back | why v_… | help',
        should_escape: false,
      },
    ],
    shortcuts: [
      {
        name: 'Send to customer',
        type: 'message',
        callback_id: SEND_TO_CUSTOMER,
        description: 'Opens the reply form with this text. Nothing leaves before you press Send.',
      },
    ],
  },
  oauth_config: { scopes: { bot: Object.keys(SCOPES) } },
  settings: {
    event_subscriptions: { bot_events: EVENTS },
    interactivity: { is_enabled: true },
    org_deploy_enabled: false,
    socket_mode_enabled: true,
    token_rotation_enabled: false,
  },
}

interface Reachable {
  features: { slash_commands: object[] }
  settings: { event_subscriptions: object; interactivity: object; socket_mode_enabled: boolean }
}

/** For an app that Slack sends requests to, all of them to this address. */
export function withRequests<M extends Reachable>(manifest: M, url: string): M {
  const { features, settings } = manifest
  return {
    ...manifest,
    features: { ...features, slash_commands: features.slash_commands.map((command) => ({ ...command, url })) },
    settings: {
      ...settings,
      event_subscriptions: { request_url: url, ...settings.event_subscriptions },
      // The lists that are searched while somebody types have an address of their own.
      interactivity: { ...settings.interactivity, request_url: url, message_menu_options_url: url },
      socket_mode_enabled: false,
    },
  }
}
