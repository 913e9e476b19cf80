// A server of the machine's own, run in the foreground by an ordinary user, so that we know its processes and can end them.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, connect as openSocket } from 'node:net'
import { userInfo } from 'node:os'
import { until } from './until.ts'

export interface Account {
  name: string
  group: string
  /** Set when we are root and the servers must not be. */
  ids: { uid: number; gid: number } | undefined
}

export interface Daemon {
  readonly pid: number
  /** Asks it to end; resolves once it has. */
  stop(): Promise<void>
  /** What a power cut does: it and every process it started are gone at once. */
  kill(): Promise<void>
}

// Ports below those that the system gives to clients, or a client could take a server's port while that is down.
const PORT_MIN = 12_000
const PORT_MAX = 30_000
const LOG_SHOWN = 2000

/** Root runs the servers as `nobody`, anybody else as themselves. */
export function ordinaryUser(): Account {
  const id = (...words: string[]) => execFileSync('id', words, { encoding: 'utf8' }).trim()
  const asRoot = process.getuid?.() === 0
  const name = asRoot ? 'nobody' : userInfo().username
  const ids = asRoot ? { uid: Number(id('-u', name)), gid: Number(id('-g', name)) } : undefined
  return { name, group: id('-gn', name), ids }
}

/** Resolves once it answers on these ports. Its log says why, should it end before. */
export async function startDaemon(
  command: readonly [string, ...string[]],
  { account, ports, log }: { account: Account; ports: number[]; log: string },
): Promise<Daemon> {
  const [file, ...words] = command
  // Daemons keep what they inherit: with a pipe of ours, we would wait for the last of their children.
  const child = spawn(file, words, { ...account.ids, stdio: 'ignore', env: { PATH: process.env.PATH } })
  const { pid } = child
  if (pid === undefined) throw new Error(`${file} cannot be started`)
  const killAll = () => signalAll([pid, ...descendants(pid)], 'SIGKILL')
  process.once('exit', killAll) // A test run that is cut short leaves no server behind.
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => process.off('exit', killAll))
  const end = async (signal: NodeJS.Signals) => {
    const children = descendants(pid)
    signalAll(signal === 'SIGKILL' ? [pid, ...children] : [pid], signal)
    await ended
    signalAll(children.filter(isAlive), 'SIGKILL')
    await until(() => !children.some(isAlive), `the end of ${file}`)
  }
  for (const port of ports) await until(() => listens(port, child, log), `${file} on port ${port}`)
  return { pid, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function listens(port: number, child: ChildProcess, log: string): Promise<boolean> {
  if (child.exitCode !== null) {
    throw new Error(`${child.spawnfile} ended with ${child.exitCode}: ${read(log).slice(-LOG_SHOWN)}`)
  }
  return await new Promise((resolve) => {
    const socket = openSocket({ port, host: '127.0.0.1' })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** All different; none in use now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let port = PORT_MIN + (process.pid % 1000) * 10; found.size < count && port < PORT_MAX; port++) {
    if (await isFree(port)) found.add(port)
  }
  if (found.size < count) throw new Error(`fewer than ${count} free ports below ${PORT_MAX}`)
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Every process that this one started, and those started, and so on. */
export function descendants(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).trim().split(' ').filter(Boolean).map(Number),
  )
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** The command line, in which Dovecot shows whom a process serves and what it does. */
export function titleOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
}

export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended by itself.
    }
  }
}

/** A process that has ended but whom nobody has asked how is not alive. */
export function isAlive(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`))
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // Processes end whenever they like.
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
