// A block, in the whole program with its real adapters: who is blocked on mail, Slack and Discord goes unheard, and never learns of it.
import { expect, onTestFinished, test } from 'vitest'
import { block, unblock } from '../src/block.ts'
import { DAY, SECOND } from '../src/clock.ts'
import { readConfig, renderFaults } from '../src/config.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { type Deskbell, startDeskbell } from '../src/main.ts'
import { makePolicies } from '../src/promises.ts'
import { startDiscord } from '../src/sandbox/discord/server.ts'
import { makeMail } from '../src/sandbox/mail/letter.ts'
import { readBlocks } from '../src/sandbox/slack/read.ts'
import { SUPPORT_ADDRESS, setStage } from '../src/sandbox/stage.ts'
import { waive } from '../src/waive.ts'
import { eachDatabase } from './setup/database.ts'
import { type LeapingClock, leapingClock } from './setup/leaping-clock.ts'
import { until } from './setup/until.ts'

const EVE = 'eve@customer.test'

/** One person on each channel, and all that anybody of them and of us could see. */
async function openHouse() {
  const clock = leapingClock()
  const stage = await setStage({ limits: 'off', clock })
  const discord = await startDiscord({ limits: 'off', clock })
  onTestFinished(async () => void (await Promise.all([stage.stop(), discord.stop()])))
  const { slack, mail, desk, agent, lead } = stage
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
    ...{ clock, slack, desk, agent, config: read.config },
    start: (database: typeof read.config.database) =>
      startDeskbell({ ...read.config, database }, { clock, random: systemRandom(), log: silentLog }),
    /** All three of them say this. */
    say(text: string) {
      const raw = makeMail({ from: EVE, to: SUPPORT_ADDRESS, subject: `Mail ${text}`, text, date: clock.now() })
      mail.deliver(raw, { from: EVE, to: [SUPPORT_ADDRESS] })
      slack.say(mia, shared, text)
      discord.world.memberWrites(help.id, cleo.id, text)
    },
    /** What each of them got, what stands at the desk, and what the lead was pinged with. */
    counts: () => ({
      mails: mail.account(EVE).list().length,
      slack: slack.workspace.all(shared).filter(({ botId }) => botId !== undefined).length,
      discord: discord.world.list(help.id).filter(({ authorId }) => authorId === discord.bot.id).length,
      desk: slack.workspace.all(desk).length,
      pings: [lead, agent].flatMap((who) => slack.workspace.all(slack.dm(who).id)).filter(isPing).length,
    }),
  }
}

/** The digest says that nobody waits; and to the program time has stood still for days. */
function isPing({ text }: { text: string }): boolean {
  return !/nobody waits$|^Deskbell: the outbox/.test(text)
}

/** Everything that is due has been done, and nobody waited for the pace that Slack wants. */
async function atRest({ db }: Deskbell, clock: LeapingClock, texts: number): Promise<void> {
  const rows = () => db.selectFrom('message').select('id').where('direction', '=', 'inbound').execute()
  await until(async () => (await rows()).length === texts, `${texts} messages to be stored`)
  const owed = () =>
    db
      .selectFrom('outbox')
      .select('id')
      .where('state', 'in', ['queued', 'sending'])
      .where('due_at', '<=', clock.now() + SECOND)
  const words = () => db.selectFrom('search_owed').select('message_id').execute()
  const isAtRest = async () => {
    clock.leap(SECOND)
    return (await owed().execute()).length + (await words()).length === 0
  }
  await until(isAtRest, 'all that is due')
}

eachDatabase(
  (_, fresh) => {
    test('W2, X6: on mail, Slack and Discord alike who is blocked is kept and found, waits for nobody, pings nobody and is told nothing; unblocked they count', async () => {
      const house = await openHouse()
      const { clock, slack, agent, desk, say, counts, config } = house
      const deskbell = await house.start(await fresh())
      const { db } = deskbell
      const rest = (texts: number) => atRest(deskbell, clock, texts)
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
        await rest(3)
        await until(() => counts().mails === 1, 'the acknowledgement of the mail')
        const contacts = await db.selectFrom('contact').select('id').execute()
        for (const { id } of await db.selectFrom('conversation').select('id').execute()) {
          const waiver = { agentId: agent, reason: 'spam', upTo: 1, policies: makePolicies(config) } as const
          await db.transaction((trx) => waive(trx, id, waiver))
        }
        for (const { id } of contacts) await db.transaction((trx) => block(trx, id, agent))
        await rest(3)
        clock.leap(8 * DAY) // After seven a mail of theirs would be acknowledged again.
        await until(() => deskbell.problems().length === 0, 'all three channels')
        await rest(3)
        const before = counts()

        say('Buy zebras')
        await rest(6)
        clock.leap(2 * DAY) // Whoever waited would be overdue.
        await rest(6)
        expect([await open(), counts()]).toEqual([[], before])
        const held = db.selectFrom('message').select('text').where('held_at', 'is not', null)
        expect((await held.execute()).map(({ text }) => text.trim())).toEqual(Array(3).fill('Buy zebras'))
        await ask('find zebras', /Eve|eve@|Mia Weber|Cleo/g)
        await ask('blocked', /1 message since/g)

        for (const { id } of contacts) expect(await db.transaction((trx) => unblock(trx, id, agent))).toBe(1)
        say('Is it blue?')
        await until(async () => (await open()).length === 3, 'all three to wait')
        await until(() => counts().mails === before.mails + 1, 'the mail to be acknowledged as any other')
        expect([counts().slack, counts().discord]).toEqual([before.slack, before.discord])
      } finally {
        await deskbell.stop()
      }
    })
  },
  ['sqlite'],
)
