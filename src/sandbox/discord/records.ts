// What the stand-in remembers: people, guilds, channels and messages, in its own words; the shape files put them in Discord's.
import type { Json } from '../slack/json.ts'

export interface User {
  id: string
  username: string
  globalName: string | undefined
  isBot: boolean
  /** `closed`: takes direct messages from nobody it shares only a guild with. */
  dms: 'open' | 'closed'
  /** Whose direct messages do not arrive. */
  blocked: Set<string>
}

/** An application and its bot, which share one id as they do for every application made today. */
export interface App {
  id: string
  name: string
  token: string
  /** Of the privileged intents, those switched on in the portal. */
  privileged: number
  shards: number
  maxConcurrency: number
  identifies: { left: number; total: number; resetAt: number }
  commands: Map<string, Command>
}

export interface Command {
  id: string
  guildId: string | undefined
  type: number
  name: string
  version: string
  body: Json
}

export interface Role {
  id: string
  name: string
  permissions: bigint
  position: number
  mentionable: boolean
  /** The bot it belongs to, where it came with one. */
  botId?: string
}

export interface Member {
  userId: string
  nick: string | undefined
  roles: Set<string>
  joinedAt: number
}

export interface Guild {
  id: string
  name: string
  ownerId: string
  roles: Map<string, Role>
  members: Map<string, Member>
  /** An outage: the guild is there and cannot be reached. */
  isUnavailable: boolean
}

export interface Overwrite {
  id: string
  type: 0 | 1
  allow: bigint
  deny: bigint
}

export interface Tag {
  id: string
  name: string
  moderated: boolean
}

export interface Thread {
  ownerId: string
  /** When each member joined. */
  members: Map<string, number>
  archived: boolean
  locked: boolean
  invitable: boolean
  autoArchiveMinutes: number
  /** When it was last archived or unarchived. */
  archiveChangedAt: number
  activeAt: number
  createdAt: number
  messageCount: number
  totalSent: number
  tags: string[]
}

export interface Channel {
  id: string
  type: number
  guildId: string | undefined
  name: string
  topic: string | undefined
  parentId: string | undefined
  position: number
  overwrites: Overwrite[]
  slowmodeS: number
  defaultAutoArchiveMinutes: number
  /** Of a direct message: both sides. */
  recipients: string[]
  tags: Tag[]
  requiresTag: boolean
  thread?: Thread
  lastMessageId: string | undefined
  /** In the order of their ids. */
  messages: Map<string, Message>
}

export interface Attachment {
  id: string
  name: string
  type: string
  bytes: Uint8Array
  description?: string
  /** A voice message's length and shape. */
  durationS?: number
  waveform?: string
  flags?: number
}

export interface Reaction {
  emoji: { id: string | null; name: string }
  users: Set<string>
}

export interface Message {
  id: string
  channelId: string
  authorId: string
  type: number
  content: string
  at: number
  editedAt: number | undefined
  tts: boolean
  flags: number
  embeds: Json[]
  components: Json[]
  attachments: Attachment[]
  mentions: string[]
  mentionRoles: string[]
  mentionEveryone: boolean
  reactions: Reaction[]
  pinned: boolean
  nonce: string | number | undefined
  reference?: { type: 0 | 1; messageId?: string; channelId: string; guildId?: string }
  /** Of a forward: the message as it was then. */
  snapshots: Json[]
  stickers: { id: string; name: string; format_type: number }[]
  poll?: Json
  /** Its author is no user but a webhook, under this name. */
  webhook?: { name: string }
  /** A bot's message belongs to its application. */
  applicationId?: string
  /** The interaction it answers. */
  interactionId?: string
  /** Only this person sees it. */
  ephemeralFor?: string
}

export const CHANNEL = {
  text: 0,
  dm: 1,
  voice: 2,
  category: 4,
  announcement: 5,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  forum: 15,
  media: 16,
} as const

export const MESSAGE = {
  default: 0,
  join: 7,
  pinned: 6,
  threadCreated: 18,
  reply: 19,
  command: 20,
  threadStarter: 21,
  menuCommand: 23,
} as const

export const FLAG = {
  crossposted: 1 << 0,
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  silent: 1 << 12,
  voice: 1 << 13,
  hasSnapshot: 1 << 14,
  componentsV2: 1 << 15,
} as const
