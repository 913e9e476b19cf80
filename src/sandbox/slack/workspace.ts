// What a Slack workspace holds: people, channels, messages, files and open views. It only remembers; others keep rules.
import type { FileRecord } from './file-record.ts'
import type { Json } from './json.ts'
import type { ViewRecord } from './view-record.ts'

export interface User {
  id: string
  name: string
  realName: string
  /** Absent for many people of other organisations. */
  email?: string
  teamId: string
  tz: string
  isGuest: boolean
  isBot: boolean
  botId?: string
  isDeactivated: boolean
  isAway: boolean
  /** They have paused their notifications until then. */
  snoozedUntil?: number | undefined
  /** The span of their schedule in which they are not disturbed: the one that runs, or the next one. */
  dnd?: { startAt: number; endAt: number } | undefined
}

export interface Channel {
  id: string
  name: string
  /** Slack's own word in `channel_type`; `group` is a private channel. */
  kind: 'channel' | 'group' | 'im' | 'mpim'
  members: Set<string>
  isArchived: boolean
  isExtShared: boolean
  isPendingExtShared: boolean
  /** A workspace preference keeps apps from posting here. */
  isRestricted: boolean
  createdAt: number
}

export interface Message {
  ts: string
  channel: string
  text: string
  user?: string
  botId?: string
  username?: string
  icons?: Json
  subtype?: string
  clientMsgId?: string
  blocks?: Json[]
  attachments?: Json[]
  fileIds?: string[]
  threadTs?: string
  edited?: { user: string; ts: string }
  metadata?: Json
  /** Emoji name to the people who reacted, in order. */
  reactions: Map<string, string[]>
}

export interface Ephemeral {
  ts: string
  channel: string
  user: string
  text: string
  blocks?: Json[]
  threadTs?: string
}

export interface UserGroup {
  id: string
  handle: string
  users: string[]
}

export interface Workspace {
  /** Other organisations by the ids of their workspaces. */
  teams: Map<string, string>
  users: Map<string, User>
  channels: Map<string, Channel>
  groups: Map<string, UserGroup>
  files: Map<string, FileRecord>
  /** Open modals by person, the one in front last. */
  modals: Map<string, ViewRecord[]>
  homes: Map<string, ViewRecord>
  ephemerals: Ephemeral[]
  /** All messages of a channel, oldest first, replies included; deleted ones are gone. */
  all(channelId: string): Message[]
  /** What the channel itself shows: root messages, and replies also sent to the channel. */
  messages(channelId: string): Message[]
  /** A root message and its replies, oldest first; empty when the root is gone and left nothing behind. */
  thread(channelId: string, threadTs: string): Message[]
  message(channelId: string, ts: string): Message | undefined
  put(message: Message): void
  drop(message: Message): void
  /** The channel has another id from now on, and with it all that was said there. */
  move(from: string, to: string): void
  /** The person's direct-message channel with the app, if it was ever opened. */
  dm(userId: string): Channel | undefined
  dms(): Channel[]
  channelNamed(name: string): Channel | undefined
}

export function makeWorkspace(botUserId: string): Workspace {
  const users = new Map<string, User>()
  const channels = new Map<string, Channel>()
  const dms = () => [...channels.values()].filter(({ kind, members }) => kind === 'im' && members.has(botUserId))
  return {
    ...makeMessages(),
    teams: new Map(),
    users,
    channels,
    groups: new Map(),
    files: new Map(),
    modals: new Map(),
    homes: new Map(),
    ephemerals: [],
    dms,
    dm: (userId) => dms().find(({ members }) => members.has(userId)),
    channelNamed: (name) => [...channels.values()].find((channel) => channel.name === name.replace(/^#/, '')),
  }
}

function makeMessages(): Pick<Workspace, 'all' | 'messages' | 'thread' | 'message' | 'put' | 'drop' | 'move'> {
  const byChannel = new Map<string, Map<string, Message>>()
  const repliesTo = new Map<string, Message[]>()
  const all = (channelId: string) => [...(byChannel.get(channelId)?.values() ?? [])]
  const message = (channelId: string, ts: string) => byChannel.get(channelId)?.get(ts)
  const replies = (channelId: string, ts: string) => repliesTo.get(`${channelId} ${ts}`) ?? []
  return {
    all,
    message,
    messages: (channelId) => all(channelId).filter(isShownInChannel),
    thread(channelId, threadTs) {
      const root = message(channelId, threadTs)
      return [...(root ? [root] : []), ...replies(channelId, threadTs)]
    },
    put(added) {
      const { channel, ts, threadTs } = added
      byChannel.set(channel, (byChannel.get(channel) ?? new Map()).set(ts, added))
      if (threadTs) repliesTo.set(`${channel} ${threadTs}`, [...replies(channel, threadTs), added])
    },
    drop({ channel, ts, threadTs }) {
      byChannel.get(channel)?.delete(ts)
      const rest = replies(channel, threadTs ?? '').filter((reply) => reply.ts !== ts)
      repliesTo.set(`${channel} ${threadTs}`, rest)
    },
    move(from, to) {
      for (const [ts, moved] of byChannel.get(from) ?? []) {
        moved.channel = to
        repliesTo.set(`${to} ${ts}`, replies(from, ts))
      }
      byChannel.set(to, byChannel.get(from) ?? new Map())
      byChannel.delete(from)
    },
  }
}

export function isShownInChannel(message: Message): boolean {
  return !message.threadTs || message.threadTs === message.ts || message.subtype === 'thread_broadcast'
}
