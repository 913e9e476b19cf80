// Large mails are read in a process of their own, one at a time. A thread that runs out of memory inside V8 takes the whole
// program with it, which a mail was seen to do; a process takes nothing along, and gives its memory back.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ParseError } from '../../src/channel.ts'
import { type Clock, SECOND } from '../../src/clock.ts'
import { compileCache } from './compile-cache.ts'
import { type ParseAnswer, type ParseTask, type ParseValue, takeValue } from './parse-task.ts'

const PARSE_MS_MAX = 10 * SECOND
const HEAP_MB_MAX = 192
const IDLE_MS_MAX = 30 * SECOND

export interface ParseProcesses {
  run(task: ParseTask): Promise<ParseValue>
  close(): Promise<void>
}

export function parseProcesses(clock: Clock, childUrl = new URL('./parse-child.ts', import.meta.url)): ParseProcesses {
  const path = fileURLToPath(childUrl)
  let last: Promise<unknown> = Promise.resolve()
  let closing = new AbortController()
  let idle: { child: ChildProcess; leave: AbortController } | undefined

  async function runOne(task: ParseTask, closed: AbortSignal): Promise<ParseValue> {
    if (closed.aborted) throw new ParseError('email: the parser was closed', { final: false })
    const child = takeChild()
    const done = new AbortController()
    try {
      const late = clock.wait(PARSE_MS_MAX, AbortSignal.any([done.signal, closed]))
      const answer = await Promise.race([answerOf(child, task), late])
      if (closed.aborted) throw new ParseError('email: the parser was closed', { final: false })
      if (!answer) {
        throw new ParseError(`email: the mail takes longer than ${PARSE_MS_MAX / SECOND} s to read`, { final: true })
      }
      keepIdle(child)
      return takeValue(answer)
    } finally {
      done.abort()
      if (idle?.child !== child) child.kill('SIGKILL')
    }
  }

  function takeChild(): ChildProcess {
    if (idle?.child.connected) {
      const { child, leave } = idle
      leave.abort()
      idle = undefined
      child.ref()
      return child
    }
    const cache = compileCache()
    return fork(path, {
      execArgv: [`--max-old-space-size=${HEAP_MB_MAX}`],
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
  }

  /** Large mails come in bursts, and starting a process takes longer than reading one. */
  function keepIdle(child: ChildProcess): void {
    const leave = new AbortController()
    idle = { child, leave }
    for (const event of ['message', 'exit', 'error']) child.removeAllListeners(event)
    child.on('error', () => undefined) // An idle process that dies is noticed when the next mail comes.
    child.unref()
    child.channel?.unref()
    void clock.wait(IDLE_MS_MAX, leave.signal).then(() => {
      if (idle?.child === child) dropIdle()
    })
  }

  function dropIdle(): void {
    idle?.leave.abort()
    idle?.child.kill('SIGKILL')
    idle = undefined
  }

  return {
    run(task) {
      const { signal } = closing
      const running = last.then(() => runOne(task, signal))
      last = running.catch(() => undefined) // Whoever asked hears of it; the next in line does not care.
      return running
    },
    async close() {
      closing.abort()
      closing = new AbortController()
      await last
      dropIdle()
    },
  }
}

function answerOf(child: ChildProcess, task: ParseTask): Promise<ParseAnswer> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: ParseAnswer) => resolve(answer))
    child.on('error', (error) =>
      reject(new ParseError(`email: cannot start a parser: ${error.message}`, { final: false, cause: error })),
    )
    child.once('exit', (_code, signal) => {
      // V8 ends a process that is out of memory by SIGABRT or, on some systems, SIGTRAP or SIGILL.
      const memory = signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL'
      const why = memory ? 'takes too much memory to read' : 'ended its parser'
      reject(new ParseError(`email: the mail ${why}`, { final: memory }))
    })
    child.channel?.ref()
    child.send(task, (error) => {
      if (error)
        reject(new ParseError(`email: cannot reach a parser: ${error.message}`, { final: false, cause: error }))
    })
  })
}
