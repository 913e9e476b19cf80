// What was missed comes first: each place is read back from where it was left, and until it is level its new messages wait for it.
// They wait in Slack: the position that was kept says that everything after it is still to be read.
import { SendError } from '../../src/channel.ts'
import { pauseMs } from '../../src/slack/pause.ts'
import { type Reading, readSpan, type Span } from './history.ts'
import { nameOf, type Place, type Position, type Positions, readFrom } from './position.ts'
import type { Heard } from './raw.ts'

export interface CatchUp {
  isBehind(place: Place): boolean
  /** It is read back before anything new of it is kept. */
  add(place: Place): void
  /** Somebody has just written there: it goes before the others. Where nothing can be read back, this is kept as it is. */
  defer(place: Place, heard: Heard): void
  /** Finds places that nobody knows of yet. */
  list(work: (stop: AbortSignal) => Promise<void>): void
  isListing(): boolean
  /** Resolves once no keep is under way and none will begin. */
  stop(): Promise<void>
}

export interface CatchUpTools extends Reading {
  positions: Positions
  /** Keeps what was read and is new. */
  keep(place: Place, position: Position, span: Span): Promise<void>
  /**
   * Keeps what was deferred, as it came: it was not in what was read back, because it is older than all that was to be read or
   * because nothing could be read.
   */
  keepHeard(place: Place, heard: Heard[], how?: { isAside: true }): Promise<void>
  /** Where a place without a position begins. */
  begin(): Promise<Position>
  onTrouble(place: Place, trouble: SendError): void
  onLevel(place: Place): void
}

const HELD_MAX = 5000

export function makeCatchUp(tools: CatchUpTools): CatchUp {
  const { clock, random, log, positions } = tools
  const behind = new Map<string, Place>()
  const hurried = new Set<string>()
  /** Deferred since the last reading began. */
  const missed = new Set<string>()
  const held = new Map<string, Heard[]>()
  const running = new Map<boolean, Promise<void>>()
  let stopping = new AbortController()
  let listing: Promise<void> | undefined

  const next = (isThread: boolean): Place | undefined => {
    const places = [...behind.values()].filter(({ thread }) => (thread !== undefined) === isThread)
    // A thread's first message stands in its channel and comes before it.
    const ready = places.filter(({ channel, thread }) => thread === undefined || !behind.has(channel))
    return ready.find((place) => hurried.has(nameOf(place))) ?? ready[0]
  }

  const forget = (name: string) => {
    for (const each of [behind, hurried, missed, held]) each.delete(name)
  }

  const level = async (place: Place, stop: AbortSignal) => {
    const name = nameOf(place)
    const read = new Set<unknown>()
    do {
      missed.delete(name)
      const position = await positions.owe(place, await tools.begin())
      const span = await readSpan(tools, place, readFrom(position), stop)
      if (stop.aborted) return
      await tools.keep(place, position, span)
      for (const { ts } of span.messages) read.add(ts)
      if (!span.isWhole || missed.has(name)) missed.add(name)
      else {
        // Somebody may write meanwhile, too: then it is read once more.
        await tools.keepHeard(
          place,
          (held.get(name) ?? []).filter(({ told }) => !read.has(told.ts)),
        )
        await positions.settle(place)
      }
    } while (missed.has(name))
    forget(name)
    tools.onLevel(place)
  }

  /** Nothing can be read back there: better out of order than never. */
  const giveUp = async (place: Place, trouble: SendError) => {
    tools.onTrouble(place, trouble)
    await tools.keepHeard(place, held.get(nameOf(place)) ?? [], { isAside: true })
    forget(nameOf(place))
  }

  /** Slack counts the readings of channels and of threads apart, so neither waits for the other. */
  const run = async (isThread: boolean, stop: AbortSignal) => {
    let failures = 0
    for (let place = next(isThread); place && !stop.aborted; place = next(isThread)) {
      try {
        await level(place, stop)
        failures = 0
      } catch (error) {
        if (error instanceof SendError) await giveUp(place, error).catch(() => undefined)
        else log.warn({ channel: place.channel, error: String(error) }, 'slack: what was missed could not be kept')
        failures += 1
        await clock.wait(pauseMs(random, failures), stop)
      }
      if (!isThread) awake(true)
    }
  }

  const awake = (isThread: boolean) => {
    if (running.has(isThread) || !next(isThread)) return
    const { signal } = stopping
    running.set(
      isThread,
      run(isThread, signal).finally(() => {
        running.delete(isThread)
        if (!signal.aborted) awake(isThread)
      }),
    )
  }

  return {
    isBehind: ({ channel, ...place }) => behind.has(nameOf({ channel, ...place })) || behind.has(channel),
    add(place) {
      behind.set(nameOf(place), place)
      awake(place.thread !== undefined)
    },
    defer(place, heard) {
      const name = nameOf(place)
      const waiting = held.get(name) ?? []
      if (waiting.length >= HELD_MAX) throw new Error('too much waits there already')
      held.set(name, [...waiting, heard])
      missed.add(name)
      for (const each of [name, place.channel]) hurried.add(each)
      behind.set(name, place)
      awake(place.thread !== undefined)
    },
    list(work) {
      listing = work(stopping.signal).finally(() => {
        listing = undefined
      })
    },
    isListing: () => listing !== undefined,
    async stop() {
      stopping.abort()
      await listing
      await Promise.all(running.values())
      for (const each of [behind, hurried, missed, held]) each.clear()
      stopping = new AbortController()
    },
  }
}
