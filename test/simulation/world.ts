// What a history is made of, and the world's own record of it: the truth that the store is judged by.
import type { Db } from '../../src/db/open.ts'
import type { Chance } from './chance.ts'
import type { Product } from './product.ts'
import type { Profile } from './profile.ts'
import type { Program } from './program.ts'
import type { SimTime } from './time.ts'
import type { WireFaults } from './wire.ts'

/** Something a customer wrote, as the platform knows it. */
export interface Question {
  externalId: string
  channel: string
  thread: string
  arrivedAt: number
  /** False for what a machine wrote: it opens no window. */
  counts: boolean
  acknowledged: boolean
}

/** A reply an agent pressed Send on, and what the agent had read by then. */
export interface Answer {
  id: string
  conversationId: string
  seen: ReadonlySet<string>
  told: 'queued' | 'undone' | 'nothing'
}

/** One part of a reply as it stands before the customer. */
export interface Copy {
  messageId: string
  n: number
  channel: string
  bytes: string
  shownAt: number
}

export interface Ping {
  windowId: string
  step: string
  to: string
}

export interface DeskPost {
  ts: string
  kind: 'card' | 'entry' | 'ping'
  about: string
  /** By which the desk can be asked for it: the id of the effect that posted it. */
  effectId: string
  text: string
  shownAt: number
}

export interface World {
  product: Product
  profile: Profile
  time: SimTime
  chance: Chance
  wireFaults: WireFaults
  store: Db
  hang: { until: number }
  programs: Program[]
  /** How many programs have been started so far. */
  starts: number
  questions: Question[]
  answers: Answer[]
  copies: Copy[]
  /** How many parts each reply was rendered into. */
  partCounts: Map<string, number>
  /** Replies that came back for good, by message id, once the bounce was acknowledged. */
  bounced: Set<string>
  /** Replies whose server said that it goes on trying. */
  delayed: Set<string>
  posts: DeskPost[]
  /** What went wrong while it happened. */
  violations: string[]
  /** False once the faults have ended and the history runs out. */
  stormy: boolean
  /** For whoever replays a seed. */
  note(text: string): void
}

/** A program that a customer's platform or an agent can reach now. */
export function findReachable(world: World): Program | undefined {
  const up = world.programs.filter((program) => program.machine.isUp() && program.isReady())
  return up.length === 0 ? undefined : world.chance.pick(up)
}
