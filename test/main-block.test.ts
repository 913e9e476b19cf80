// A block, in the whole program with its real adapters: who is blocked on mail, Slack and Discord goes unheard, and never learns of it.
import { expect, onTestFinished, test } from 'vitest'
import { block, unblock } from '../src/block.ts'
import { systemClock } from '../src/clock.ts'
import { readConfig, renderFaults } from '../src/config.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { type Deskbell, startDeskbell } from '../src/main.ts'
import { makePolicies } from '../src/promises.ts'
import { startDiscord } from '../src/sandbox/discord/server.ts'
import { makeMail } from '../src/sandbox/mail/letter.ts'
import { readBlocks, readMessage } from '../src/sandbox/slack/read.ts'
import { SUPPORT_ADDRESS, setStage } from '../src/sandbox/stage.ts'
import { waive } from '../src/waive.ts'
import { eachDatabase } from './setup/database.ts'
import { until } from './setup/until.ts'

const EVE = 'eve@customer.test'

/** One person on each channel, and all that anybody of them and of us could see. */
async function openHouse() {
  const clock = systemClock()
  const stage = await setStage({ limits: 'off', clock })
  const discord = await startDiscord({ limits: 'off', clock })
  onTestFinished(async () => void (await Promise.all([stage.stop(), discord.stop()])))
  const { slack, mail, desk, agent } = stage
  const mia = slack.addUser({ name: 'mia', realName: 'Mia Weber', teamId: slack.addTeam('Acme') }).id
  const shared = slack.addChannel({ name: 'acme', isExtShared: true, members: [slack.app.botUserId, mia] }).id
  const cleo = discord.world.addUser({ name: 'Cleo' })
  const guild = discord.world.addGuild({ name: 'Shop', members: [cleo.id, discord.bot.id] })
  const help = discord.world.addChannel(guild.id, { name: 'help' })
  mail.account(EVE)
  const { yaml, env } = stage.settings({ pings: 'usual' })
  const settings = JSON.parse(yaml.text)
  settings.email.support.acknowledge = 'unverified'
  settings.slack.customers = { shop: { channels: [{ id: shared }] } }
  settings.discord = { api_url: discord.api, channels: [{ id: help.id }] }
  const read = readConfig({
    yaml: { ...yaml, text: JSON.stringify(settings) },
    env: { ...env, DISCORD_BOT_TOKEN: discord.bot.token },
  })
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  return {
    ...{ slack, desk, agent, config: read.config },
    start: (database: typeof read.config.database) =>
      startDeskbell({ ...read.config, database }, { clock, random: systemRandom(), log: silentLog }),
    /** All three of them say this. */
    say(text: string) {
      const raw = makeMail({ from: EVE, to: SUPPORT_ADDRESS, subject: 'A question', text, date: clock.now() })
      mail.deliver(raw, { from: EVE, to: [SUPPORT_ADDRESS] })
      slack.say(mia, shared, text)
      discord.world.memberWrites(help.id, cleo.id, text)
    },
    /** What each of them got, and what the desk shows of it. */
    seen: () => ({
      mails: mail.account(EVE).list().length,
      slack: slack.workspace.all(shared).filter(({ botId }) => botId !== undefined).length,
      discord: discord.world.list(help.id).filter(({ authorId }) => authorId === discord.bot.id).length,
      zebras: slack.workspace.all(desk).filter((message) => /zebras/.test(readMessage(message))).length,
    }),
  }
}

/** All of it is stored and in the search index. */
async function stored({ db }: Deskbell, count: number): Promise<void> {
  const rows = () => db.selectFrom('message').select('id').where('direction', '=', 'inbound').execute()
  const words = () => db.selectFrom('search_owed').select('message_id').execute()
  await until(async () => (await rows()).length === count && (await words()).length === 0, `${count} messages`)
}

eachDatabase(
  (_, fresh) => {
    test('W2, X6: on mail, Slack and Discord alike who is blocked is kept and found, waits for nobody, pings nobody and is told nothing; unblocked they count', async () => {
      const house = await openHouse()
      const { slack, agent, desk, say, seen, config } = house
      const deskbell = await house.start(await fresh())
      const { db } = deskbell
      const open = () => db.selectFrom('response_window').select('id').where('ended_at', 'is', null).execute()
      const ask = async (text: string, said: RegExp) => {
        await slack.command(agent, desk, '/desk', text)
        const told = () => slack.workspace.ephemerals.findLast(({ user }) => user === agent)
        const read = () => readBlocks(told()?.blocks ?? [], slack.names).match(said)?.length === 3
        await until(read, `three people in the answer to ${text}`)
      }
      try {
        await until(() => deskbell.problems().length === 0, 'all three channels')
        say('Is it red?')
        await stored(deskbell, 3)
        await until(() => seen().mails === 1, 'the acknowledgement of the mail')
        const contacts = await db.selectFrom('contact').select('id').execute()
        for (const { id } of await db.selectFrom('conversation').select('id').execute()) {
          const waiver = { agentId: agent, reason: 'spam', upTo: 1, policies: makePolicies(config) } as const
          await db.transaction((trx) => waive(trx, id, waiver))
        }
        for (const { id } of contacts) await db.transaction((trx) => block(trx, id, agent))
        const owed = () => db.selectFrom('outbox').select('id').where('state', 'in', ['queued', 'sending']).execute()
        const before = new Set((await owed()).map(({ id }) => id))

        say('Buy zebras')
        await stored(deskbell, 6)
        const held = db.selectFrom('message').select('text').where('held_at', 'is not', null)
        expect((await held.execute()).map(({ text }) => text.trim())).toEqual(Array(3).fill('Buy zebras'))
        // Nobody waits, so nobody is pinged; nothing is owed to anybody because of it, and the desk shows nothing.
        expect([await open(), (await owed()).filter(({ id }) => !before.has(id))]).toEqual([[], []])
        await ask('find zebras', /Eve|eve@|Mia Weber|Cleo/g)
        await ask('blocked', /1 message since/g)
        expect(seen()).toEqual({ mails: 1, slack: 0, discord: 0, zebras: 0 })

        for (const { id } of contacts) expect(await db.transaction((trx) => unblock(trx, id, agent))).toBe(1)
        say('Is it blue?')
        await stored(deskbell, 9)
        expect(await open()).toHaveLength(3)
        expect(seen()).toMatchObject({ mails: 1, slack: 0, discord: 0 })
      } finally {
        await deskbell.stop()
      }
    })
  },
  ['sqlite'],
)
