// The whole program with one Slack app for the desk and for customers: each hears what is theirs, and replies arrive.

import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { readConfig, renderFaults } from '../src/config.ts'
import type { Database } from '../src/db/open.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { type Deskbell, startDeskbell } from '../src/main.ts'
import { preview, send } from '../src/reply.ts'
import { startSlack } from '../src/sandbox/slack/server.ts'
import { openAlone } from './adapters/slack/workspace.ts'
import { eachDatabase } from './setup/database.ts'
import { freePort, until } from './setup/until.ts'

const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }

async function openOffice() {
  const slack = await startSlack({ limits: 'off', retryDelaysMs: Array.from({ length: 100 }, () => 50) })
  onTestFinished(() => slack.stop())
  const bot = slack.app.botUserId
  const team = slack.addTeam('Acme')
  const mia = slack.addUser({ name: 'mia', realName: 'Mia Weber', teamId: team }).id
  const gus = slack.addUser({ name: 'gus', realName: 'Gus Guest', isGuest: true }).id
  const ana = slack.addUser({ name: 'ana', realName: 'Ana Petrov' }).id
  const lea = slack.addUser({ name: 'lea', realName: 'Lea Lind' }).id
  const desk = slack.addChannel({ name: 'desk', isPrivate: true, members: [bot, ana, lea] }).id
  const shared = slack.addChannel({ name: 'acme', isExtShared: true, members: [bot, ana, mia] }).id
  return { slack, team, mia, gus, ana, lea, desk, shared }
}

type Office = Awaited<ReturnType<typeof openOffice>>

/** `more` is what the customers' section says besides its channel. */
async function run(
  { slack, desk, shared, lea }: Office,
  database: Database,
  more: object = {},
  way: { app?: object; env?: Record<string, string> } = {},
): Promise<Deskbell> {
  const settings = {
    slack: {
      ...way.app,
      api_url: slack.url,
      customers: { shop: { channels: [{ id: shared }], direct_messages: true, ...more } },
    },
    desks: { main: { channel: desk, leads: [lea] } },
  }
  const tokens = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken }
  const own = { DESKBELL_SLACK_SHOP_BOT_TOKEN: slack.botToken, DESKBELL_SLACK_SHOP_APP_TOKEN: slack.appToken }
  const env = { ...('own_app' in more ? own : tokens), ...way.env }
  const read = readConfig({ yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings) }, env })
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  return await startDeskbell({ ...read.config, database }, tools)
}

const conversations = ({ db }: Deskbell) =>
  db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select(['conversation.id', 'conversation.channel', 'conversation.desk', 'identity.address', 'identity.name'])
    .orderBy('conversation.id')
    .execute()

const inbound = ({ db }: Deskbell) =>
  db.selectFrom('message').select('text').where('direction', '=', 'inbound').orderBy('seq').execute()

eachDatabase((_, fresh) => {
  describe('one app for the desk and for customers', () => {
    test('C25: a customer’s question becomes a card, what agents say at the desk does not, nor do their direct messages', async () => {
      const office = await openOffice()
      const { slack, team, mia, gus, ana, desk, shared } = office
      const deskbell = await run(office, await fresh())
      try {
        await until(() => deskbell.problems().length === 0, 'the program to be connected')
        slack.say(ana, desk, 'Good morning')
        slack.say(ana, slack.app.botUserId, 'A note to myself')
        slack.say(mia, shared, 'Is it in stock?')
        slack.say(gus, slack.app.botUserId, 'How do I pay?')
        await until(async () => (await conversations(deskbell)).length === 2, 'both questions')
        const found = await conversations(deskbell)
        expect(found.map(({ channel, desk: at, address, name }) => [channel, at, address, name]).sort()).toEqual(
          [
            ['slack:shop', 'main', `${team}/${mia}`, 'Mia Weber'],
            ['slack:shop', 'main', `${slack.app.teamId}/${gus}`, 'Gus Guest'],
          ].sort(),
        )
        const cards = () => slack.workspace.messages(desk).filter(({ botId }) => botId === slack.app.botId)
        await until(() => cards().length === 2, 'both cards')
        expect((await inbound(deskbell)).map(({ text }) => text).sort()).toEqual(['How do I pay?', 'Is it in stock?'])
        await until(() => slack.events.every(({ state }) => state === 'acked'), 'everything to be acknowledged')
      } finally {
        await deskbell.stop() // Before its database goes.
      }
    })

    test('C25: the reply lands in the customer’s thread, and what they answer there belongs to the same conversation', async () => {
      const office = await openOffice()
      const { slack, mia, shared } = office
      const deskbell = await run(office, await fresh())
      const { db } = deskbell
      try {
        await until(() => deskbell.problems().length === 0, 'the program to be connected')
        const root = slack.say(mia, shared, 'Is it in stock?')
        const asked = await until(async () => (await conversations(deskbell))[0], 'the question')
        const id = await db.transaction(async (trx) => trx.newId('m'))
        const agent = { id: 'U0ANA', name: 'Ana Petrov' }
        const request = {
          conversationId: asked.id,
          agent,
          markdown: 'Yes, **it is**.',
          template: undefined,
          seenSeq: 1,
        }
        const app = { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.url }
        const settings = {
          name: 'slack:shop',
          channels: [],
          directMessages: true,
          ticketEmoji: 'ticket',
          trustedBots: [],
          people: [],
        }
        await preview(db, openAlone(settings, app, tools), request, { id, now: tools.clock.now() })
        await db.transaction((trx) => send(trx, id, { agentId: agent.id, undoMs: 0 }))
        const thread = () => slack.workspace.thread(shared, root).slice(1)
        await until(() => thread().length === 1, 'the reply')
        expect(thread()[0]).toMatchObject({ username: 'Ana Petrov', text: 'Yes, it is.' })
        slack.say(mia, shared, 'Thank you', { threadTs: root })
        await until(async () => (await inbound(deskbell)).length === 2, 'the answer')
        expect(await conversations(deskbell)).toHaveLength(1)
        const { delivery } = await db
          .selectFrom('message')
          .select('delivery')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        expect(delivery).toBe('accepted')
      } finally {
        await deskbell.stop()
      }
    })

    test('C25, Q10: what one person writes in a short time is one conversation, and what they change in it is told to it', async () => {
      const office = await openOffice()
      const { slack, mia, shared } = office
      const deskbell = await run(office, await fresh())
      try {
        await until(() => deskbell.problems().length === 0, 'the program to be connected')
        slack.say(mia, shared, 'Hello')
        await until(async () => (await inbound(deskbell)).length === 1, 'the greeting')
        const ts = slack.say(mia, shared, 'Is it in stok?')
        await until(async () => (await inbound(deskbell)).length === 2, 'the question')
        expect(await conversations(deskbell)).toHaveLength(1)
        slack.edit(mia, shared, ts, 'Is it in stock?')
        await until(async () => (await inbound(deskbell))[1]?.text === 'Is it in stock?', 'the edit')
        slack.remove(mia, shared, ts)
        await until(() => slack.events.every(({ state }) => state === 'acked'), 'the deletion to be acknowledged')
        const left = () => deskbell.db.selectFrom('intake').select('error').where('state', '<>', 'received').execute()
        await until(async () => (await left()).length === 0, 'all of it to be taken in')
        expect(await conversations(deskbell)).toHaveLength(1)
      } finally {
        await deskbell.stop()
      }
    })

    test('Q12: an agent who answers in the customer’s thread has answered', async () => {
      const office = await openOffice()
      const { slack, mia, ana, shared } = office
      const deskbell = await run(office, await fresh())
      const windows = () => deskbell.db.selectFrom('response_window').select('ended_as').execute()
      try {
        await until(() => deskbell.problems().length === 0, 'the program to be connected')
        // Whoever is not known yet, at the very first start, would be somebody of the workspace.
        const known = () => deskbell.db.selectFrom('agent').select('id').where('id', '=', ana).execute()
        await until(async () => (await known()).length === 1, 'the agent to be known')
        const root = slack.say(mia, shared, 'Is it in stock?')
        await until(async () => (await windows()).length === 1, 'the question to wait')
        slack.say(ana, shared, 'Yes', { threadTs: root })
        await until(async () => (await windows())[0]?.ended_as === 'answered', 'it to be answered')
        expect(await conversations(deskbell)).toHaveLength(1)
      } finally {
        await deskbell.stop()
      }
    })

    test('C26: what was missed while the program was down is taken in at its next start', async () => {
      const office = await openOffice()
      const { slack, mia, shared } = office
      const database = await fresh()
      const first = await run(office, database)
      await until(() => first.problems().length === 0, 'the program to be connected')
      await first.stop()
      slack.say(mia, shared, 'one')
      slack.say(mia, shared, 'two')
      for (const event of slack.events) event.state = 'lost' // Slack tries again for some minutes only.
      const again = await run(office, database)
      try {
        await until(async () => (await inbound(again)).length === 2, 'both messages')
        expect((await inbound(again)).map(({ text }) => text).sort()).toEqual(['one', 'two'])
      } finally {
        await again.stop()
      }
    })
  })

  test('X3, Q9: the whole program with signed requests in the place of sockets, for the desk and for customers', async () => {
    const office = await openOffice()
    const { slack, mia, ana, shared, desk } = office
    const port = await freePort()
    slack.settings.requestUrl = `http://127.0.0.1:${port}/slack`
    const env = { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: slack.signingSecret }
    const deskbell = await run(office, await fresh(), {}, { app: { mode: 'http', port }, env })
    try {
      await until(() => deskbell.problems().length === 0, 'the program to listen')
      const root = slack.say(mia, shared, 'Is it in stock?')
      await until(async () => (await conversations(deskbell)).length === 1, 'the question')
      const cards = () => slack.workspace.messages(desk).filter(({ botId }) => botId === slack.app.botId)
      const card = await until(() => cards()[0], 'the card')
      expect(await slack.click(ana, { channel: desk, ts: card.ts, actionId: 'take' })).toMatchObject({ kind: 'acked' })
      const owner = () => deskbell.db.selectFrom('conversation').select('owner_id').executeTakeFirst()
      await until(async () => (await owner())?.owner_id === ana, 'it to be taken')
      slack.say(mia, shared, 'In red, please', { threadTs: root })
      await until(async () => (await inbound(deskbell)).length === 2, 'what else they wrote')
      expect([slack.sockets.open(), slack.calls('apps.connections.open')]).toEqual([[], []])
    } finally {
      await deskbell.stop()
    }
  })

  test('customers on an app of their own are heard even where the desk has none', async () => {
    const office = await openOffice()
    const { slack, mia, shared } = office
    const deskbell = await run(office, await fresh(), { own_app: true })
    try {
      await until(() => !deskbell.problems().some((problem) => problem.startsWith('slack:')), 'it to be connected')
      slack.say(mia, shared, 'Is it in stock?')
      await until(async () => (await inbound(deskbell)).length === 1, 'the question')
      expect(deskbell.problems().join()).toMatch(/SLACK_BOT_TOKEN/)
    } finally {
      await deskbell.stop()
    }
  })
})
