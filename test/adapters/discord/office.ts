// The small server with the real core behind it: store, intake, inbox and outbox, on the real clock. Only the desk's Slack is missing.
import { onTestFinished } from 'vitest'
import type { DiscordConfig } from '../../../adapters/discord/channel.ts'
import { SECOND, systemClock } from '../../../src/clock.ts'
import { replyHandler } from '../../../src/delivery.ts'
import { systemRandom } from '../../../src/id.ts'
import { channelSource } from '../../../src/inbox.ts'
import { joinInstances } from '../../../src/instance.ts'
import { intakeOf } from '../../../src/intake.ts'
import { makeIntakeRunner } from '../../../src/intake-runner.ts'
import { silentLog } from '../../../src/log.ts'
import { ATTEMPT_LIMITS, type Handler } from '../../../src/outbox-attempt.ts'
import { makeOutboxRunner } from '../../../src/outbox-runner.ts'
import { preview, send } from '../../../src/reply.ts'
import { findOpenWindow } from '../../../src/window-record.ts'
import type { OpenTestDb } from '../../setup/database.ts'
import { always, calendarPolicy } from '../../setup/policy.ts'
import { openLimiter } from '../../setup/world.ts'
import { makeServer, type Server } from './server.ts'

const DESK = 'main'
const TICK_MS = 20
/** So long nobody waits here: what is not found twice is soon sent again. */
const LIMITS = { ...ATTEMPT_LIMITS, uncertainWaitMs: SECOND / 10 }

export async function makeOffice(open: OpenTestDb, overrides: (server: Server) => Partial<DiscordConfig> = () => ({})) {
  const server = await makeServer()
  const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }
  const db = await open(tools)
  const instance = await joinInstances(db, { ...tools, id: 'first' })
  const channel = server.open(overrides(server))
  const policies = always(calendarPolicy(24))
  const shown: Handler = { send: async () => ({ kind: 'accepted' }), verify: async () => ({ kind: 'repeatable' }) }
  const shared = { ...tools, db, owner: instance.id, tickMs: TICK_MS }
  const sources = new Map([[channel.name, channelSource(channel, { desk: DESK, policies })]])
  const intake = makeIntakeRunner({ ...shared, sources, batchMax: 50, strikesMax: 3 } as Parameters<
    typeof makeIntakeRunner
  >[0])
  const outbox = makeOutboxRunner({
    ...shared,
    limiter: openLimiter,
    handlers: {
      reply: replyHandler({ db, channelOf: () => channel, policies }),
      card: shown,
      entry: shown,
      returned: shown,
      page: shown,
      tell: shown,
    },
    local: { ladder: async () => undefined, wake: async () => undefined },
    limits: LIMITS,
  })
  db.onWake('intake', intake.wake)
  db.onWake('outbox', outbox.wake)
  intake.start()
  outbox.start()
  await channel.start(intakeOf(db, channel.name))
  onTestFinished(async () => {
    await channel.stop()
    await intake.stop()
    await outbox.stop()
  })
  const messages = () => db.selectFrom('message').selectAll().orderBy('id').execute()
  return {
    ...server,
    db,
    channel,
    messages,
    async countMessages(): Promise<number> {
      const { count } = await db
        .selectFrom('message')
        .select((eb) => eb.fn.countAll<number | string>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    conversations: () => db.selectFrom('conversation').selectAll().orderBy('id').execute(),
    openWindow: (conversationId: string) => findOpenWindow(db, conversationId),
    /** An agent answers what is there, and nobody undoes it. Returns the message's id. */
    async agentReplies(markdown: string): Promise<string> {
      const [conversation] = await db.selectFrom('conversation').selectAll().orderBy('id', 'desc').limit(1).execute()
      if (!conversation) throw new Error('there is nothing to answer')
      const id = await db.transaction(async (trx) => trx.newId('m'))
      const request = {
        conversationId: conversation.id,
        agent: { id: 'U1', name: 'Grace Hopper' },
        markdown,
        template: undefined,
      }
      await preview(db, channel, { ...request, seenSeq: conversation.seq_last }, { id, now: tools.clock.now() })
      await db.transaction((trx) => send(trx, id, { agentId: 'U1', undoMs: 0 }))
      return id
    },
    async deliveryOf(id: string): Promise<string | null | undefined> {
      return (await messages()).find((message) => message.id === id)?.delivery
    },
  }
}
