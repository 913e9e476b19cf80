// Brings what happens in the places to the intake, in order, place by place; what was missed goes first.
import type { Intake } from '../../src/channel.ts'
import { atMost, type Clock, HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { insist } from './insist.ts'
import { pauseMs, STOPPED } from './keeper.ts'
import { readMissed } from './missed.ts'
import { type Payload, textOf } from './payload.ts'
import { type Place, type PlaceIndex, placeOf, readCursor } from './place.ts'
import { type Heard, type Room, type RoomTools, remind, roomOf, type Take, takeOf } from './room.ts'
import { isGone } from './trouble.ts'
import { turnstile } from './turnstile.ts'
import { unreadableProblem } from './unreadable.ts'
import { newPlace, type Surroundings } from './whereabouts.ts'

const BATCH_MAX = 100
const WAITING_MAX = 1000
/** Pages that are read at the same time; each channel has its own rate limit. */
const READING_MAX = 4
const LOOK_EVERY_MS = 5 * MINUTE
const LIVELY_MS = HOUR
/** Nothing can be kept any more: what is still being read is read again at the next start. */
const END_MS = 5 * SECOND
/** In a channel where hardly anything is ours the cursor follows all the same, or a restart would read all of it again. */
const UNKEPT_MAX = 200

export interface ReaderOptions extends RoomTools, Surroundings {
  intake: Intake
  index: PlaceIndex
  stop: AbortSignal
  clock: Clock
  random: Random
  log: Log
  /** Once what was taken is durable. */
  onKept(place: Place, take: Take): void
}

export interface Reader {
  /** Resolves when all places that we know are there; what was missed in them is read from then on. */
  open(): Promise<void>
  hear(event: string, payload: Payload): void
  /** Makes a place of this channel, if it is one. */
  visit(channelId: string, guildId: string): void
  /** As `visit`, for a thread of which we know whose it is. */
  adopt(place: Place): Promise<void>
  /** Something may have been missed anywhere. */
  lookAround(): void
  problem(): string | undefined
  end(): Promise<void>
}

export function makeReader(options: ReaderOptions): Reader {
  const { config, clock, random, log, stop, index, intake, directory } = options
  const rooms = new Map<string, Promise<Room | undefined>>()
  const working = new Set<Promise<void>>()
  const unreadable = new Set<string>()
  const reading = turnstile(READING_MAX)
  const unwatch = clock.every(LOOK_EVERY_MS, async () => lookAgain(LIVELY_MS))

  const keep = async (place: Place, take: Take, moves: boolean) => {
    if (moves) remind(place, take)
    if (take.raws.length > 0) place.activeAt = clock.monotonic()
    await index.add(place, take.raws)
    place.unkept = 0
    if (take.raws.length === 0) return
    if (place.kind === 'thread') place.onlyMentions = false
    log.info({ channel: config.name, events: take.raws.length }, '<= discord')
    options.onKept(place, take)
  }

  const work = async (room: Room) => {
    try {
      while (!stop.aborted && (room.isBehind || room.waiting.length > 0)) await step(room)
    } finally {
      // In the same breath as the last look at what waits: whoever comes after it starts anew.
      room.isWorking = false
    }
  }

  const step = async (room: Room) => {
    const batch = room.isBehind ? [] : room.waiting.splice(0, BATCH_MAX)
    try {
      if (room.isBehind) await readBehind(room)
      else await takeIn(room.place, batch, true)
      room.failures = 0
    } catch (error) {
      if (error === STOPPED || stop.aborted) return
      room.waiting.unshift(...batch)
      await recover(room, error)
    }
  }

  const readBehind = async (room: Room) => {
    const { place } = room
    room.isBehind = false
    try {
      await reading(() => readMissed(options, place, (take) => keep(place, take, true), stop))
      unreadable.delete(place.id)
    } catch (error) {
      room.isBehind = !isGone(error)
      if (room.isBehind) throw error
      if (place.kind === 'channel') unreadable.add(place.id)
    }
  }

  const takeIn = async (place: Place, batch: readonly Heard[], moves: boolean) => {
    const take = await takeOf(options, place, batch)
    if (take.seen.length + take.raws.length === 0) return
    if (take.raws.length > 0) await keep(place, take, moves)
    else if (moves) {
      remind(place, take) // Of what is none of ours the cursor hears with the next that is.
      place.unkept += take.seen.length
      if (place.unkept > UNKEPT_MAX) await keep(place, { raws: [], seen: [] }, true)
    }
  }

  /** While the history cannot be read, what the gateway tells is kept all the same, and the cursor stays. */
  const recover = async (room: Room, error: unknown) => {
    room.failures++
    log.warn(
      { channel: config.name, error: String(Object(error).name ?? error) },
      'discord: could not read a place; trying again',
    )
    if (room.isBehind && room.waiting.length > 0) {
      const batch = room.waiting.splice(0, BATCH_MAX)
      await takeIn(room.place, batch, false).catch(() => void room.waiting.unshift(...batch))
    }
    await clock.wait(pauseMs(random, room.failures), stop)
  }

  const start = (room: Room) => {
    if (room.isWorking || stop.aborted) return
    room.isWorking = true
    const done = work(room).finally(() => working.delete(done))
    working.add(done)
  }

  const locate = (id: string, guildId: string | undefined): Promise<Room | undefined> => {
    const known = rooms.get(id)
    if (known !== undefined) return known
    const found = insist(options, 'could not learn what a channel is', async () => {
      const place = await newPlace(options, id, guildId)
      if (place?.isKnown) await readCursor(intake, place)
      return place && roomOf(place)
    }).catch(() => undefined) // It has ended.
    rooms.set(id, found)
    // What is hidden from us today may be shown tomorrow.
    void found.then((room) => !room && !directory.known(id) && rooms.delete(id))
    return found
  }

  const visit = (id: string, guildId: string | undefined, heard?: Heard) => {
    // What was asked first is answered first: the order within a place stays.
    void locate(id, guildId).then((room) => {
      if (!room) return
      if (heard && room.waiting.length < WAITING_MAX) room.waiting.push(heard)
      else if (heard) room.isBehind = true
      start(room)
    })
  }

  const lookAgain = (livelyMs?: number) => {
    const since = livelyMs === undefined ? undefined : clock.monotonic() - livelyMs
    for (const found of rooms.values()) {
      void found.then((room) => {
        if (!room) return
        const isLively = since === undefined || room.place.kind === 'channel' || room.place.activeAt > since
        room.isBehind ||= isLively
        if (isLively) start(room)
      })
    }
  }

  return {
    async open() {
      for (const entry of await index.read()) {
        const place = placeOf(entry)
        await readCursor(intake, place)
        rooms.set(place.id, Promise.resolve(roomOf(place)))
      }
      lookAgain()
    },
    hear: (event, payload) =>
      visit(textOf(payload.channel_id), textOf(payload.guild_id) || undefined, { event, payload }),
    visit: (id, guildId) => visit(id, guildId),
    async adopt(place) {
      const known = (await rooms.get(place.id))?.place
      if (known) Object.assign(known, { ownerId: known.ownerId ?? place.ownerId, onlyMentions: false })
      await index.add(known ?? place, [])
      if (!known) rooms.set(place.id, Promise.resolve(roomOf(place)))
      visit(place.id, place.guildId)
    },
    lookAround: () => lookAgain(),
    problem: () => unreadableProblem(config, unreadable),
    async end() {
      unwatch()
      await atMost(clock, END_MS, Promise.all([...working]))
    },
  }
}
