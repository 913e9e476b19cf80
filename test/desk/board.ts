// The desk's channel in the Slack stand-in, and the real handlers that fill it, in front of a real store.
import { type FetchFunction, WebClient } from '@slack/web-api'
import { onTestFinished } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { deskHandlers } from '../../src/desk/handlers.ts'
import { makePresence } from '../../src/desk/presence.ts'
import type { Desk } from '../../src/desk/tools.ts'
import { deskDay } from '../../src/desk-day.ts'
import { silentLog } from '../../src/log.ts'
import type { Policy } from '../../src/policy.ts'
import type { Pace, RateLimiter } from '../../src/rate.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { type SlackOptions, startSlack } from '../../src/sandbox/slack/server.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { clientOptions } from '../../src/slack/clients.ts'
import { judgeWhenDone } from '../blocks/judge.ts'
import type { ManualClock } from '../setup/clock.ts'
import type { OpenTestDb } from '../setup/database.ts'
import { DESK, makeWorld, type World } from '../setup/world.ts'

export interface BoardOptions {
  slack?: SlackOptions
  /** How long the clients wait for an answer. */
  timeoutMs?: number
  desk?: Partial<Desk>
  policy?: Partial<Policy>
}

export type Board = Awaited<ReturnType<typeof makeBoard>>

export async function makeBoard(open: OpenTestDb, options: BoardOptions = {}) {
  const { slack: settings, timeoutMs = 2000, policy } = options
  let world: World | undefined
  const clock = { now: () => world?.clock.now() ?? 0 }
  const slack = await startSlack({ limits: 'off', clock, shareAfterMs: 0, ...settings })
  onTestFinished(() => slack.stop())
  judgeWhenDone(slack)
  const maya = slack.addUser({ name: 'maya', realName: 'Maya Lindt' }).id
  const lea = slack.addUser({ name: 'lea', realName: 'Lea Lind' }).id
  const channel = slack.addChannel({ name: 'desk', isPrivate: true, members: [slack.app.botUserId, maya, lea] }).id
  const made = await makeWorld(open, policy ? { policy } : {})
  const restricted = new Set<string>()
  world = made

  /** Clients and handlers as a newly started program has them. `before` each call to Slack something can be made to happen. */
  const connect = (before: (method: string) => Promise<void> = async () => undefined, desk: Partial<Desk> = {}) => {
    const calling: typeof fetch = async (url, init) => {
      await before(String(url).split('/').at(-1) ?? '')
      return await fetch(url, init)
    }
    const clientSettings = () => ({
      ...clientOptions(slack.url, timeoutMs, silentLog),
      fetch: calling as FetchFunction,
    })
    const client = () => new WebClient(slack.botToken, clientSettings())
    const room = { clients: { ui: client(), board: client(), post: client(), read: client() } }
    const desks = [{ name: DESK, channel, undoMs: 10 * SECOND, leads: [lea], backup: [], ...options.desk, ...desk }]
    const presence = makePresence({ ...made, read: room.clients.read })
    const limits = { digestAbove: 5, digestWithinMs: 10 * MINUTE }
    const isRestricted = (name: string) => restricted.has(name)
    Object.assign(
      made.handlers,
      deskHandlers({
        ...made,
        channelOf: () => made.channel,
        room,
        desks,
        presence,
        limits,
        isRestricted,
        dayOf: () => deskDay(undefined),
      }),
    )
  }
  connect()

  const roots = () => slack.workspace.messages(channel).filter(({ botId }) => botId === slack.app.botId)
  return {
    ...{ world: made, slack, maya, lea, channel, roots, connect, restricted },
    /** The only card there is. */
    card(): Message {
      const [card, ...others] = roots()
      if (!card || others.length > 0) throw new Error(`there are ${roots().length} cards`)
      return card
    },
    /** What stands in the thread of a card, without the card. */
    thread(card = roots()[0]): Message[] {
      return card ? slack.workspace.thread(channel, card.ts).filter(({ ts }) => ts !== card.ts) : []
    },
    read: (message: Message | undefined) => readMessage(message ?? { text: '' }),
    /** Time passes in small steps until nothing in the outbox is on its way. */
    async comeToRest(limitMs = 20 * MINUTE): Promise<void> {
      await made.runOutbox()
      for (let passed = 0; await isBusy(made); passed += SECOND) {
        if (passed > limitMs) throw new Error(`the outbox never comes to rest: ${await listBusy(made)}`)
        await made.passTime(SECOND)
      }
    },
  }
}

const busy = ({ db }: World) =>
  db
    .selectFrom('outbox')
    .select(['kind', 'state', 'attempts', 'error'])
    .where('state', 'in', ['queued', 'sending', 'uncertain'])
    .where('rate_key', '<>', 'clock')

async function isBusy(world: World): Promise<boolean> {
  return (await busy(world).limit(1).executeTakeFirst()) !== undefined
}

async function listBusy(world: World): Promise<string> {
  return JSON.stringify(await busy(world).execute())
}

/** The pace of a rate key on a clock that stands still: Bottleneck itself counts real time. */
export function pacedLimiter(clock: ManualClock, paceOf: (key: string) => Pace | undefined): RateLimiter {
  const freeAt = new Map<string, number>()
  return {
    room: async (key) => (paceOf(key) === undefined ? 10 : (freeAt.get(key) ?? 0) <= clock.monotonic() ? 1 : 0),
    schedule(key, attempt) {
      freeAt.set(key, clock.monotonic() + (paceOf(key)?.minMs ?? 0))
      return attempt()
    },
    sharedBy: (key) => key,
    reset: () => freeAt.clear(),
  }
}
