// Starts the program, kills it, starts it again, moves its clock with ours, and asks what it has inside.
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { getCompileCacheDir } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SECOND, systemClock } from '../../clock.ts'
import type { MovableClock } from '../clock.ts'
import type { Stage } from '../stage.ts'
import type { Inside, Recalled, ToPage, ToProgram } from './protocol.ts'

export interface ProgramKeeper {
  isRunning(): boolean
  /** It has connected to everything, and what is written now is new to it. */
  isReady(): boolean
  start(): void
  /** As `kill -9` does: nothing is finished, nothing is said. Resolves when it is gone. */
  kill(): Promise<void>
  /** Our clock and the program's. */
  forward(ms: number): void
  /** The newest that is known. */
  inside(): Inside
  /** Asks for news; they are in `inside` a moment later. */
  look(): void
  /** What is on record since then. Rejects when the program does not run. */
  recall(since: number): Promise<Recalled[]>
  stop(): Promise<void>
}

const NOTHING: Inside = { problems: ['The program has not started yet.'], facts: [], effects: [], windows: [] }
/** A mail server says to the second when a mail arrived: what came in the second of the first start would count as old. */
const MAIL_PRECISION_MS = SECOND
const NOT_NOW = 'The program is not running, and only it has the records. Start it again first.'
const STOPPED = 'The program is not running. What happens meanwhile waits in the mailbox and in Slack.'

export interface Wanted {
  /** How long a reply can be taken back. */
  undo: string
  /** Sections of the configuration besides the stage's own, and what they need of the environment. */
  sections: Record<string, unknown>
  env: Record<string, string>
}

export async function keepProgram(stage: Stage, clock: MovableClock, wanted: Wanted): Promise<ProgramKeeper> {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-demo-'))
  const settings = stage.settings({ databasePath: join(folder, 'deskbell.db'), undo: wanted.undo, pings: 'usual' })
  const text = JSON.stringify({ ...JSON.parse(settings.yaml.text), ...wanted.sections })
  const yaml = { ...settings.yaml, text }
  const env = { ...settings.env, ...wanted.env }
  const cache = getCompileCacheDir()
  const { monotonic } = systemClock()
  let child: ChildProcess | undefined
  let movedMs = 0
  let inside = NOTHING
  let readyAt: number | undefined
  let hear: ((recalled: Recalled[]) => void) | undefined
  let refuse: (() => void) | undefined
  const tell = (message: ToProgram) => {
    if (child?.connected) child.send(message, () => undefined)
  }
  const end = async (how: () => void) => {
    const ending = child
    if (!ending) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    how()
    await gone
  }
  return {
    isRunning: () => child !== undefined,
    isReady: () => readyAt !== undefined && monotonic() - readyAt > MAIL_PRECISION_MS,
    start() {
      if (child) return
      const started = fork(join(import.meta.dirname, 'program.ts'), {
        execArgv: ['--max-semi-space-size=4'],
        env: { PATH: process.env.PATH, ...(cache !== undefined && { NODE_COMPILE_CACHE: dirname(cache) }) },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      child = started
      started.on('message', (message: ToPage) => {
        if (message.kind === 'recalled') return hear?.(message.recalled)
        inside = message.inside
        readyAt ??= monotonic()
      })
      started.once('exit', () => {
        if (child === started) child = undefined
        readyAt = undefined
        inside = { ...inside, problems: [STOPPED] }
        refuse?.()
      })
      tell({ kind: 'start', yaml, env, movedMs })
    },
    kill: () => end(() => child?.kill('SIGKILL')),
    forward(ms) {
      movedMs += ms
      clock.forward(ms)
      tell({ kind: 'forward', ms })
    },
    inside: () => inside,
    look: () => tell({ kind: 'look' }),
    async recall(since) {
      if (!child) throw new Error(NOT_NOW)
      const recalled = new Promise<Recalled[]>((resolve, reject) => {
        hear = resolve
        refuse = () => reject(new Error(NOT_NOW))
      })
      tell({ kind: 'recall', since })
      return await recalled
    },
    async stop() {
      await end(() => tell({ kind: 'stop' }))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
