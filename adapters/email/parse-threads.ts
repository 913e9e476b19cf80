// Two threads that parse mail of common size, so that none can stall the program: each task has a time and a memory limit.
import { Worker } from 'node:worker_threads'
import { ParseError } from '../../src/channel.ts'
import { type Clock, SECOND } from '../../src/clock.ts'
import { compileCache } from './compile-cache.ts'
import { type ParseAnswer, type ParseTask, type ParseValue, takeValue } from './parse-task.ts'

const WORKERS_MAX = 2
const PARSE_MS_MAX = 10 * SECOND
const HEAP_MB_MAX = 192
/** Common mails leave little behind; without this an idle thread keeps tens of megabytes for it. */
const YOUNG_MB_MAX = 8

/** Plain JavaScript that takes what is compiled already: else each thread would load the compiler, thirty megabytes of it. */
const BOOT = `
  const { workerData } = require('node:worker_threads')
  if (workerData.cache) require('node:module').enableCompileCache(workerData.cache)
  import(workerData.url)
`

export interface ParseThreads {
  run(task: ParseTask): Promise<ParseValue>
  /** Starts a thread ahead of the first mail. */
  warm(): void
  /** Ends the threads and what they are doing; the next task starts new ones. */
  close(): Promise<void>
}

interface Job {
  task: ParseTask
  resolve: (value: ParseValue) => void
  reject: (error: ParseError) => void
}

interface Thread {
  worker: Worker
  job?: Job
  startedAt: number
  watched: boolean
}

export function parseThreads(clock: Clock, workerUrl = new URL('./parse-worker.ts', import.meta.url)): ParseThreads {
  const threads = new Set<Thread>()
  const waiting: Job[] = []
  let closing = new AbortController()

  function open(): Thread {
    const worker = new Worker(BOOT, {
      eval: true,
      workerData: { url: workerUrl.href, cache: compileCache() },
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, maxYoungGenerationSizeMb: YOUNG_MB_MAX },
    })
    worker.unref() // An idle parser must not keep the program alive; a waiting caller does.
    const thread: Thread = { worker, startedAt: 0, watched: false }
    threads.add(thread)
    worker.on('message', (answer: ParseAnswer) => finish(thread, answer))
    worker.on('error', (error: Error & { code?: string }) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      const why = memory ? 'takes too much memory to read' : `cannot be read: ${error.message}`
      fail(thread, new ParseError(`email: the mail ${why}`, { final: memory, cause: error }))
    })
    worker.on('exit', () =>
      fail(thread, new ParseError('email: the parser ended while reading the mail', { final: false })),
    )
    return thread
  }

  function finish(thread: Thread, answer: ParseAnswer): void {
    const job = thread.job
    delete thread.job
    thread.worker.unref()
    try {
      job?.resolve(takeValue(answer))
    } catch (error) {
      job?.reject(error as ParseError)
    }
    startNext(thread)
  }

  function fail(thread: Thread, error: ParseError): void {
    if (!threads.delete(thread)) return
    thread.job?.reject(error)
    delete thread.job
    void thread.worker.terminate() // Its threads' end is of no interest any more.
    if (waiting.length > 0) startNext(open())
  }

  function startNext(thread: Thread): void {
    const job = waiting.shift()
    if (!job) return
    thread.job = job
    thread.startedAt = clock.monotonic()
    thread.worker.ref()
    // A copy of exactly these bytes: a view would take the whole buffer it looks into along.
    const raw = new Uint8Array(job.task.raw)
    thread.worker.postMessage({ ...job.task, raw }, [raw.buffer])
    if (!thread.watched) void watch(thread) // Ends by itself when the thread has nothing to do.
  }

  /** One timer watches all of a thread's jobs, as most take a millisecond. */
  async function watch(thread: Thread): Promise<void> {
    thread.watched = true
    while (thread.job && threads.has(thread)) {
      const left = thread.startedAt + PARSE_MS_MAX - clock.monotonic()
      if (left > 0) await clock.wait(left, closing.signal)
      else
        fail(
          thread,
          new ParseError(`email: the mail takes longer than ${PARSE_MS_MAX / SECOND} s to read`, { final: true }),
        )
    }
    thread.watched = false
  }

  function run(task: ParseTask): Promise<ParseValue> {
    return new Promise((resolve, reject) => {
      waiting.push({ task, resolve, reject })
      const idle = [...threads].find((thread) => !thread.job)
      if (idle) startNext(idle)
      else if (threads.size < WORKERS_MAX) startNext(open())
    })
  }

  return {
    run,
    warm() {
      if (threads.size === 0) open()
    },
    async close() {
      const closed = new ParseError('email: the parser was closed', { final: false })
      for (const job of waiting.splice(0)) job.reject(closed)
      const ending = [...threads]
      for (const thread of ending) fail(thread, closed)
      closing.abort()
      closing = new AbortController()
      await Promise.all(ending.map((thread) => thread.worker.terminate()))
    },
  }
}
