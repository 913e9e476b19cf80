// One small world for tests of the core: a real store, a clock that stands still, seeded chance, one channel, a desk in memory.
import { createHash } from 'node:crypto'
import type { InboxDesk } from '../../src/arrival.ts'
import type { ConversationKey, ExternalId, InboundBounce, InboundEvent, RawEvent } from '../../src/channel.ts'
import { chatHandlers } from '../../src/chat-handlers.ts'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { turnHandler } from '../../src/deal.ts'
import { replyHandler } from '../../src/delivery.ts'
import { followUpHandler } from '../../src/follow-up.ts'
import { homesHandler } from '../../src/home.ts'
import type { Random } from '../../src/id.ts'
import { channelSource } from '../../src/inbox.ts'
import { joinInstances } from '../../src/instance.ts'
import { intakeOf } from '../../src/intake.ts'
import { makeIntakeRunner } from '../../src/intake-runner.ts'
import { makeLog } from '../../src/log.ts'
import { getMessage, type Message } from '../../src/message.ts'
import { ATTEMPT_LIMITS, type Handler } from '../../src/outbox-attempt.ts'
import { makeOutboxRunner } from '../../src/outbox-runner.ts'
import { ladderHandler } from '../../src/ping.ts'
import type { Policies, Policy } from '../../src/policy.ts'
import { applyPolicies } from '../../src/policy-change.ts'
import type { RateLimiter } from '../../src/rate.ts'
import { preview, send } from '../../src/reply.ts'
import { takeBack } from '../../src/reply-undo.ts'
import { scheduledHandler } from '../../src/scheduled.ts'
import { wakeHandler } from '../../src/snooze.ts'
import { findOpenWindow, listWindows } from '../../src/window-record.ts'
import { writingEndHandler } from '../../src/writing.ts'
import { manualClock } from './clock.ts'
import type { OpenTestDb } from './database.ts'
import { type FakeChannel, fakeChannel, inbound, rawOf, type Wrote } from './fake-channel.ts'
import { pageHandlerFor, type Told, tellHandlerFor } from './pinging.ts'
import { always, calendarPolicy } from './policy.ts'

/** What tests of a world write with. */
export { brokenRaw, type Wrote } from './fake-channel.ts'

export const DESK = 'main'
const PASSES_MAX = 200
/** Of one file behind a link. */
export const FETCH_BYTES_MAX = 1000
const LIMITS = { digestAbove: 5, digestWithinMs: 10 * MINUTE }
/** How long a test waits for what happens by itself, on a busy machine. */
export const SOON = { timeout: 15_000 }

/** The same seed gives the same bytes, for ever. */
export function seededRandom(seed: number): Random {
  let count = 0
  const block = () => createHash('sha256').update(`${seed}:${count++}`).digest()
  return {
    bytes: (length) => new Uint8Array(block().subarray(0, length)),
    fraction: () => block().readUInt32BE() / 2 ** 32,
  }
}

/** Nothing has to wait for a platform's pace. */
export const openLimiter: RateLimiter = {
  room: async () => 10,
  sharedBy: (key) => key,
  schedule: (_, attempt) => attempt(),
  reset: () => undefined,
}

/** As if the platforms had room for nothing but these rate keys. */
export const roomOnlyFor = (prefix: string): RateLimiter => ({
  ...openLimiter,
  room: async (key) => (key.startsWith(prefix) ? 10 : 0),
})

export interface WorldOptions {
  seed?: number
  channel?: FakeChannel
  policy?: Partial<Policy>
  policies?: Policies
  limits?: { digestAbove: number; digestWithinMs: number }
  leads?: readonly string[]
  secrets?: string[]
}

export type World = Awaited<ReturnType<typeof makeWorld>>

export async function makeWorld(open: OpenTestDb, options: WorldOptions = {}) {
  const clock = manualClock()
  const random = seededRandom(options.seed ?? 1)
  const logLines: string[] = []
  const log = makeLog({ level: 'info', secrets: options.secrets ?? [], write: (line) => void logLines.push(line) })
  const db = await open({ clock, random, log })
  const channel = options.channel ?? fakeChannel('email:support')
  let inForce = options.policies ?? always(calendarPolicy(24, options.policy))
  const policies: Policies = {
    choose: (promised) => inForce.choose(promised),
    tierOf: (promised) => inForce.tierOf(promised),
    tiers: () => inForce.tiers(),
    list: () => inForce.list(),
  }
  const desk: InboxDesk = { desk: DESK, policies }
  const sources = new Map([[channel.name, channelSource(channel, desk)]])
  const pings: Told[] = []
  const shown: string[] = []
  const show: Handler = {
    send: async (effect) => {
      shown.push(`${effect.kind} ${effect.conversationId}`)
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }
  const quiet: Handler = {
    send: async () => ({ kind: 'moot', reason: 'nobody is given anything here' }),
    verify: async () => ({ kind: 'repeatable' }),
  }
  const handlers: Record<string, Handler> = {
    ...chatHandlers({ db, clock, channelOf: () => channel, policies, attachmentBytesMax: FETCH_BYTES_MAX }),
    reply: replyHandler({ db, channelOf: () => channel, policies }),
    card: show,
    'card-left': show,
    'late-arrival': show,
    entry: show,
    page: pageHandlerFor(db, () => options.leads ?? ['U_LEAD']),
    tell: tellHandlerFor({ db, clock }, options.limits ?? LIMITS, (told) => void pings.push(told)),
    'ping-update': show,
    returned: show,
    edited: show,
    'moved-card': show,
    allot: quiet,
    allotted: show,
    'follow-up-call': show,
    'follow-up-ping': show,
    'follow-up-update': show,
  }
  const shared = { db, clock, random, log, limiter: openLimiter, handlers, tickMs: SECOND, limits: ATTEMPT_LIMITS }

  /** Another running instance of the program on the same store. */
  const instance = (owner: string, limiter = openLimiter) => ({
    outbox: makeOutboxRunner({
      ...shared,
      limiter,
      owner,
      local: {
        ladder: ladderHandler(policies),
        wake: wakeHandler(),
        homes: homesHandler(),
        'writing-end': writingEndHandler(),
        scheduled: scheduledHandler(() => []),
        'follow-up': followUpHandler(),
        turn: turnHandler(() => desk.takesTurns ?? false),
      },
    }),
    intake: makeIntakeRunner({ ...shared, owner, sources, batchMax: 50, strikesMax: 3 }),
  })
  await joinInstances(db, { clock, log, id: 'first' })
  let current = instance('first')
  let restarts = 0

  const runIntake = async (intake = current.intake) => {
    for (let pass = 0; pass < PASSES_MAX; pass++) if (!(await intake.pass())) return
    throw new Error('the intake never comes to rest')
  }
  const runOutbox = async (outbox = current.outbox) => {
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const attempts = await outbox.pass()
      if (attempts.length === 0) return
      await Promise.all(attempts)
    }
    throw new Error('the outbox never comes to rest')
  }
  const keep = (raws: RawEvent[], cursor?: { key: string; value: string }, name = channel.name) =>
    intakeOf(db, name).keep(raws, cursor)
  const newestConversation = () =>
    db.selectFrom('conversation').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()
  const conversationId = async (id?: string) => id ?? (await newestConversation()).id

  const world = {
    ...{ db, clock, random, log, logLines, channel, policies, desk, sources, pings, shown, shared, handlers },
    ...{ instance, keep, runIntake, runOutbox },
    current: () => current,
    /** A message arrives, is kept and taken in. */
    async customerWrites(text: string, wrote: Wrote = {}): Promise<Message> {
      const event = inbound(text, { ...wrote, at: wrote.at ?? clock.now() })
      await keep([rawOf(event)])
      await runIntake()
      return await db
        .selectFrom('message')
        .selectAll()
        .where('external_id', '=', event.externalId)
        .executeTakeFirstOrThrow()
    },
    /** Whatever else the channel tells of is kept and taken in. */
    async hears(...events: InboundEvent[]): Promise<void> {
      await keep(events.map((event) => rawOf(event)))
      await runIntake()
    },
    /** The agent opens the composer, having seen everything so far, and asks for the preview. Returns the draft's id. */
    async agentPreviews(text: string, by: { agent?: string; seenSeq?: number; conversation?: string } = {}) {
      const id = await db.transaction(async (trx) => trx.newId('m'))
      const about = await conversationId(by.conversation)
      const { seq_last } = await world.conversation(about)
      const agent = { id: by.agent ?? 'U1', name: 'Grace Hopper' }
      const request = { conversationId: about, agent, markdown: text, template: undefined }
      const at = { id, now: clock.now() }
      await preview(db, channel, { ...request, seenSeq: by.seenSeq ?? seq_last }, at)
      return id
    },
    agentSends: (draftId: string, sender: { agent?: string; undoMs?: number; confirmedSeq?: number } = {}) =>
      db.transaction((trx) =>
        send(trx, draftId, {
          agentId: sender.agent ?? 'U1',
          undoMs: sender.undoMs ?? 10 * SECOND,
          ...(sender.confirmedSeq !== undefined && { confirmedSeq: sender.confirmedSeq }),
        }),
      ),
    agentUndoes: (messageId: string, agent = 'U1') => db.transaction((trx) => takeBack(trx, messageId, agent)),
    /** Preview, Send, the undo time passes, the outbox does its work. `meanwhile` happens before it leaves. */
    async agentReplies(
      text: string,
      by: { agent?: string; meanwhile?: () => Promise<unknown>; conversation?: string } = {},
    ): Promise<string> {
      const draftId = await world.agentPreviews(text, by)
      const result = await world.agentSends(draftId, by.agent === undefined ? {} : { agent: by.agent })
      if (result.kind !== 'queued') throw new Error(`the reply was not queued: ${result.kind}`)
      await by.meanwhile?.()
      await world.passTime(10 * SECOND)
      return draftId
    },
    /** The program is started with another configuration. Returns how many windows have a new promise. */
    async changePolicies(next: Policies): Promise<number> {
      inForce = next
      return await applyPolicies(db, policies)
    },
    /** The other side's server reports that our reply did not arrive. */
    async replyBounces(
      messageId: string,
      lasting: 'hard' | 'soft' = 'hard',
      said: Partial<InboundBounce> = {},
    ): Promise<void> {
      const of = [`out:${messageId}:0` as ConversationKey]
      const { address = '' } = said.recipients?.[0] ?? {}
      const externalId = `report/${messageId}/${lasting}/${address}` as ExternalId
      const report = {
        kind: 'bounce' as const,
        externalId,
        arrivedAt: clock.now(),
        of,
        lasting,
        reason: 'no such user',
        ...said,
      }
      await keep([rawOf(report)])
      await runIntake()
    },
    /** Time goes by, and whatever became due is done. */
    async passTime(ms: number): Promise<void> {
      await clock.advance(ms)
      await runOutbox()
    },
    /** The program is killed and started again: nothing in memory survives. */
    async restart(): Promise<void> {
      restarts += 1
      const id = `restart ${restarts}`
      await db.transaction((trx) => trx.deleteFrom('instance').execute())
      await joinInstances(db, { clock, log, id })
      current = instance(id)
      await current.outbox.recover()
      await current.intake.recover()
    },
    conversation: async (id?: string) => {
      const found = await conversationId(id)
      return await db.selectFrom('conversation').selectAll().where('id', '=', found).executeTakeFirstOrThrow()
    },
    openWindow: async (id?: string) => findOpenWindow(db, await conversationId(id)),
    windows: async (id?: string) => listWindows(db, await conversationId(id)),
    message: (id: string) => getMessage(db, id),
    effects: (kind: string) => db.selectFrom('outbox').selectAll().where('kind', '=', kind).orderBy('id').execute(),
    facts: async (kind: string) => db.selectFrom('fact').selectAll().where('kind', '=', kind).orderBy('id').execute(),
    count: async (table: 'message' | 'conversation' | 'intake' | 'identity' | 'contact' | 'blob' | 'ping' | 'outbox') =>
      (await db.selectFrom(table).selectAll().execute()).length,
  }
  return world
}
