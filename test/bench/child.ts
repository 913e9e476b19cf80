// Starts a script in a process of its own, so that what is measured shares nothing with who measures.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Child {
  pid: number
  /** The next message of this kind. Rejects when the child ends first. */
  next<T>(kind: string): Promise<T>
  tell(message: Record<string, unknown>): void
  /** Resident memory now, in megabytes. */
  memoryMb(): Promise<number>
  stop(): Promise<void>
}

export function startChild(script: string, input: Record<string, unknown>): Child {
  const path = join(import.meta.dirname, script)
  const stdio: ['ignore', 'inherit', 'inherit', 'ipc'] = ['ignore', 'inherit', 'inherit', 'ipc']
  const child = spawn(process.execPath, [path, JSON.stringify(input)], { stdio })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    pid: child.pid ?? 0,
    next: (kind) => nextMessage(child, script, kind),
    tell: (message) => void child.send(message),
    memoryMb: () => residentMb(child.pid ?? 0),
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

function nextMessage<T>(child: ChildProcess, script: string, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: { kind: string } & T) => {
      if (message.kind !== kind) return
      child.off('message', onMessage)
      resolve(message)
    }
    child.on('message', onMessage)
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it said ${kind}`)))
  })
}

export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024
}

/** What the parent handed over, and how to answer it. */
export function asChild<T>(): { input: T; say(message: Record<string, unknown>): void } {
  return { input: JSON.parse(process.argv[2] ?? '{}') as T, say: (message) => void process.send?.(message) }
}
