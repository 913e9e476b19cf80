// Keeps two sockets open, so that while one is renewed the other hears every click: Slack never sends a click twice.
import type { SendError } from '../channel.ts'
import { atMost, type Clock, MINUTE, SECOND } from '../clock.ts'
import type { Random } from '../id.ts'
import type { Log } from '../log.ts'
import type { Incoming } from './envelope.ts'
import type { Line } from './line.ts'
import { pauseMs } from './pause.ts'
import { troubleOf } from './trouble.ts'

const SOCKETS = 2
/** A socket that lasted this long was no failure. */
const STEADY_MS = MINUTE
/** A socket that is just being opened is not waited for longer. */
const STOP_MS = 5 * SECOND

export interface SocketTools {
  clock: Clock
  random: Random
  log: Log
  open(): Promise<Line>
  /** The variable that holds the app's token. */
  tokenName?: string | undefined
}

export function superviseSockets(tools: SocketTools): Incoming {
  const stopping = new AbortController()
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => undefined) // Whoever awaits it hears of it.
  const state: State = { lines: new Set(), problem: undefined, turn: Promise.resolve(), refuse: first.reject }
  const loops = Array.from({ length: SOCKETS }, () => keepOne(tools, state, stopping.signal, first.resolve))
  return {
    firstUp: first.promise,
    up: () => [...state.lines].filter((line) => line.isUp()).length,
    problem: () => state.problem,
    async stop() {
      stopping.abort()
      first.resolve()
      await atMost(tools.clock, STOP_MS, Promise.all(loops))
    },
  }
}

interface State {
  lines: Set<Line>
  problem: SendError | undefined
  refuse(problem: SendError): void
  /** Whoever opens or renews a socket waits for the one before: never both at a time. */
  turn: Promise<void>
}

async function keepOne(tools: SocketTools, state: State, stop: AbortSignal, onUp: () => void): Promise<void> {
  const { clock, log } = tools
  const stopped = new Promise<'stopped'>((resolve) => stop.addEventListener('abort', () => resolve('stopped')))
  let failures = 0
  let leaving: Line | undefined
  while (!stop.aborted) {
    const openedAt = clock.monotonic()
    const line = await inTurn(state, () => openNext(tools, state, leaving))
    leaving = undefined
    if (line) onUp()
    const end = line ? await Promise.race([line.over, stopped]) : 'failed'
    if (end === 'asked') {
      leaving = line // It goes on serving until the next one is up.
      continue
    }
    if (line) await drop(state, line)
    if (end === 'lost') log.warn('slack: a socket was lost; opening another')
    failures = clock.monotonic() - openedAt > STEADY_MS ? 1 : failures + 1
    await clock.wait(pauseMs(tools.random, failures), stop)
  }
  if (leaving) await drop(state, leaving)
}

/** Opens a socket, then lets the one it replaces end. Undefined when it did not come up. */
async function openNext(tools: SocketTools, state: State, replaced: Line | undefined): Promise<Line | undefined> {
  try {
    const line = await tools.open()
    state.lines.add(line)
    state.problem = undefined
    return line
  } catch (error) {
    const trouble = troubleOf(error, 'open a socket', tools.tokenName ?? 'SLACK_APP_TOKEN')
    state.problem = trouble
    if (trouble.failure.kind === 'temporary' && trouble.failure.account) state.refuse(trouble)
    tools.log.warn({ error: trouble.message }, 'slack: a socket did not open; trying again')
    return undefined
  } finally {
    if (replaced) await drop(state, replaced)
  }
}

async function drop(state: State, line: Line): Promise<void> {
  await line.close()
  state.lines.delete(line)
}

async function inTurn<T>(state: State, work: () => Promise<T>): Promise<T> {
  const mine = state.turn.then(work)
  state.turn = mine.then(
    () => undefined,
    () => undefined,
  )
  return await mine
}
