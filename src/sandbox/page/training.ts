// A training: cases arrive one after the other while the clock runs ahead, and at the end the program's records are judged.
import { HOUR, SECOND, systemClock } from '../../clock.ts'
import type { MovableClock } from '../clock.ts'
import type { ProgramKeeper } from '../program/keeper.ts'
import type { Recalled } from '../program/protocol.ts'
import type { Stage } from '../stage.ts'
import type { Community } from './community.ts'
import type { Guests } from './guests.ts'
import type { Post } from './post.ts'
import { type CaseRecord, type Score, scoreCase } from './score.ts'
import { ARRIVALS, type Arrival, CASES } from './training-cases.ts'

export type Training =
  | { state: 'idle' }
  /** `arrived` of so many, and real seconds to the next one; undefined when all are here. */
  | { state: 'running'; arrived: number; of: number; nextInS: number | undefined }
  | { state: 'finished'; scores: Score[] }

export interface Trainer {
  training(): Training
  /** From the beginning, also in the midst of one. */
  start(): Promise<void>
  /** The next case at once. */
  next(): Promise<void>
  finish(): Promise<void>
  /** Puts the score card away. */
  leave(): void
  /** Lets the next case arrive when its time has come. */
  tick(): Promise<void>
}

interface Needs {
  stage: Stage
  clock: MovableClock
  post: Post
  community: Community
  guests: Guests
  program: ProgramKeeper
  /** Real time between two cases. */
  paceMs: number
}

/** A mail server says to the second when a mail arrived. */
const MAIL_PRECISION_MS = SECOND
/** How much of a case's words a conversation must have to be known by. */
const SIGN_LENGTH = 40

export function makeTrainer(needs: Needs): Trainer {
  const { clock, program, paceMs } = needs
  const { monotonic } = systemClock()
  let startedAt = 0
  let arrived = 0
  let nextAt = 0
  let scores: Score[] | undefined
  let isRunning = false
  const arrive = async () => {
    const arrival = ARRIVALS[arrived]
    if (!arrival || !isRunning) return
    arrived += 1
    nextAt = monotonic() + paceMs
    if (arrival.afterMs > 0) program.forward(arrival.afterMs)
    await write(needs, arrival)
  }
  return {
    training() {
      if (scores) return { state: 'finished', scores }
      if (!isRunning) return { state: 'idle' }
      const nextInS = Math.max(0, Math.ceil((nextAt - monotonic()) / SECOND))
      return {
        state: 'running',
        arrived,
        of: ARRIVALS.length,
        ...{ nextInS: arrived < ARRIVALS.length ? nextInS : undefined },
      }
    },
    async start() {
      scores = undefined
      isRunning = true
      arrived = 0
      // What was written in this very instant belongs to what was before.
      program.forward(HOUR)
      startedAt = clock.now() - MAIL_PRECISION_MS
      await arrive()
    },
    next: arrive,
    async finish() {
      if (!isRunning) return
      const recalled = await program.recall(startedAt)
      const written = ARRIVALS.slice(0, arrived)
      scores = CASES.filter(({ name }) => written.some(({ caseName }) => caseName === name)).map((each) =>
        scoreCase(
          each,
          recordOf(
            written.filter(({ caseName }) => caseName === each.name),
            recalled,
          ),
          clock.now(),
        ),
      )
      isRunning = false
    },
    leave() {
      scores = undefined
    },
    async tick() {
      if (isRunning && program.isRunning() && arrived < ARRIVALS.length && monotonic() >= nextAt) await arrive()
    },
  }
}

async function write({ stage, post, community, guests }: Needs, { voice, text }: Arrival): Promise<void> {
  if (voice.on === 'email') {
    const { from, subject, headers } = voice
    return await post.write(from, { subject, text, ...(headers && { headers }) })
  }
  if (voice.on === 'discord') return community.write(community.people[voice.person]?.id ?? '', text)
  const lounge = guests.lounges[voice.lounge]
  stage.slack.say(lounge?.people[voice.person]?.id ?? '', lounge?.id ?? '', text)
}

/** All that is on record of the conversations in which a case's words stand. */
export function recordOf(
  arrivals: readonly Pick<Arrival, 'text'>[],
  recalled: readonly Recalled[],
): CaseRecord | undefined {
  const signs = arrivals.map(({ text }) => squeezed(text).slice(0, SIGN_LENGTH))
  const its = recalled.filter(({ messages }) =>
    messages.some(
      ({ direction, text }) => direction === 'inbound' && signs.some((sign) => squeezed(text).includes(sign)),
    ),
  )
  if (its.length === 0) return undefined
  const messages = its.flatMap((each) => each.messages)
  const facts = its.flatMap((each) => each.facts)
  const dataOf = (kind: string) => facts.filter((fact) => fact.kind === kind).map(({ data }) => data)
  return {
    windows: its.flatMap(({ windows }) => windows).sort((a, b) => a.startedAt - b.startedAt),
    replies: messages
      .filter(({ direction, delivery }) => direction === 'outbound' && delivery === 'accepted')
      .sort((a, b) => a.at - b.at),
    waivers: dataOf('no-reply-needed').map(({ reason }) => ({ reason: String(reason) })),
    letters: dataOf('letter-sent').map(({ use }) => ({ use: String(use) })),
    handOvers: facts
      .filter(({ kind, data }) => kind === 'conversation-assigned' && data.from !== undefined)
      .map(({ messageId }) => ({ note: messages.find(({ id }) => id === messageId)?.text })),
  }
}

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim()
