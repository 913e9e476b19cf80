// Troubles a test can order, or leave to seeded chance: answers lost, late or wrong, and frames lost, doubled, late or out of order.

export type Fault =
  /** `scope` says whose limit it is; `shared` counts as no invalid request. */
  | { status: 429; retryAfterS: number; isGlobal?: boolean; scope?: 'user' | 'shared' }
  /** `stored` says whether what was asked is done all the same. */
  | { status: 500 | 502 | 503 | 504; stored?: boolean }
  /** No answer ever comes. */
  | { hang: true; stored?: boolean }
  /** The connection is torn down (ECONNRESET), after which discord.js tries again by itself. */
  | { reset: true; stored?: boolean }
  /** The connection is closed without an answer, which discord.js tells its caller. */
  | { close: true; stored?: boolean }
  /** The answer is right and late. */
  | { delayMs: number }
  /** Discord's own refusal. */
  | { code: number }

/** `hold` lets the next frame overtake it. */
export type FrameFault = 'drop' | 'duplicate' | 'hold' | { delayMs: number }

/** The share of frames that meet each trouble, from 0 to 1. */
export interface FrameChances {
  seed: number
  drop?: number
  duplicate?: number
  hold?: number
}

export interface Faults {
  /** The next calls of a route (`POST /channels/:channel/messages`; `*` for any; `GET /attachments` for files) meet this fault. */
  next(route: string, fault: Fault, times?: number): void
  /** Every call does, until `clear`. */
  always(route: string, fault: Fault): void
  /** The next frames with this event's name (`*` for any) meet this fault. */
  nextFrame(event: string, fault: FrameFault, times?: number): void
  /** From now on chance decides about every frame. */
  chance(chances: FrameChances): void
  /** Heartbeats are no longer acknowledged: to the client the connection is a zombie. */
  deafen(isDeaf: boolean): void
  clear(): void
  take(route: string): Fault | undefined
  takeFrame(event: string): FrameFault | undefined
  isDeaf(): boolean
}

export function makeFaults(): Faults {
  const queued: { name: string; fault: Fault }[] = []
  const frames: { name: string; fault: FrameFault }[] = []
  const lasting = new Map<string, Fault>()
  let chances: FrameChances | undefined
  let roll = () => 1
  let isDeaf = false
  return {
    next: (name, fault, times = 1) => repeat(times, () => queued.push({ name, fault })),
    always: (name, fault) => void lasting.set(name, fault),
    nextFrame: (name, fault, times = 1) => repeat(times, () => frames.push({ name, fault })),
    chance(given) {
      chances = given
      roll = dice(given.seed)
    },
    deafen: (is) => {
      isDeaf = is
    },
    clear() {
      lasting.clear()
      queued.length = 0
      frames.length = 0
      chances = undefined
      isDeaf = false
    },
    take: (name) => takeFirst(queued, name) ?? lasting.get(name) ?? lasting.get('*'),
    takeFrame: (name) => takeFirst(frames, name) ?? (chances && byChance(chances, roll())),
    isDeaf: () => isDeaf,
  }
}

function takeFirst<T>(queue: { name: string; fault: T }[], name: string): T | undefined {
  const index = queue.findIndex((entry) => entry.name === name || entry.name === '*')
  return index >= 0 ? queue.splice(index, 1)[0]?.fault : undefined
}

function byChance({ drop = 0, duplicate = 0, hold = 0 }: FrameChances, fell: number): FrameFault | undefined {
  if (fell < drop) return 'drop'
  if (fell < drop + duplicate) return 'duplicate'
  return fell < drop + duplicate + hold ? 'hold' : undefined
}

function repeat(times: number, run: () => unknown): void {
  for (let count = 0; count < times; count += 1) run()
}

/** The same seed falls the same way (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Whether what was asked is done before the fault strikes. */
export function isStored(fault: Fault): boolean {
  return 'delayMs' in fault || ('stored' in fault && fault.stored === true)
}

export function describeFault(fault: Fault): string {
  if ('code' in fault) return String(fault.code)
  if ('delayMs' in fault) return 'delayed'
  const name =
    'status' in fault ? String(fault.status) : 'hang' in fault ? 'hang' : 'close' in fault ? 'close' : 'reset'
  return isStored(fault) ? `${name} stored` : name
}
