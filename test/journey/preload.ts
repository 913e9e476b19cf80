// Loaded into the real program by the journey test: kills it right after its k-th commit or k-th socket write, and moves
// its clocks when told to. The product knows nothing of this.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { StatementSync } from 'node:sqlite'

const [deadlyKind, deadlyCount] = (process.env.JOURNEY_KILL ?? 'never:0').split(':')
/** Ports at which nothing changes by what we write: a kill behind such a write is the kill before it. */
const silent = new Set((process.env.JOURNEY_SILENT_PORTS ?? '').split(',').map(Number))
const counts = { commit: 0, write: 0 }

function count(kind: keyof typeof counts): void {
  counts[kind] += 1
  if (kind === deadlyKind && counts[kind] === Number(deadlyCount)) process.kill(process.pid, 'SIGKILL')
}

// SQLite commits by the prepared statement `commit`, PostgreSQL by the query of that name.
const run = StatementSync.prototype.run
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  const result = run.apply(this, values)
  if (this.sourceSQL === 'commit') count('commit')
  return result
} as typeof run

const require = createRequire(import.meta.url)
const timers = require('node:timers/promises') as typeof import('node:timers/promises')

const pg = require('pg') as { Client: { prototype: { query(...args: unknown[]): unknown } } }
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (this: unknown, ...args: unknown[]) {
  const result = query.apply(this, args)
  const [first] = args as [string | { text?: string } | undefined]
  const text = typeof first === 'string' ? first : first?.text
  if (text !== 'commit' || !(result instanceof Promise)) return result
  return result.then((value: unknown) => {
    count('commit')
    return value
  })
}

// A write that the kernel has taken is on its way, whatever becomes of us. Neither the database's own sockets count, nor IMAP's.
type Write = (this: net.Socket, ...args: unknown[]) => unknown
const streams = net.Socket.prototype as unknown as { _write: Write; _writev: Write }
for (const name of ['_write', '_writev'] as const) {
  const original = streams[name]
  if (typeof original !== 'function') continue
  streams[name] = function (...args) {
    const result = original.apply(this, args)
    if (this.remotePort !== undefined && !silent.has(this.remotePort)) count('write')
    return result
  }
}

// The program's time runs faster than ours, so that a story of many waits is over soon; and it can be set forward.
const SPEED = Number(process.env.JOURNEY_SPEED ?? 1)
let shiftMs = Number(process.env.JOURNEY_SHIFT_MS ?? 0)
const dateNow = Date.now.bind(Date)
const performanceNow = performance.now.bind(performance)
const wallAtStart = dateNow()
const monoAtStart = performanceNow()
Date.now = () => Math.round(wallAtStart + (dateNow() - wallAtStart) * SPEED + shiftMs)
performance.now = () => monoAtStart + (performanceNow() - monoAtStart) * SPEED + shiftMs
const { setTimeout: later, setInterval: again } = globalThis
globalThis.setTimeout = Object.assign(
  (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => later(work, ms / SPEED, ...args),
  later,
) as typeof later
globalThis.setInterval = ((work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
  again(work, ms / SPEED, ...args)) as typeof again
const sleep = timers.setTimeout
timers.setTimeout = ((ms: number, ...rest: unknown[]) => sleep(ms / SPEED, ...(rest as []))) as typeof sleep
syncBuiltinESMExports()

type Told = { shiftMs: number } | { report: true }
process.on('message', (told: Told) => {
  if ('shiftMs' in told) shiftMs += told.shiftMs
  else process.send?.({ counts })
})
process.channel?.unref()
