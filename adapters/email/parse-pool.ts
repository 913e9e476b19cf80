// Where mail is parsed: away from the program, so that no mail can stall or end it. Common mails in threads, large ones in a process.
import type { Clock } from '../../src/clock.ts'
import { splitMail } from './header.ts'
import type { Mail } from './mail.ts'
import { parseProcesses } from './parse-process.ts'
import type { ParseTask, ParseValue } from './parse-task.ts'
import { parseThreads } from './parse-threads.ts'

// Within these no mail was found that takes half of a thread's memory, and mails were built to: a thread must never reach its
// limit, as V8 may then end the whole program. A line can cost 2 kB, a byte of an address header or of false base64 one.
const THREAD_BYTES_MAX = 96 * 1024
const THREAD_HEAD_BYTES_MAX = 64 * 1024
const THREAD_LINES_MAX = 5000
const LF = 10

export interface ParsePool {
  /** Throws `ParseError` and nothing else. */
  mail(raw: Uint8Array, headersOnly: boolean): Promise<Mail>
  attachment(raw: Uint8Array, part: number | number[]): Promise<Uint8Array>
  /** Starts a thread ahead of the first mail. */
  warm(): void
  /** Gives up what is being read; the next task starts anew. */
  close(): Promise<void>
}

export function parsePool(clock: Clock): ParsePool {
  const threads = parseThreads(clock)
  const processes = parseProcesses(clock)
  const run = (task: ParseTask): Promise<ParseValue> => (isLarge(task.raw) ? processes : threads).run(task)
  return {
    mail: async (raw, headersOnly) => (await run({ kind: 'mail', raw, headersOnly })) as Mail,
    attachment: async (raw, part) => (await run({ kind: 'attachment', raw, part })) as Uint8Array,
    warm: threads.warm,
    async close() {
      await Promise.all([threads.close(), processes.close()])
    },
  }
}

function isLarge(raw: Uint8Array): boolean {
  if (raw.length > THREAD_BYTES_MAX || splitMail(raw).head.length > THREAD_HEAD_BYTES_MAX) return true
  let lines = 0
  for (let end = raw.indexOf(LF); end >= 0 && lines <= THREAD_LINES_MAX; end = raw.indexOf(LF, end + 1)) lines++
  return lines > THREAD_LINES_MAX
}

const shared = new WeakMap<Clock, { pool: ParsePool; users: number }>()

/** One pool for all mailboxes of a program, told apart by its clock. Whoever takes it in use gives it back. */
export function sharedParsePool(clock: Clock): { pool: ParsePool; use(): void; release(): Promise<void> } {
  const entry = shared.get(clock) ?? { pool: parsePool(clock), users: 0 }
  shared.set(clock, entry)
  return {
    pool: entry.pool,
    use() {
      entry.users++
      entry.pool.warm()
    },
    async release() {
      entry.users--
      if (entry.users === 0) await entry.pool.close()
    },
  }
}
