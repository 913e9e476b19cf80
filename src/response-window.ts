// Who is waiting, since when, until when: pure functions over what happened. Nothing here reads a clock or a table.
import { HOUR } from './clock.ts'
import type { StoredFact } from './fact.ts'

export interface Policy {
  name: string
  /** Changes when the policy's meaning does; a window keeps the version it was computed with. */
  version: string
  target: Target
}

/** How long a customer may wait, with its unit said out loud. */
export interface Target {
  unit: 'calendar'
  hours: number
}

export interface ResponseWindow {
  /** The message that opened it: the oldest one no accepted reply covers. */
  startedBy: string
  startedAt: number
  label: 'first' | 'next'
  end: { at: number; as: 'answered' | 'waived'; by: string | undefined } | undefined
}

/** The kinds of facts the fold reads. */
export const WINDOW_FACTS = ['message-received', 'reply-accepted', 'reply-voided'] as const

/** Throws on anything but `calendar:<hours>h`; the configuration refuses it before. */
export function parseTarget(text: string): Target {
  const match = /^calendar:([1-9]\d{0,3})h$/.exec(text)
  if (!match) throw new Error(`"${text}" is no response window: write it with its unit, such as calendar:24h`)
  return { unit: 'calendar', hours: Number(match[1]) }
}

export function makePolicy(name: string, target: string): Policy {
  return { name, version: target, target: parseTarget(target) }
}

/** `calendar` counts elapsed hours: a change of the clocks in between moves nothing. */
export function dueAt(policy: Policy, startedAt: number): number {
  return startedAt + policy.target.hours * HOUR
}

/**
 * The windows of one conversation, oldest first; at most the last is open. A window starts at the arrival of the oldest
 * unanswered message and ends when a reply that covers it was accepted; what crossed that reply starts the next.
 */
export function foldWindows(facts: readonly StoredFact[]): ResponseWindow[] {
  const voided = new Set(facts.flatMap((fact) => (fact.kind === 'reply-voided' ? [fact.data.of] : [])))
  let waiting = facts.flatMap((fact) =>
    fact.kind === 'message-received' && fact.data.counts
      ? [{ id: fact.messageId ?? '', seq: fact.data.seq, at: fact.data.arrivedAt }]
      : [],
  )
  const answers = facts.flatMap((fact) =>
    fact.kind === 'reply-accepted' && !voided.has(fact.messageId ?? '')
      ? [{ by: fact.messageId, upTo: fact.data.answersUpTo, at: fact.data.at, nth: fact.data.nth ?? 0 }]
      : [],
  )
  const windows: ResponseWindow[] = []
  const label = () => (windows.length === 0 ? ('first' as const) : ('next' as const))
  for (const answer of answers.sort((a, b) => a.nth - b.nth || a.at - b.at)) {
    const oldest = oldestOf(waiting.filter((message) => message.seq <= answer.upTo))
    if (!oldest) continue // A second answer to what was answered already.
    const end = { at: answer.at, as: 'answered' as const, by: answer.by }
    windows.push({ startedBy: oldest.id, startedAt: oldest.at, label: label(), end })
    waiting = waiting.filter((message) => message.seq > answer.upTo)
  }
  const oldest = oldestOf(waiting)
  if (oldest) windows.push({ startedBy: oldest.id, startedAt: oldest.at, label: label(), end: undefined })
  return windows
}

function oldestOf<M extends { at: number; seq: number }>(messages: M[]): M | undefined {
  return messages.reduce<M | undefined>(
    (oldest, message) =>
      !oldest || message.at < oldest.at || (message.at === oldest.at && message.seq < oldest.seq) ? message : oldest,
    undefined,
  )
}
