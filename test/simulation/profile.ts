// How rough one history is: most have a bit of everything, and each seed another mixture.
import type { Chance } from './chance.ts'
import { CHAT, MAIL } from './customer-channel.ts'
import type { MachineFaults } from './machine.ts'
import type { WireFaults } from './wire.ts'

export interface Profile {
  /** One program that owns its file, or several that watch each other. */
  store: 'one-by-lock' | 'several-by-watch'
  programs: number
  machine: MachineFaults
  wire: WireFaults
  /** Whether they chat or write mail. */
  channels: readonly string[]
  customers: number
  questions: number
  answers: number
  /** Customers and agents act within this time. */
  activeMs: number
  windowHours: number
  undoMs: number
  /** Between two calls to the desk. */
  deskPaceMs: number
  /** Between two looks, where it is to differ from the product's own. */
  uncertainWaitMs?: number
  clockSteps: number
  /** Programs that are stopped politely, and programs that are killed at an instant of nobody's choosing. */
  stops: number
  kills: number
  bounces: number
  /** Probability that reading an event fails, always fails, or kills the program. */
  flaky: number
  poisonous: number
  deadly: number
}

const MINUTE = 60_000

export function drawProfile(chance: Chance): Profile {
  const severalUp = chance.happens(0.6)
  const level = chance.pick([0.3, 1, 1, 2])
  return {
    store: severalUp || chance.happens(0.3) ? 'several-by-watch' : 'one-by-lock',
    programs: severalUp ? 2 : 1,
    machine: { crash: 0.003 * level, freeze: 0.002 * level, slow: chance.pick([0.01, 0.01, 0.05]) },
    wire: {
      refused: 0.08 * level,
      lockedOut: chance.happens(0.05) ? 0.02 : 0,
      forGood: 0.02,
      requestLost: 0.05 * level,
      answerLost: 0.08 * level,
      late: 0.05 * level,
      answerMinMs: 1,
      answerMaxMs: chance.pick([300, 300, 3_000, 15_000, 90_000]),
      lookMaxMs: chance.pick([300, 300, 3_000, 90_000]),
    },
    channels: [CHAT, MAIL],
    customers: chance.between(1, 3),
    questions: chance.between(2, 7),
    answers: chance.between(2, 6),
    activeMs: chance.between(2, 6) * MINUTE,
    windowHours: chance.pick([0.025, 0.05, 0.1]),
    undoMs: 10_000,
    deskPaceMs: chance.pick([400, 400, 400, 7_000]),
    clockSteps: chance.pick([0, 0, 1, 2]),
    stops: chance.pick([0, 0, 0, 1]),
    kills: chance.pick([0, 0, 1, 2]),
    bounces: chance.pick([0, 0.15]),
    flaky: 0.04,
    poisonous: 0.02,
    deadly: chance.happens(0.06) ? 0.1 : 0,
  }
}
