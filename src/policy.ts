// What was promised to a customer, and by when whom we remind of it. The configuration makes these; the nouns only ask them.
import type { Addressee } from './step.ts'

/** A promise in force. Its version changes whenever its meaning does; a window keeps the one it was computed with. */
export interface Policy {
  name: string
  /** In words a lead can read, such as `business:8h office@1a2b3c4d`. */
  version: string
  /** Everything the due time depends on, as JSON: by it an old window is explained and computed again. */
  definition: string
  dueAt(startedAt: number): number
  /** Until when the customer hopes for a first answer; undefined when nobody hopes for one sooner. */
  softDueAt(startedAt: number): number | undefined
  /** How much of the time between two instants counted in the promise's own unit: open time; undefined where every hour counts. */
  openMs(from: number, to: number): number | undefined
  /** In no order: what comes first depends on the window. */
  ladder: readonly Step[]
}

/** One step of a ladder: when, measured against the window, and to whom. */
export interface Step {
  name: string
  /** Undefined when this window has no such step. */
  at(window: WindowTimes): number | undefined
  to: readonly Addressee[]
  /** Without an acknowledgement by then the next step fires. */
  acknowledgeMs: number | undefined
}

export interface WindowTimes {
  startedAt: number
  dueAt: number
  softDueAt: number | undefined
}

/** Whom a promise is made to. */
export interface Promised {
  desk: string
  /** `email:support` */
  channel: string
  address: string
  /** Set by hand. */
  tier: string | undefined
}

export interface Policies {
  choose(promised: Promised): Policy
  /** Set by hand, or what the configuration says of the address; undefined for most. */
  tierOf(promised: Promised): string | undefined
  /** The tiers there are, by name. */
  tiers(): readonly string[]
  /** Every promise in force, so that each version can be kept. */
  list(): readonly Policy[]
}
