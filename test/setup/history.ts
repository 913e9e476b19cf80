// Everything that can happen to the windows of one conversation, as the facts it leaves.
import fc from 'fast-check'
import { HOUR, MINUTE } from '../../src/clock.ts'
import type { StoredFact } from '../../src/fact.ts'

export const received = (id: string, seq: number, arrivedAt: number, counts = true): StoredFact => ({
  ...{ id: `f-${id}`, at: arrivedAt, kind: 'message-received', messageId: id },
  data: { seq, arrivedAt, counts },
})
export const accepted = (id: string, answersUpTo: number, at: number, nth = 0): StoredFact => ({
  ...{ id: `f-${id}`, at, kind: 'reply-accepted', messageId: id },
  data: { answersUpTo, at, nth },
})
export const voided = (of: string, at: number): StoredFact => ({
  ...{ id: `f-void-${of}`, at, kind: 'reply-voided', messageId: of },
  data: { of },
})
/** What can happen to one conversation, one step after the other. */
type Move =
  | { kind: 'write'; delayMs: number; counts: boolean }
  | { kind: 'reply' } // An agent presses Send: it answers everything stored so far.
  | { kind: 'accept' | 'bounce'; which: number }

const write = fc.record({
  kind: fc.constant('write' as const),
  delayMs: fc.integer({ min: 0, max: 30 * MINUTE }),
  counts: fc.constantFrom(true, true, true, false),
})
const outcome = (kind: 'accept' | 'bounce') => fc.record({ kind: fc.constant(kind), which: fc.nat(99) })
const move: fc.Arbitrary<Move> = fc.oneof(
  { arbitrary: write, weight: 4 },
  { arbitrary: fc.constant({ kind: 'reply' as const }), weight: 3 },
  { arbitrary: outcome('accept'), weight: 4 },
  { arbitrary: outcome('bounce'), weight: 2 },
)

/** Plays the moves a minute apart into the facts they leave, in the order of their commits. */
function factsOf(moves: Move[]): StoredFact[] {
  const facts: StoredFact[] = []
  const replies: { id: string; upTo: number; state: 'queued' | 'accepted' | 'voided' }[] = []
  let seq = 0
  for (const [index, next] of moves.entries()) {
    const now = HOUR + index * MINUTE
    if (next.kind === 'write') {
      seq += 1
      facts.push(received(`m${seq}`, seq, now - next.delayMs, next.counts))
    } else if (next.kind === 'reply') replies.push({ id: `r${replies.length}`, upTo: seq, state: 'queued' })
    else {
      const reply = replies[next.which % replies.length]
      if (next.kind === 'accept' && reply?.state === 'queued') {
        reply.state = 'accepted'
        facts.push(accepted(reply.id, reply.upTo, now))
      } else if (next.kind === 'bounce' && reply?.state === 'accepted') {
        reply.state = 'voided'
        facts.push(voided(reply.id, now))
      }
    }
  }
  return facts
}

export const history = fc.array(move, { minLength: 5, maxLength: 40, size: 'max' }).map(factsOf)
