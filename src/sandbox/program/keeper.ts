// Starts the program, kills it, starts it again, moves its clock with ours, and asks what it has inside.
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { getCompileCacheDir } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { MovableClock } from '../clock.ts'
import type { Stage } from '../stage.ts'
import type { Inside, ToPage, ToProgram } from './protocol.ts'

export interface ProgramKeeper {
  isRunning(): boolean
  start(): void
  /** As `kill -9` does: nothing is finished, nothing is said. Resolves when it is gone. */
  kill(): Promise<void>
  /** Our clock and the program's. */
  forward(ms: number): void
  /** The newest that is known. */
  inside(): Inside
  /** Asks for news; they are in `inside` a moment later. */
  look(): void
  stop(): Promise<void>
}

const NOTHING: Inside = { problems: ['The program has not started yet.'], facts: [], effects: [], windows: [] }
const STOPPED = 'The program is not running. What happens meanwhile waits in the mailbox and in Slack.'

export async function keepProgram(stage: Stage, clock: MovableClock, undo: string): Promise<ProgramKeeper> {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-demo-'))
  const { yaml, env } = stage.settings({ databasePath: join(folder, 'deskbell.db'), undo })
  const cache = getCompileCacheDir()
  let child: ChildProcess | undefined
  let movedMs = 0
  let inside = NOTHING
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
    start() {
      if (child) return
      const started = fork(join(import.meta.dirname, 'program.ts'), {
        execArgv: ['--max-semi-space-size=4'],
        env: { PATH: process.env.PATH, ...(cache !== undefined && { NODE_COMPILE_CACHE: dirname(cache) }) },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      child = started
      started.on('message', (message: ToPage) => {
        if (message.kind === 'inside') inside = message.inside
      })
      started.once('exit', () => {
        if (child === started) child = undefined
        inside = { ...inside, problems: [STOPPED] }
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
    async stop() {
      await end(() => tell({ kind: 'stop' }))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
