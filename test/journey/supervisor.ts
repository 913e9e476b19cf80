// Starts the program, starts it again when it was killed, and moves its clocks: the test's systemd.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { SECOND, systemClock } from '../../src/clock.ts'

export interface Counts {
  commit: number
  write: number
}

export interface Supervisor {
  start(): void
  forward(ms: number): void
  /**
   * Resolves once the condition holds. A program that was killed may have to wait out its own caution, so time is moved
   * on by `stepMs` whenever nothing has come for a while.
   */
  patiently(condition: () => boolean | Promise<boolean>, stepMs: number, what: string): Promise<void>
  kills(): number
  lastWords(): string
  stop(): Promise<Counts>
}

const ROOT = join(import.meta.dirname, '../..')
const PATIENCE_MS = 1.5 * SECOND
const DEADLINE_MS = 45 * SECOND
const LOOK_MS = 20
const WORDS_MAX = 600
const SPEED = 4

export function makeSupervisor(options: {
  config: string
  env: Record<string, string | undefined>
  /** Ports that are only asked. */
  silentPorts: number[]
  kill?: { kind: string; k: number }
}): Supervisor {
  const clock = systemClock()
  let child: ChildProcess | undefined
  let ended = Promise.resolve()
  let kills = 0
  let shiftMs = 0
  let isStopping = false
  let words = ''
  const tell = (message: Record<string, unknown>) => {
    if (child?.connected) child.send(message, () => undefined)
  }
  const start = () => {
    const deadly = options.kill && kills === 0 ? { JOURNEY_KILL: `${options.kill.kind}:${options.kill.k}` } : {}
    const preload = join(import.meta.dirname, 'preload.ts')
    const started = spawn(process.execPath, ['--import', preload, 'src/cli.ts', 'start', '--config', options.config], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        ...options.env,
        ...deadly,
        JOURNEY_SILENT_PORTS: options.silentPorts.join(),
        JOURNEY_SHIFT_MS: String(shiftMs),
        JOURNEY_SPEED: String(SPEED),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    child = started
    started.stderr?.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-WORDS_MAX)
    })
    ended = new Promise((resolve) => {
      started.once('exit', (_, signal) => {
        resolve()
        if (signal === 'SIGKILL') kills += 1
        if (!isStopping) start()
      })
    })
  }
  const forward = (ms: number) => {
    shiftMs += ms
    tell({ shiftMs: ms })
  }
  const waitUntil = async (condition: () => boolean | Promise<boolean>, deadline: number) => {
    while (!(await condition()) && clock.monotonic() < deadline) await clock.wait(LOOK_MS)
    return await condition()
  }
  return {
    start,
    forward,
    async patiently(condition, stepMs, what) {
      const deadline = clock.monotonic() + DEADLINE_MS
      while (!(await waitUntil(condition, clock.monotonic() + PATIENCE_MS))) {
        if (clock.monotonic() > deadline) throw new Error(`waited in vain for ${what}`)
        forward(stepMs)
      }
    },
    kills: () => kills,
    lastWords: () => words,
    async stop() {
      isStopping = true
      const counts = await report(child)
      child?.kill('SIGTERM')
      await ended
      return counts
    },
  }
}

async function report(child: ChildProcess | undefined): Promise<Counts> {
  if (!child?.connected) return { commit: 0, write: 0 }
  return await new Promise<Counts>((resolve) => {
    child.once('message', (message) => resolve((message as { counts: Counts }).counts))
    child.once('exit', () => resolve({ commit: 0, write: 0 }))
    child.send({ report: true }, () => undefined)
  })
}
