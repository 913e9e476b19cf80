// A second workspace: customers with a Slack app of their own, beside the desk's, in the whole program.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { HOUR, MINUTE } from '../src/clock.ts'
import { readConfig, renderFaults } from '../src/config.ts'
import type { Database } from '../src/db/open.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { type Deskbell, startDeskbell } from '../src/main.ts'
import { preview, send } from '../src/reply.ts'
import { startSlack } from '../src/sandbox/slack/server.ts'
import { openAlone } from './adapters/slack/workspace.ts'
import { eachDatabase } from './setup/database.ts'
import { leapingClock } from './setup/leaping-clock.ts'
import { scratchFolder } from './setup/scratch.ts'
import { freePort, until } from './setup/until.ts'

/** The desk's workspace, and the one of the customers. */
async function openBoth() {
  const clock = leapingClock()
  const open = async () => {
    const retryDelaysMs = Array.from({ length: 400 }, () => 50)
    const slack = await startSlack({ limits: 'off', clock, retryDelaysMs })
    onTestFinished(() => slack.stop())
    return slack
  }
  const [home, shop] = [await open(), await open()]
  const ana = home.addUser({ name: 'ana', realName: 'Ana Petrov' }).id
  const lea = home.addUser({ name: 'lea', realName: 'Lea Lind' }).id
  const desk = home.addChannel({ name: 'desk', isPrivate: true, members: [home.app.botUserId, ana, lea] }).id
  // Ids count up in each workspace, and only their own are theirs.
  for (let n = 0; n < 5; n++) shop.addGroup(`other-${n}`, [])
  const mia = shop.addUser({ name: 'mia', realName: 'Mia Weber', isGuest: true }).id
  const gus = shop.addUser({ name: 'gus', realName: 'Gus Guest', isGuest: true }).id
  const help = shop.addChannel({ name: 'help', members: [shop.app.botUserId, mia, gus] }).id
  const folder = await mkdtemp(join(scratchFolder(), 'deskbell-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const refreshFile = join(folder, 'refresh')
  const sign = (token: string) => writeFile(refreshFile, `${token}\n`)
  await sign(shop.refreshToken)
  const at = (port: number) => {
    home.settings.requestUrl = `http://127.0.0.1:${port}/slack`
    shop.settings.requestUrl = `http://127.0.0.1:${port}/slack/shop`
  }
  return { clock, home, shop, ana, lea, desk, mia, gus, help, refreshFile, sign, at }
}

type Both = Awaited<ReturnType<typeof openBoth>>

async function run({ home, shop, clock, desk, lea, help, refreshFile }: Both, database: Database, port: number) {
  const customers = { shop: { own_app: true, channels: [{ id: help, kind: 'community' }], direct_messages: true } }
  const settings = {
    slack: { api_url: home.url, mode: 'http', port, customers },
    desks: { main: { channel: desk, leads: [lea] } },
  }
  const own = 'DESKBELL_SLACK_SHOP'
  const env = {
    SLACK_BOT_TOKEN: home.botToken,
    SLACK_SIGNING_SECRET: home.signingSecret,
    [`${own}_BOT_TOKEN`]: shop.botToken,
    [`${own}_SIGNING_SECRET`]: 'the-secret-of-the-shop',
    [`${own}_REFRESH_TOKEN`]: 'xoxe-1-sandbox',
    [`${own}_REFRESH_TOKEN_FILE`]: refreshFile,
    [`${own}_CLIENT_ID`]: '1.2',
    [`${own}_CLIENT_SECRET`]: 'sandbox-client-secret',
  }
  const read = readConfig({ yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings) }, env })
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  const { app, ...rest } = read.config.slackCustomers.shop ?? {}
  const there = { ...rest, app: { ...app, apiUrl: shop.url } } as (typeof read.config.slackCustomers)[string]
  const tools = { clock, random: systemRandom(), log: silentLog }
  return await startDeskbell({ ...read.config, slackCustomers: { shop: there }, database }, tools)
}

/** Hands each request to the next of these in turn. */
async function balance(ports: number[]): Promise<number> {
  let turn = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    turn += 1
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        /^(content-type|x-slack-)/.test(name) && typeof value === 'string' ? [[name, value]] : [],
      ),
    )
    const url = `http://127.0.0.1:${ports[turn % ports.length]}${request.url}`
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.concat(chunks) }).catch(() => undefined)
    response.writeHead(answer?.status ?? 502, { 'content-type': answer?.headers.get('content-type') ?? 'text/plain' })
    response.end(await answer?.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const messages = ({ db }: Deskbell, direction: 'inbound' | 'outbound') =>
  db.selectFrom('message').select(['text', 'delivery', 'conversation_id']).where('direction', '=', direction).execute()

/** Whose direct messages are an agent's and not a customer's is known only once the desk has asked who its agents are. */
const agentsKnown = ({ db }: Deskbell) =>
  until(async () => (await db.selectFrom('agent').select('id').execute()).length > 0, 'the agents to be known')

/** An agent answers a question, and the reply is due at once. */
async function answer({ clock, shop }: Both, deskbell: Deskbell, question: string, markdown: string): Promise<void> {
  const { db } = deskbell
  const asked = (await messages(deskbell, 'inbound')).find(({ text }) => text === question)
  const id = await db.transaction(async (trx) => trx.newId('m'))
  const agent = { id: 'U0ANA', name: 'Ana Petrov' }
  const request = { conversationId: asked?.conversation_id ?? '', agent, markdown, template: undefined, seenSeq: 1 }
  const settings = {
    name: 'slack:shop',
    channels: [],
    directMessages: true,
    ticketEmoji: 'x',
    trustedBots: [],
    people: [],
  }
  const access = { botToken: shop.botToken, apiUrl: shop.url }
  const channel = openAlone(settings, access, { clock, random: systemRandom(), log: silentLog })
  await preview(db, channel, request, { id, now: clock.now() })
  await db.transaction((trx) => send(trx, id, { agentId: agent.id, undoMs: 0 }))
}

eachDatabase((_, fresh) => {
  test('S24, Q13, X3: an app of the customers’ own, over HTTP and renewed, is removed and comes back as another bot: nothing is lost', async () => {
    const both = await openBoth()
    const { clock, home, shop, mia, gus, help, desk, sign, at } = both
    shop.secret('the-secret-of-the-shop')
    const port = await freePort()
    at(port)
    const deskbell = await run(both, await fresh(), port)
    const well = (what: string) => until(() => deskbell.problems().length === 0, what)
    const inbound = async () => (await messages(deskbell, 'inbound')).map(({ text }) => text).sort()
    try {
      await well('both apps to listen')
      await agentsKnown(deskbell)
      expect([shop.calls('oauth.v2.access').length, home.calls('oauth.v2.access').length]).toEqual([1, 0])
      const root = shop.say(mia, help, 'Is it in stock?')
      shop.say(gus, shop.app.botUserId, 'How do I pay?')
      await until(() => home.workspace.messages(desk).length === 2, 'both cards at the desk')
      // Each address takes the requests of its own app alone.
      const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev0', event: { type: 'app_home_opened' } })
      const forged = { method: 'POST', body, headers: { 'content-type': 'application/json', ...home.sign(body) } }
      const told = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`, forged)).status
      expect([await told('/slack/shop'), await told('/slack'), await told('/slack/other')]).toEqual([401, 200, 404])

      shop.uninstall()
      await until(() => /DESKBELL_SLACK_SHOP_BOT_TOKEN/.test(deskbell.problems().join()), 'it to be told')
      expect(deskbell.problems()).toHaveLength(1)
      await answer(both, deskbell, 'Is it in stock?', 'Yes, it is.')
      await answer(both, deskbell, 'How do I pay?', 'By card.')
      shop.say(mia, help, 'Hello?', { threadTs: root }) // Nobody is told of it.

      shop.reinstall()
      shop.leave(shop.app.botUserId, help) // Whoever installs an app anew has to invite it anew.
      await sign(shop.refreshToken)
      await until(() => /does not have the app in it any more/.test(deskbell.problems().join()), 'what is left to do')
      clock.leap(2 * MINUTE)
      const direct = () => shop.workspace.messages(shop.dm(gus).id).map(({ text }) => text)
      await until(() => direct().includes('By card.'), 'the reply in the direct message with the new bot')
      const states = async () => (await messages(deskbell, 'outbound')).map(({ delivery }) => delivery).sort()
      await until(async () => (await states()).join() === 'accepted,deferred', 'the other one to wait')

      shop.join(shop.app.botUserId, help)
      await until(async () => (await inbound()).length === 3, 'what was written meanwhile')
      await well('all to be well')
      clock.leap(6 * MINUTE)
      await until(async () => (await states()).join() === 'accepted,accepted', 'the other reply')
      const thread = shop.workspace.thread(help, root).map(({ text }) => text)
      expect([thread, direct()]).toEqual([['Is it in stock?', 'Hello?', 'Yes, it is.'], ['By card.']])
      expect(await inbound()).toEqual(['Hello?', 'How do I pay?', 'Is it in stock?'])
    } finally {
      await deskbell.stop()
    }
  })
})

eachDatabase(
  (_, fresh) => {
    test('S24, Q9, Q13, S19: two programs behind a balancer share events, clicks and one renewal, and nothing is done twice', async () => {
      const both = await openBoth()
      const { clock, home, shop, ana, mia, gus, help, desk, at } = both
      shop.secret('the-secret-of-the-shop')
      const database = await fresh()
      const ports = [await freePort(), await freePort()]
      at(await balance(ports))
      const programs = await Promise.all(ports.map((port) => run(both, database, port)))
      const [first] = programs as [Deskbell]
      const inbound = async () => (await messages(first, 'inbound')).length
      const well = () => programs.every((program) => program.problems().length === 0)
      try {
        await until(well, 'both programs to listen')
        await agentsKnown(first)
        const root = shop.say(mia, help, 'Is it in stock?')
        shop.say(gus, shop.app.botUserId, 'How do I pay?')
        for (const { id } of [...shop.events]) for (let n = 0; n < 3; n++) shop.repeat(id)
        const cards = () => home.workspace.messages(desk).filter(({ botId }) => botId === home.app.botId)
        await until(() => cards().length === 2, 'both cards')
        const take = () => home.click(ana, { channel: desk, ts: cards()[0]?.ts ?? '', actionId: 'take' })
        expect((await Promise.all([take(), take()])).map(({ kind }) => kind)).toEqual(['acked', 'acked'])
        const taken = await first.db.selectFrom('fact').select('id').where('kind', '=', 'conversation-taken').execute()
        expect(taken).toHaveLength(1)

        const old = shop.botToken
        clock.leap(7 * HOUR)
        await until(() => shop.botToken !== old, 'the renewal')
        await answer(both, first, 'Is it in stock?', 'Yes, it is.')
        await answer(both, first, 'How do I pay?', 'By card.')
        const thread = () => shop.workspace.thread(help, root).map(({ text }) => text)
        const direct = () => shop.workspace.messages(shop.dm(gus).id).map(({ text }) => text)
        await until(() => thread().length > 1 && direct().length > 1, 'both replies')
        // Their channel has another name, is private now, and shared with one more organisation: it is the same channel.
        shop.rename(help, 'support')
        shop.share(help)
        Object.assign(shop.workspace.channels.get(help) ?? {}, { kind: 'group' })
        shop.say(mia, help, 'Thank you', { threadTs: root })
        await until(async () => (await inbound()) === 3, 'what came after')
        await until(well, 'both to be well')
        expect([thread(), direct()]).toEqual([
          ['Is it in stock?', 'Yes, it is.', 'Thank you'],
          ['How do I pay?', 'By card.'],
        ])
        expect([cards().length, shop.calls('oauth.v2.access').length, shop.sockets.open().length]).toEqual([2, 2, 0])
      } finally {
        await Promise.all(programs.map((program) => program.stop()))
      }
    })
  },
  ['postgres'],
)
