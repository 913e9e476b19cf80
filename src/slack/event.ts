// What an event says, read from the envelope that was kept. Whatever stands in there, reading it never throws.
import { type ChangedMessage, type DeletedMessage, type NewMessage, parseMessage } from './event-message.ts'
import { type Fields, fieldsOf, textOf } from './field.ts'

export type SlackEvent =
  | NewMessage
  | ChangedMessage
  | DeletedMessage
  | { kind: 'member-joined' | 'member-left'; channel: string; user: string; team?: string }
  | { kind: ChannelChange; channel: string; name?: string }
  /** It is known by another id from now on. */
  | { kind: 'channel-renumbered'; channel: string; to: string }
  | { kind: 'reaction-added' | 'reaction-removed'; channel: string; ts: string; user: string; name: string }
  | { kind: 'person-changed'; user: string; deactivated: boolean }
  | { kind: 'home-opened'; user: string; tab: string }
  | { kind: 'access-withdrawn' }
  | { kind: 'other'; type: string }

export type ChannelChange =
  | 'channel-archived'
  | 'channel-unarchived'
  | 'channel-renamed'
  | 'channel-shared'
  | 'channel-unshared'
  | 'channel-left'
  | 'channel-deleted'

export function parseSlackEvent(raw: Uint8Array): SlackEvent {
  const body = fieldsOf(parseJson(raw))
  const event = fieldsOf(body.event)
  const type = textOf(event.type) ?? ''
  const parse = Object.hasOwn(PARSERS, type) ? PARSERS[type] : undefined
  return parse?.(event, body) ?? { kind: 'other', type }
}

function parseJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw))
  } catch {
    return undefined
  }
}

type Parser = (event: Fields, body: Fields) => SlackEvent | undefined

const member =
  (kind: 'member-joined' | 'member-left'): Parser =>
  (event) => {
    const channel = textOf(event.channel)
    const user = textOf(event.user)
    const team = textOf(event.team)
    return channel && user ? { kind, channel, user, ...(team !== undefined && { team }) } : undefined
  }

/** Slack names the channel by its id, or by an object that holds its id and name. */
const channelEvent =
  (kind: ChannelChange): Parser =>
  (event) => {
    const channel = textOf(event.channel) ?? textOf(fieldsOf(event.channel).id)
    const name = textOf(fieldsOf(event.channel).name)
    return channel ? { kind, channel, ...(name !== undefined && { name }) } : undefined
  }

const renumbered: Parser = (event) => {
  const channel = textOf(event.old_channel_id)
  const to = textOf(event.new_channel_id)
  return channel && to ? { kind: 'channel-renumbered', channel, to } : undefined
}

const reaction =
  (kind: 'reaction-added' | 'reaction-removed'): Parser =>
  (event) => {
    const { channel, ts } = fieldsOf(event.item)
    const user = textOf(event.user)
    const name = textOf(event.reaction)
    if (typeof channel !== 'string' || typeof ts !== 'string' || !user || !name) return undefined
    return { kind, channel, ts, user, name }
  }

const personChanged: Parser = (event) => {
  const user = fieldsOf(event.user)
  const id = textOf(user.id)
  return id ? { kind: 'person-changed', user: id, deactivated: user.deleted === true } : undefined
}

const homeOpened: Parser = (event) => {
  const user = textOf(event.user)
  return user ? { kind: 'home-opened', user, tab: textOf(event.tab) ?? 'home' } : undefined
}

const withdrawn: Parser = () => ({ kind: 'access-withdrawn' })

const PARSERS: Record<string, Parser> = {
  message: parseMessage,
  app_mention: parseMessage, // The same message once more: it has the same key.
  member_joined_channel: member('member-joined'),
  member_left_channel: member('member-left'),
  channel_archive: channelEvent('channel-archived'),
  group_archive: channelEvent('channel-archived'),
  channel_unarchive: channelEvent('channel-unarchived'),
  group_unarchive: channelEvent('channel-unarchived'),
  channel_rename: channelEvent('channel-renamed'),
  group_rename: channelEvent('channel-renamed'),
  channel_shared: channelEvent('channel-shared'),
  channel_unshared: channelEvent('channel-unshared'),
  channel_left: channelEvent('channel-left'),
  group_left: channelEvent('channel-left'),
  channel_id_changed: renumbered,
  channel_deleted: channelEvent('channel-deleted'),
  group_deleted: channelEvent('channel-deleted'),
  reaction_added: reaction('reaction-added'),
  reaction_removed: reaction('reaction-removed'),
  user_change: personChanged,
  app_home_opened: homeOpened,
  tokens_revoked: withdrawn,
  app_uninstalled: withdrawn,
}
