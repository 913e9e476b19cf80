// Which promise a conversation is under: the desk's own, or the most specific exception from it.
import { strict as assert } from 'node:assert'
import type { Target } from './target.ts'

export interface PolicySettings {
  /** The desk's own promise has the desk's name, which no other policy may have. */
  name: string
  /** The criteria: each that is named must fit. */
  desk?: string
  /** A kind such as `email`, or the very channel, `email:support`. */
  channel?: string
  tier?: string
  window: Target
  soft?: Target
  /** The calendar of business windows. */
  calendar?: string
  ladder: string
}

/** What a policy asks of a conversation, and what is known of one. */
export type Criteria = Pick<PolicySettings, 'desk' | 'channel' | 'tier'>

type Candidate = Criteria & { name: string }

/** `policies` holds the own promise of every desk, and of two that fit none as specific as the other: see `findTies`. */
export function choosePolicy(
  policies: readonly PolicySettings[],
  about: { desk: string; channel: string; tier?: string },
): PolicySettings {
  const fitting = policies.filter((policy) => matches(policy, about))
  const [best] = fitting.toSorted((a, b) => specificity(b) - specificity(a))
  assert(best, `no policy is for desk ${about.desk}`)
  return best
}

/** Whether everything the policy asks for is so. */
function matches(policy: Criteria, about: Criteria): boolean {
  if (policy.desk !== undefined && policy.desk !== about.desk) return false
  if (policy.tier !== undefined && policy.tier !== about.tier) return false
  return policy.channel === undefined || isPartOf(about.channel, policy.channel)
}

/** `email:support` is part of `email` and of itself. */
function isPartOf(channel: string | undefined, whole: string): boolean {
  return channel === whole || channel?.startsWith(`${whole}:`) === true
}

/** More criteria win, and a very channel is a little more than its kind. A desk's own promise is what all others are exceptions from. */
export function specificity(policy: Candidate): number {
  if (isOwnPromise(policy)) return 0
  const count = [policy.desk, policy.channel, policy.tier].filter((criterion) => criterion !== undefined).length
  return 2 * count + (policy.channel?.includes(':') ? 1 : 0)
}

function isOwnPromise({ name, desk, channel, tier }: Candidate): boolean {
  return name === desk && channel === undefined && tier === undefined
}

/** Two policies that fit one conversation equally well, unless a third one decides wherever they meet. */
export function findTies(policies: readonly Candidate[]): { a: string; b: string; meeting: Criteria }[] {
  return policies.flatMap((b, index) =>
    policies.slice(0, index).flatMap((a) => {
      const meeting = specificity(a) === specificity(b) ? meet(a, b) : undefined
      if (!meeting) return []
      const isDecided = policies.some((c) => specificity(c) > specificity(a) && matches(c, meeting))
      return isDecided ? [] : [{ a: a.name, b: b.name, meeting }]
    }),
  )
}

/** What is so of every conversation that both fit; undefined when there is none. */
function meet(a: Criteria, b: Criteria): Criteria | undefined {
  if (a.desk !== undefined && b.desk !== undefined && a.desk !== b.desk) return undefined
  if (a.tier !== undefined && b.tier !== undefined && a.tier !== b.tier) return undefined
  const [desk, tier] = [a.desk ?? b.desk, a.tier ?? b.tier]
  let channel = a.channel ?? b.channel
  if (a.channel !== undefined && b.channel !== undefined) {
    if (isPartOf(b.channel, a.channel)) channel = b.channel
    else if (!isPartOf(a.channel, b.channel)) return undefined
  }
  return {
    ...(desk !== undefined && { desk }),
    ...(channel !== undefined && { channel }),
    ...(tier !== undefined && { tier }),
  }
}
