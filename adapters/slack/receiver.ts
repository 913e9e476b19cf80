// Hears what is said to us, finds out where it belongs, and keeps it: at once, or, where something was missed, after that.
import type { Intake, SendError } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import type { SlackClients } from '../../src/slack/clients.ts'
import type { Audience } from '../../src/slack/envelope.ts'
import { type Fields, fieldsOf, textOf } from '../../src/slack/field.ts'
import type { Self } from '../../src/slack/room.ts'
import { type CatchUp, makeCatchUp } from './catch-up.ts'
import { type CustomersConfig, channelOf } from './customers-config.ts'
import { listDirect } from './direct.ts'
import type { Span } from './history.ts'
import { makePeople } from './people.ts'
import { BEGINNING, later, makePositions, type Place, type Position } from './position.ts'
import { type Heard, hearMessage, toRaw } from './raw.ts'
import { newsIn, reactedWith, threadsIn, toRaws } from './read-back.ts'
import { standingOf, type Us } from './standing.ts'
import { makeWatch } from './watch.ts'

export interface ReceiverTools {
  clock: Clock
  random: Random
  log: Log
  clients: Pick<SlackClients, 'ui' | 'read'>
  self: Self
  /** Whether this person works at a desk: what they write to the app is never a customer's. */
  isAtDesk?(user: string): Promise<boolean>
}

export interface Receiver extends Audience {
  /**
   * Once Slack has said who we are: learns how far we have read, and reads back in the background what was missed. Nothing is kept
   * before that.
   */
  begin(known: Promise<void>): Promise<void>
  lastReceivedAt(): number | undefined
  problem(): string | undefined
  /** No keep of what was read back begins after this resolves; what Slack tells goes on being kept. */
  stop(): Promise<void>
}

const EVENTS = new Set(['message', 'app_mention', 'reaction_added', 'member_joined_channel'])

export function makeReceiver(config: CustomersConfig, tools: ReceiverTools, intake: Intake): Receiver {
  const { clock, log, clients, self, isAtDesk = async () => false } = tools
  const us = (): Us => ({ team: self.teamId, user: self.botUserId, bot: self.botId })
  const nowTs = () => (clock.now() / 1000).toFixed(6)
  const people = makePeople(clients.ui, clock)
  const positions = makePositions(intake)
  const watch = makeWatch(config, tools)
  const reading = { ...tools, read: clients.read, tokenName: config.app?.botTokenName }
  let stopping = new AbortController()
  let beginning: Promise<void> | undefined
  let listing: Promise<void> = Promise.resolve()
  let isListing = false
  let lastReceivedAt: number | undefined
  let line: Promise<unknown> = Promise.resolve()

  const firstPosition = async (): Promise<Position> => {
    const ts = await intake.readCursor('started')
    if (ts === undefined) await intake.keep([], { key: 'started', value: nowTs() })
    return { ts: ts ?? nowTs(), recent: [] }
  }
  const catchUp: CatchUp = makeCatchUp({
    ...reading,
    positions,
    begin: firstPosition,
    keep: (place, position, span) => keepSpan(place, position, span),
    async keepAside(place, heard) {
      const raws = await toRaws(heard, us(), people)
      await positions.keep(place, { raws, said: [], isAside: true })
    },
    onTrouble: (place, trouble) => watch.trouble(place.channel, trouble),
    onLevel: (place) => watch.level(place.channel),
  })

  /** Somebody of us says that this message is a customer's question. */
  const openThread = async (place: Required<Place>) => {
    await positions.addThread(place.channel, place.thread)
    if (!(await positions.find(place))) await positions.set(place, { ts: BEGINNING, recent: [] })
    catchUp.add(place)
  }

  const mayOpen = async (user: string) => {
    const person = (await people.find([user]))[user]
    const table = { ...config, us: us() }
    return (await isAtDesk(user)) || standingOf(table, { user, person, botId: undefined }, 'shared') === 'staff'
  }

  const isKept = ({ told }: Heard) =>
    (told.botId === undefined || config.trustedBots.includes(told.botId)) && told.user !== self.botUserId

  async function keepSpan(place: Place, position: Position, span: Span): Promise<void> {
    const { channel, thread } = place
    const root = textOf(span.messages[0]?.thread_ts)
    if (thread !== undefined && root !== undefined && root !== thread && span.messages.length === 1) {
      return await openThread({ channel, thread: root }) // It was an answer that somebody had marked.
    }
    const isManual = channelOf(config, channel)?.manual === true && thread === undefined
    const heard = isManual ? [] : newsIn(place, position, span, us(), nowTs()).filter(isKept)
    if (isManual) await noteTickets(channel, span.messages)
    else if (thread === undefined) await noteThreads(channel, position, span.messages)
    const upTo = textOf(span.messages.at(-1)?.ts)
    const said = heard.flatMap(({ told }) => (told.kind === 'message' ? [told.ts] : []))
    const raws = await toRaws(heard, us(), people)
    await positions.keep(place, { raws, said, ...(upTo !== undefined && { upTo, paid: upTo }) })
  }

  async function noteThreads(channel: string, position: Position, messages: Fields[]): Promise<void> {
    for (const { thread, latest } of threadsIn(messages)) {
      const known = await positions.find({ channel, thread })
      if (known && Number(latest) <= Number(known.ts)) continue
      await positions.addThread(channel, thread)
      // What was answered before we last read it was not for us.
      if (!known) await positions.set({ channel, thread }, { ts: later(thread, position.ts), recent: [] })
      catchUp.add({ channel, thread })
    }
  }

  async function noteTickets(channel: string, messages: Fields[]): Promise<void> {
    for (const message of messages) {
      const marked = await Promise.all(reactedWith(message, config.ticketEmoji).map(mayOpen))
      const thread = textOf(message.thread_ts) ?? textOf(message.ts)
      if (thread !== undefined && marked.includes(true)) await openThread({ channel, thread })
    }
  }

  /** Undefined in a channel where nobody has opened a conversation there. */
  async function placeOf({ told }: Heard): Promise<Place | undefined> {
    const { channel } = told
    const thread = told.threadTs
    if (channelOf(config, channel)?.manual) {
      const root = thread ?? told.ts
      return (await positions.listThreads(channel)).includes(root) ? { channel, thread: root } : undefined
    }
    if (!channelOf(config, channel)) await meet(channel)
    if (thread === undefined) return { channel }
    if (!(await positions.listThreads(channel)).includes(thread)) {
      await positions.addThread(channel, thread)
      const before = catchUp.isBehind({ channel }) && (await positions.find({ channel }))
      if (before) await positions.set({ channel, thread }, { ts: before.owed ?? before.ts, recent: [] })
    }
    return { channel, thread }
  }

  /** While the direct messages of before are still being listed, one we do not know may hold more than this. */
  async function meet(channel: string): Promise<void> {
    if ((await positions.listDirect()).includes(channel)) return
    await positions.addDirect(channel)
    if (isListing) catchUp.add({ channel })
  }

  async function take(heard: Heard): Promise<void> {
    const place = await placeOf(heard)
    if (!place) return
    const isNew = heard.told.kind === 'message'
    if (isNew && catchUp.isBehind(place)) return catchUp.defer(place, heard)
    const raw = await toRaw(heard, us(), people)
    await positions.keep(place, { raws: [raw], said: isNew ? [heard.told.ts] : [] })
    lastReceivedAt = clock.now()
    log.info({ channel: config.name, bytes: raw.body.length }, '<= slack')
  }

  /** In the order in which they were heard, for what is said of people may take its time. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = line.then(work)
    line = mine.catch(() => undefined) // Whoever waits for it hears of it.
    return mine
  }

  return {
    async wants(body) {
      const event = fieldsOf(body.event)
      const channel = placeOfEvent(event)
      if (channel === undefined) return false
      if (channelOf(config, channel)) return true
      if (!config.directMessages || event.type !== 'message' || event.channel_type !== 'im') return false
      const user = [event, fieldsOf(event.message), fieldsOf(event.previous_message)]
        .map((each) => textOf(each.user))
        .find((each) => each !== undefined && each !== 'USLACKBOT')
      return user !== undefined && !(await isAtDesk(user))
    },
    async keep(body) {
      const event = fieldsOf(body.event)
      watch.hear(event)
      if (!EVENTS.has(textOf(event.type) ?? '')) return
      await beginning
      if (event.type === 'reaction_added') return await inTurn(() => reaction(event))
      const heard = hearMessage(event, us())
      if (heard && isKept(heard)) await inTurn(() => take(heard))
    },
    begin(known) {
      stopping = new AbortController()
      beginning = load(known, stopping.signal)
      return beginning
    },
    lastReceivedAt: () => lastReceivedAt,
    problem: () => watch.problem(),
    async stop() {
      stopping.abort()
      await beginning?.catch(() => undefined) // Whoever began it hears of it.
      await listing
      await catchUp.stop()
      await line
      await positions.idle()
    },
  }

  async function load(known: Promise<void>, stop: AbortSignal): Promise<void> {
    await Promise.race([known, new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))])
    if (stop.aborted) return
    const first = await firstPosition()
    for (const { id: channel } of config.channels) {
      if (await positions.find({ channel })) catchUp.add({ channel })
      else await positions.set({ channel }, first)
    }
    const direct = config.directMessages ? await positions.listDirect() : []
    for (const channel of direct) catchUp.add({ channel })
    for (const channel of [...config.channels.map(({ id }) => id), ...direct]) {
      for (const thread of await positions.listThreads(channel)) catchUp.add({ channel, thread })
    }
    if (config.directMessages) {
      isListing = true
      listing = listOthers().finally(() => {
        isListing = false
      })
    }
    void watch.look(stop) // It only tells what is wrong, and never rejects.
  }

  async function reaction(event: Fields): Promise<void> {
    const { channel, ts } = fieldsOf(event.item)
    const user = textOf(event.user)
    if (typeof channel !== 'string' || typeof ts !== 'string' || user === undefined) return
    if (event.reaction !== config.ticketEmoji || !channelOf(config, channel)?.manual) return
    if (await mayOpen(user)) await openThread({ channel, thread: ts })
  }

  /** Direct messages that began while nobody listened. */
  async function listOthers(): Promise<void> {
    try {
      for (const { channel, user } of await listDirect(reading, stopping.signal)) {
        if (stopping.signal.aborted) return
        if (user === self.botUserId || (await isAtDesk(user))) continue
        if ((await positions.listDirect()).includes(channel)) continue
        await positions.addDirect(channel)
        catchUp.add({ channel })
      }
    } catch (error) {
      watch.trouble('direct', error as SendError)
    }
  }
}

/** Slack names a channel by its id or by an object with it, and a reaction's inside its item. */
export function placeOfEvent(event: Fields): string | undefined {
  return textOf(event.channel) ?? textOf(fieldsOf(event.channel).id) ?? textOf(fieldsOf(event.item).channel)
}
