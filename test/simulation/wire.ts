// One request over a network that may lose it, lose the answer, or deliver it when nobody waits for it any more.
import type { Chance } from './chance.ts'
import type { Machine } from './machine.ts'
import type { Product } from './product.ts'
import type { SimTime } from './time.ts'

/** How likely each fate of one request is; what is left over is a plain answer. */
export interface WireFaults {
  /** 429, or refused before anything was accepted. */
  refused: number
  /** The account itself is locked out for a moment. */
  lockedOut: number
  /** The platform says no to this message for good, whatever it said before. */
  forGood: number
  requestLost: number
  answerLost: number
  /** Accepted, unanswered, and shown only some seconds later. */
  late: number
  /** How long an answer, of either kind, takes. */
  answerMinMs: number
  answerMaxMs: number
  /** The same for the answer to a look. */
  lookMaxMs: number
}

export const CALM_WIRE: WireFaults = {
  refused: 0,
  lockedOut: 0,
  forGood: 0,
  requestLost: 0,
  answerLost: 0,
  late: 0,
  answerMinMs: 1,
  answerMaxMs: 50,
  lookMaxMs: 50,
}

/** The same trouble for who only asks, except that a question is never refused for good. */
export function asking(faults: WireFaults): WireFaults {
  return { ...faults, forGood: 0, answerMinMs: 1, answerMaxMs: faults.lookMaxMs }
}

export interface Wire {
  product: Product
  time: SimTime
  chance: Chance
  faults: WireFaults
}

const LATE_MAX_MS = 20_000
const GIVE_UP_MS = 10_000

type Fate = 'answered' | Exclude<keyof WireFaults, 'answerMinMs' | 'answerMaxMs' | 'lookMaxMs'>

/** `act` is what happens at the far end, at the instant the request gets there; `lateMs` is how long it stays unseen. */
export async function request<T>(wire: Wire, machine: Machine, act: (lateMs: number) => T): Promise<T> {
  const { time, chance, faults } = wire
  await machine.cross()
  await time.wait(chance.between(1, 200))
  const fate = drawFate(wire)
  const result = carriesOver(fate) ? act(fate === 'late' ? chance.between(1, LATE_MAX_MS) : 0) : undefined
  await time.wait(
    isAnswer(fate) ? chance.between(faults.answerMinMs, faults.answerMaxMs) : chance.between(1, GIVE_UP_MS),
  )
  await machine.cross()
  if (fate === 'answered') return result as T
  throw troubleOf(wire, fate)
}

function drawFate({ chance, faults }: Wire): Fate {
  let left = chance.fraction()
  for (const fate of ['refused', 'lockedOut', 'forGood', 'requestLost', 'answerLost', 'late'] as const) {
    left -= faults[fate]
    if (left < 0) return fate
  }
  return 'answered'
}

const isAnswer = (fate: Fate) => fate !== 'requestLost' && fate !== 'answerLost' && fate !== 'late'

const carriesOver = (fate: Fate) => fate === 'answered' || fate === 'answerLost' || fate === 'late'

function troubleOf({ product, chance }: Wire, fate: Exclude<Fate, 'answered'>): Error {
  const { SendError } = product.channel
  if (fate === 'lockedOut') return new SendError({ kind: 'temporary', account: true }, 'the account is locked out')
  if (fate === 'forGood') return new SendError({ kind: 'rejected' }, 'refused for good')
  if (fate !== 'refused') return new SendError({ kind: 'uncertain' }, 'the connection died')
  const retryAfterMs = chance.happens(0.5) ? { retryAfterMs: chance.between(100, 20_000) } : {}
  return new SendError({ kind: 'temporary', ...retryAfterMs }, 'too many requests')
}
