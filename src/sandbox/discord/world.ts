// Everything the stand-in's parts share: who is there, what time it is, and how events leave.
import type { Event } from './event.ts'
import type { Faults } from './faults.ts'
import type { Interaction } from './interaction.ts'
import type { Limits } from './limits.ts'
import type { App, Attachment, Channel, Guild, User } from './records.ts'
import type { NewSnowflake } from './snowflake.ts'

export interface World {
  /** `http://127.0.0.1:PORT`: links, gateway and REST are all on one host. */
  origin: string
  settings: Settings
  clock: { now(): number }
  /** Runs once after `ms` unless cancelled or the stand-in stops first. */
  after(ms: number, run: () => void): () => void
  /** The same in real time, by which clients send their heartbeats, however the stand-in's clock is moved. */
  afterReal(ms: number, run: () => void): () => void
  newId: NewSnowflake
  users: Map<string, User>
  guilds: Map<string, Guild>
  /** Threads and direct messages too. */
  channels: Map<string, Channel>
  /** By id, which is also the bot's. */
  apps: Map<string, App>
  interactions: Map<string, Interaction>
  /** Files added to forms. */
  uploads: Map<string, Attachment>
  /** Tells every session that may hear of it. */
  emit(event: Event): void
  limits: Limits
  faults: Faults
  linkKey: string
  log: Call[]
  changed(): void
}

export interface Settings {
  /** `off` suits tests whose clock stands still: nothing is answered 429, and nobody is closed for sending much, except by a fault. */
  limits: 'enforce' | 'off'
  /** After this many refused calls in ten minutes Discord no longer answers at all. */
  invalidMax: number
  heartbeatMs: number
  /** How long a lost session can be resumed, and with how many missed events. */
  resumeMs: number
  resumeEventsMax: number
  /** How long a nonce protects: Discord's "past few minutes". */
  nonceMs: number
  linkMs: number
  /** How long Discord waits for an interaction's first answer. */
  interactionMs: number
  /** Whether history repeats a message's nonce. Nothing promises it. */
  nonceInHistory: boolean
  /** Bytes of one file and of one request. */
  fileBytesMax: number
  requestBytesMax: number
}

/** One REST call, for tests to look at. */
export interface Call {
  method: string
  /** Without `/api/v10`. */
  path: string
  query: Record<string, string>
  /** `POST /channels/:channel/messages` */
  route: string
  body: Record<string, unknown>
  /** The names of the files that came along. */
  files: string[]
  at: number
  status: number
  /** `ok`, Discord's code, or what a fault did: `500 stored`, `reset` ... */
  outcome: string
}
