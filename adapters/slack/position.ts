// How far each channel, thread and direct message has been read. A position moves in the same step that keeps what was read.
import type { Intake, RawEvent } from '../../src/channel.ts'
import { DAY } from '../../src/clock.ts'

export interface Place {
  channel: string
  /** The ts of a thread's first message; absent for the channel itself. */
  thread?: string
}

export interface Position {
  /** Everything up to here has been seen. */
  ts: string
  /** The last ones that were kept, oldest first: what is missing of them later was deleted. */
  recent: string[]
  /** From here on something is still to be read back, whatever was kept since. */
  owed?: string
}

const RECENT_MAX = 30
const LOOK_BACK_S = DAY / 1000
const THREADS_MAX = 500
const DIRECT_MAX = 1000
/** Events kept in one step. */
const BATCH_MAX = 100

/** Before anything that was ever said. */
export const BEGINNING = '0.000000'

export function nameOf({ channel, thread }: Place): string {
  return thread === undefined ? channel : `${channel}/${thread}`
}

export interface Positions {
  find(place: Place): Promise<Position | undefined>
  set(place: Place, position: Position): Promise<void>
  /** Keeps these, and moves on past the messages they tell of. `upTo`: everything until then has been seen. */
  keep(place: Place, read: Read): Promise<void>
  /** What was missed since is to be read back, even if the program ends in between. Resolves to the position. */
  owe(place: Place, beginning: Position): Promise<Position>
  /** All of it has been. */
  settle(place: Place): Promise<void>
  listThreads(channel: string): Promise<string[]>
  addThread(channel: string, thread: string): Promise<void>
  listDirect(): Promise<string[]>
  addDirect(channel: string): Promise<void>
  /** Once no keep is under way any more. */
  idle(): Promise<void>
}

export interface Read {
  raws: RawEvent[]
  /** The ts of new messages among them. */
  said: string[]
  upTo?: string
  /** It was read back until here. */
  paid?: string
  /** Without moving on. */
  isAside?: boolean
}

export function makePositions(intake: Intake): Positions {
  const lines = new Map<string, Promise<void>>()
  // One after the other at each place, so that no step is taken back by one that began before it.
  const inLine = (name: string, work: () => Promise<void>): Promise<void> => {
    const mine = (lines.get(name) ?? Promise.resolve()).then(work)
    const settled = mine.catch(() => undefined) // Whoever asked for it hears of it.
    lines.set(name, settled)
    void settled.then(() => lines.get(name) === settled && lines.delete(name))
    return mine
  }
  const find = async (place: Place) => decode(await intake.readCursor(`at/${nameOf(place)}`))
  const move = (place: Place, raws: RawEvent[], position: Position) =>
    intake.keep(raws, { key: `at/${nameOf(place)}`, value: JSON.stringify(position) })
  const list = async (key: string) => decodeList(await intake.readCursor(key))
  const add = (key: string, id: string, max: number) =>
    inLine(key, async () => {
      const known = await list(key)
      if (known.includes(id)) return
      await intake.keep([], { key, value: JSON.stringify([...known, id].slice(-max)) })
    })
  return {
    find,
    set: (place, position) => inLine(nameOf(place), () => move(place, [], position)),
    keep: (place, read) =>
      inLine(nameOf(place), async () => {
        for (const batch of batchesOf(read)) {
          const before = (await find(place)) ?? { ts: BEGINNING, recent: [] }
          const after = advance(before, batch)
          if (!read.isAside && after !== before) await move(place, batch.raws, after)
          else if (batch.raws.length > 0) await intake.keep(batch.raws)
        }
      }),
    async owe(place, beginning) {
      let position = beginning
      await inLine(nameOf(place), async () => {
        position = (await find(place)) ?? beginning
        if (position.owed !== undefined) return
        position = { ...position, owed: readFrom(position) }
        await move(place, [], position)
      })
      return position
    },
    settle: (place) =>
      inLine(nameOf(place), async () => {
        const { owed, ...position } = (await find(place)) ?? { ts: BEGINNING, recent: [] }
        if (owed !== undefined) await move(place, [], position)
      }),
    listThreads: (channel) => list(`threads/${channel}`),
    addThread: (channel, thread) => add(`threads/${channel}`, thread, THREADS_MAX),
    listDirect: () => list('direct'),
    addDirect: (channel) => add('direct', channel, DIRECT_MAX),
    idle: async () => void (await Promise.all(lines.values())),
  }
}

/** What holds for all of it is said with the last of it. */
function batchesOf({ raws, said, upTo, paid }: Read): Omit<Read, 'isAside'>[] {
  const told = new Set(said)
  const count = Math.max(1, Math.ceil(raws.length / BATCH_MAX))
  return Array.from({ length: count }, (_, n) => {
    const batch = raws.slice(n * BATCH_MAX, (n + 1) * BATCH_MAX)
    const isLast = n === count - 1
    return {
      raws: batch,
      said: batch.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)).filter((ts) => told.has(ts)),
      ...(isLast && upTo !== undefined && { upTo }),
      ...(isLast && paid !== undefined && { paid }),
    }
  })
}

function advance(before: Position, { said, upTo, paid }: Omit<Read, 'isAside'>): Position {
  const fresh = said.filter((ts) => !before.recent.includes(ts))
  const ts = [before.ts, ...fresh, ...(upTo === undefined ? [] : [upTo])].reduce(later)
  const owed = before.owed !== undefined && paid !== undefined ? later(before.owed, paid) : before.owed
  if (fresh.length === 0 && ts === before.ts && owed === before.owed) return before
  const recent = [...before.recent, ...fresh].sort(compareTs).slice(-RECENT_MAX)
  return { ts, recent, ...(owed !== undefined && { owed }) }
}

export function compareTs(a: string, b: string): number {
  return Number(a) - Number(b)
}

export function later(a: string, b: string): string {
  return compareTs(a, b) < 0 ? b : a
}

/** From where to read on: a little before, for what was edited and deleted since, and for what was missed in between. */
export function readFrom({ ts, recent, owed }: Position): string {
  return owed ?? recent.find((each) => Number(each) >= Number(ts) - LOOK_BACK_S) ?? ts
}

function decode(value: string | undefined): Position | undefined {
  if (value === undefined) return undefined
  const { ts = BEGINNING, recent = [], owed } = JSON.parse(value) as Partial<Position>
  return { ts, recent, ...(owed !== undefined && { owed }) }
}

function decodeList(value: string | undefined): string[] {
  return value === undefined ? [] : (JSON.parse(value) as string[])
}
