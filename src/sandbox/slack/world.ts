// Everything the stand-in's parts share: who the app is, what it may do, what time it is, and where to send things.
import type { Delivery } from './delivery.ts'
import type { Faults } from './faults.ts'
import type { Limits } from './limits.ts'
import type { ResponseUrls } from './response-url.ts'
import type { Workspace } from './workspace.ts'

export interface World {
  /** `http://127.0.0.1:PORT`, the stand-in's own host: Slack hands out absolute URLs. */
  origin: string
  app: AppIdentity
  grant: Grant
  settings: Settings
  clock: { now(): number }
  /** Runs once after `ms` unless cancelled or the stand-in stops first. */
  after(ms: number, run: () => void): () => void
  /** A new id: the prefix Slack uses (`C`, `U`, `V` ...) and a counter. */
  newId(prefix: string): string
  /** A WebSocket URL good for one connection, as apps.connections.open hands out. */
  socketUrl(): string
  workspace: Workspace
  delivery: Delivery
  limits: Limits
  faults: Faults
  triggers: Map<string, Trigger>
  responseUrls: ResponseUrls
  /** File shares Slack has accepted and not yet made visible. */
  pendingShares: Set<() => void>
  log: Call[]
  changed(): void
}

export interface AppIdentity {
  teamId: string
  teamName: string
  teamDomain: string
  appId: string
  botUserId: string
  botId: string
  botName: string
}

export interface Grant {
  botToken: string
  appToken: string
  signingSecret: string
  clientId: string
  clientSecret: string
  /** The newest of each; what they are good for stands in the two lists. */
  refreshToken: string
  /** Until when a token serves, the oldest first. */
  active: Map<string, number>
  /** Until when a refresh token is taken. */
  refreshTokens: Map<string, number>
  /** Tokens that were good once. Slack tells them apart from tokens it never issued. */
  revoked: Set<string>
  /** Without it the app hears of nothing. */
  isInstalled: boolean
  scopes: Set<string>
  events: Set<string>
}

export interface Settings {
  /** `off` suits tests whose clock stands still: with it nothing is ever answered 429 except by a fault. */
  limits: 'enforce' | 'off'
  /** `restricted`: 15 items and one request a minute, as for commercially distributed apps outside the Marketplace. */
  history: 'internal' | 'restricted'
  /** How long after completeUploadExternal a file appears in its channel; Infinity: only by `releaseShares()`. */
  shareAfterMs: number
  /** How long Slack waits for an ack, of events and of interactions. */
  ackMs: number
  /** Waits before the first, second and third retry of an event that was not acknowledged. */
  retryDelaysMs: readonly number[]
  messagesTab: boolean
  /** How long a refresh token that has served is taken once more. Slack says "a short grace period". */
  refreshGraceMs: number
  /** Where the app takes requests; empty in Socket Mode. */
  requestUrl: string
}

/** Proof that a person did something a moment ago; opens one modal. */
export interface Trigger {
  userId: string
  /** The modal it came from, where it came from one: only then may a view be pushed. */
  viewId?: string
  madeAt: number
  used: boolean
}

export interface Call {
  method: string
  args: Record<string, unknown>
  at: number
  token: 'bot' | 'app' | 'none' | 'unknown'
  /** `ok`, Slack's error code, or what a fault did: `429`, `500 stored`, `hang`, `reset stored` ... */
  outcome: string
}
