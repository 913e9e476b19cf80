// Hears what is said to us, finds out where it belongs, and keeps it: at once, or, where something was missed, after that.
import type { Intake, SendError } from '../../src/channel.ts'
import { type Clock, MINUTE } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import type { SlackClients } from '../../src/slack/clients.ts'
import type { Audience } from '../../src/slack/envelope.ts'
import { type Fields, fieldsOf, textOf } from '../../src/slack/field.ts'
import type { Self } from '../../src/slack/room.ts'
import { makeBatches } from './batch.ts'
import { makeCatchUp } from './catch-up.ts'
import { type CustomersConfig, channelOf } from './customers-config.ts'
import { watchGaps } from './gap.ts'
import { type Hearing, isWorthKeeping, mayOpen, openThread, placeOf } from './hearing.ts'
import { makePeople } from './people.ts'
import { addKnownPlaces, addNewDirect } from './places.ts'
import { makePositions, nameOf, type Place, type Position } from './position.ts'
import { type Heard, hearMessage, toRaw } from './raw.ts'
import { toRaws } from './read-back.ts'
import { keepSpan } from './span.ts'
import { makeWatch } from './watch.ts'

export interface ReceiverTools {
  clock: Clock
  random: Random
  log: Log
  clients: Pick<SlackClients, 'ui' | 'read'>
  self: Self
  isAtDesk?: Hearing['isAtDesk']
}

/** The connection to Slack, whoever keeps it. */
export interface Line {
  /** Resolves when Slack has said who we are. */
  known: Promise<void>
  isUp(): boolean
  /** How often it was taken in again after having been refused: nothing was told to it in between. */
  signIns(): number
}

export interface Receiver extends Audience {
  /**
   * Once Slack has said who we are: learns how far we have read, and reads back in the background what was missed. Nothing is kept
   * before that.
   */
  begin(line: Line): Promise<void>
  lastReceivedAt(): number | undefined
  problem(): string | undefined
  /** The channel was deleted, or is another one now. */
  isGone(channel: string): boolean
  /** No keep of what was read back begins after this resolves; what Slack tells goes on being kept. */
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 10 * MINUTE

const EVENTS = new Set(['message', 'app_mention', 'reaction_added', 'member_joined_channel'])

export function makeReceiver(config: CustomersConfig, tools: ReceiverTools, intake: Intake): Receiver {
  const { clock, log, clients, self, isAtDesk = async () => false } = tools
  let readAgain: () => void = () => undefined
  const watch = makeWatch(config, { ...tools, onOpen: () => readAgain() })
  const positions = makePositions(intake)
  const people = makePeople(clients.ui, clock)
  const us = () => ({
    ...{ team: self.teamId, user: self.botUserId, bot: self.botId },
    ...(self.enterpriseId !== undefined && { enterprise: self.enterpriseId }),
  })
  const nowTs = () => (clock.now() / 1000).toFixed(6)
  const reading = { ...tools, read: clients.read, tokenName: config.botTokenName }
  let stopping = new AbortController()
  let beginning: Promise<void> | undefined
  let lastReceivedAt: number | undefined
  const batches = makeBatches(takeAll)

  /** Whatever has no position yet is read from where we began to listen. */
  const firstPosition = async (): Promise<Position> => {
    const ts = await intake.readCursor('started')
    if (ts === undefined) await intake.keep([], { key: 'started', value: nowTs() })
    return { ts: ts ?? nowTs(), recent: [] }
  }
  const catchUp = makeCatchUp({
    ...reading,
    positions,
    begin: firstPosition,
    keep: (place, position, span) => keepSpan(hearing, place, position, span),
    async keepHeard(place, heard, how) {
      if (heard.length === 0) return
      const said = heard.map(({ told }) => told.ts)
      await positions.keep(place, { raws: await toRaws(heard, us(), people), said, ...how })
    },
    onTrouble: (place, trouble) => watch.trouble(place.channel, trouble),
    onLevel: (place) => watch.level(place.channel),
  })
  const hearing: Hearing = { config, people, positions, catchUp, us, nowTs, isAtDesk }

  /** In the order in which they were heard, and in one step where they belong to the same place. */
  async function takeAll(all: Heard[]): Promise<unknown[]> {
    const places = await Promise.all(all.map((heard) => placeOf(hearing, heard)))
    const byPlace = new Map<string, { place: Place; at: number[] }>()
    for (const [n, place] of places.entries()) {
      if (!place) continue
      const group = byPlace.get(nameOf(place)) ?? { place, at: [] }
      byPlace.set(nameOf(place), { place, at: [...group.at, n] })
    }
    const failures: unknown[] = []
    for (const { place, at } of byPlace.values()) {
      const heard = at.flatMap((n) => all[n] ?? [])
      await take(place, heard).catch((error: unknown) => {
        for (const n of at) failures[n] = error
      })
    }
    return failures
  }

  async function take(place: Place, all: Heard[]): Promise<void> {
    const isLater = ({ told }: Heard) => told.kind === 'message' && catchUp.isBehind(place)
    for (const heard of all.filter(isLater)) catchUp.defer(place, heard)
    const now = all.filter((heard) => !isLater(heard))
    const raws = await Promise.all(now.map((heard) => toRaw(heard, us(), people)))
    const said = now.flatMap(({ told }) => (told.kind === 'message' ? [told.ts] : []))
    await positions.keep(place, { raws, said })
    lastReceivedAt = clock.now()
    for (const { body } of raws) log.info({ channel: config.name, bytes: body.length }, '<= slack')
  }

  async function react(event: Fields): Promise<void> {
    const { channel, ts } = fieldsOf(event.item)
    const user = textOf(event.user)
    if (typeof channel !== 'string' || typeof ts !== 'string' || user === undefined) return
    if (event.reaction !== config.ticketEmoji || !channelOf(config, channel)?.manual) return
    if (await mayOpen(hearing, user)) await openThread(hearing, { channel, thread: ts })
  }

  async function load(line: Line, stop: AbortSignal): Promise<void> {
    await Promise.race([line.known, new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))])
    if (stop.aborted) return
    const readAll = async () => addKnownPlaces(hearing, await firstPosition())
    await readAll()
    readAgain = () => void readAll().catch(tellGap)
    const listDirect = () => catchUp.list((signal) => addNewDirect(hearing, reading, signal).catch(tellDirect))
    if (config.directMessages) listDirect()
    void watch.look(stop) // It only tells what is wrong, and never rejects.
    const stopWatching = watchGaps(clock, line, async () => {
      readAgain()
      if (config.directMessages) listDirect()
      await watch.look(stop)
    })
    // What befell a channel may have been told to another instance.
    const stopLooking = clock.every(LOOK_EVERY_MS, () => watch.look(stop))
    stop.addEventListener('abort', () => {
      readAgain = () => undefined
      stopWatching()
      stopLooking()
    })
  }

  const tellDirect = (error: unknown) => watch.trouble('direct', error as SendError)
  const tellGap = (error: unknown) => log.error({ error: String(error) }, 'slack: what was missed is not read back yet')

  return {
    wants: (body) => wants(hearing, fieldsOf(body.event)),
    async keep(body) {
      const event = fieldsOf(body.event)
      watch.hear(event)
      if (!EVENTS.has(textOf(event.type) ?? '')) return
      await beginning
      if (event.type === 'reaction_added') return await react(event)
      const heard = hearMessage(event, us())
      if (!heard || !isWorthKeeping(hearing, heard)) return
      await batches.add(heard)
    },
    begin(line) {
      stopping = new AbortController()
      beginning = load(line, stopping.signal)
      return beginning
    },
    lastReceivedAt: () => lastReceivedAt,
    problem: watch.problem,
    isGone: watch.isGone,
    async stop() {
      stopping.abort()
      await beginning?.catch(() => undefined) // Whoever began it hears of it.
      await catchUp.stop()
      await batches.idle()
      await positions.idle()
    },
  }
}

/** By channel; a direct message by who wrote it, for one of our own is never a customer's. */
async function wants({ config, isAtDesk }: Hearing, event: Fields): Promise<boolean> {
  const channel = channelIn(event)
  if (channel === undefined) return false
  if (channelOf(config, channel)) return true
  if (!config.directMessages || event.type !== 'message' || !isDirect(channel, event)) return false
  const user = [event, fieldsOf(event.message), fieldsOf(event.previous_message)]
    .map((each) => textOf(each.user))
    .find((each) => each !== undefined && each !== 'USLACKBOT')
  return user !== undefined && !(await isAtDesk(user))
}

/** Not every event of a direct message says so, and some of the app's home call it by that name. */
function isDirect(channel: string, { channel_type: type }: Fields): boolean {
  return type === undefined ? channel.startsWith('D') : type === 'im' || type === 'app_home'
}

/** Slack names a channel by its id or by an object with it, and a reaction's inside its item; one that is shared may get another id. */
function channelIn(event: Fields): string | undefined {
  if (event.type === 'channel_id_changed') return textOf(event.old_channel_id)
  return textOf(event.channel) ?? textOf(fieldsOf(event.channel).id) ?? textOf(fieldsOf(event.item).channel)
}
