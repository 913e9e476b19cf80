// What somebody could send to disturb: each has a clear outcome, and nothing it is given stalls or ends the program.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toEvents } from '../../../adapters/slack/inbound.ts'
import { salvage } from '../../../adapters/slack/salvage.ts'
import { ParseError, type RawEvent } from '../../../src/channel.ts'
import { systemClock } from '../../../src/clock.ts'
import { systemRandom } from '../../../src/id.ts'
import { intakeOf } from '../../../src/intake.ts'
import { silentLog } from '../../../src/log.ts'
import { eachDatabase } from '../../setup/database.ts'
import { until } from '../../setup/until.ts'
import { heard, makeKeeping } from './keeping.ts'
import { openWorkspace } from './workspace.ts'

async function start() {
  const workspace = await openWorkspace()
  const keeping = makeKeeping()
  const channel = workspace.open()
  await channel.start(keeping)
  return { ...workspace, keeping, channel }
}

test('S14: a customer’s broadcasts and mentions are inert names', async () => {
  const { slack, shared, mia, ana, keeping, channel } = await start()
  slack.say(mia, shared, `@channel @here <@${ana}> <!channel> <!subteam^S1>`)
  const message = await heard(channel, keeping, '@channel @here @Ana Petrov <!channel> <!subteam^S1>')
  expect(message.markdown).toBe('@channel @here @Ana Petrov \\<\\!channel\\> \\<\\!subteam^S1\\>')
})

test('a hundred mentions ask Slack about no more than twenty people, and the message is there', async () => {
  const { slack, shared, mia, keeping, channel } = await start()
  const crowd = Array.from({ length: 100 }, (_, n) => slack.addUser({ name: `user${n}` }).id)
  slack.say(mia, shared, crowd.map((id) => `<@${id}>`).join(' '))
  await until(() => keeping.rows.length === 1, 'the message')
  expect(slack.calls('users.info').length).toBeLessThanOrEqual(20)
  const [event] = await channel.parse(keeping.rows[0] as RawEvent)
  expect(event).toMatchObject({ kind: 'message', text: expect.stringContaining('@user0') })
})

test('forty thousand characters and letters under a heap of marks are a message as any other', async () => {
  const { slack, shared, mia, keeping, channel } = await start()
  slack.say(mia, shared, `Z${'\u0300'.repeat(2000)} ${'long '.repeat(7000)}`)
  await until(() => keeping.rows.length === 1, 'the message')
  const [event] = await channel.parse(keeping.rows[0] as RawEvent)
  expect(event).toMatchObject({ kind: 'message', text: expect.stringMatching(/long$/) })
})

test('a name of a person that is a trap stays a name', async () => {
  const { slack, shared, team, keeping, channel } = await start()
  const eve = slack.addUser({ name: 'eve', realName: '<!channel>\u0000 {{x}}', teamId: team }).id
  slack.join(eve, shared)
  slack.say(eve, shared, 'hello')
  expect((await heard(channel, keeping, 'hello')).from.name).toBe('<!channel> {{x}}')
})

describe('parse', () => {
  const config = {
    ...{ name: 'slack:shop', channels: [], directMessages: true, ticketEmoji: 'ticket', trustedBots: [], people: [] },
  }
  const rawOf = (body: string | Uint8Array): RawEvent => ({
    ...{ key: 'T1/C1/1.000001', arrivedAt: 1000, body: typeof body === 'string' ? Buffer.from(body) : body },
  })
  const words = fc.oneof(fc.string(), fc.constantFrom('message', 'message_changed', 'text', 'link', 'C1', '1.000001'))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      words,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.constantFrom(
          'type',
          'subtype',
          'text',
          'blocks',
          'elements',
          'files',
          'user',
          'ts',
          'message',
          'style',
          'url',
        ),
        tie('value'),
      ),
    ),
  }))

  test('whatever shape an event has, the worst is a ParseError', () => {
    const base = { type: 'message', channel: 'C1', ts: '1.000001', user: 'U1', text: 'x' }
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'text',
            'blocks',
            'files',
            'user',
            'attachments',
            'message',
            'subtype',
            'edited',
            'username',
            'bot_id',
            'parent_user_id',
            'user_team',
          ),
          value,
        ),
        value,
        (fields, people) => {
          const body = JSON.stringify({ us: { team: 'T1' }, event: { ...base, ...fields }, people })
          for (const event of toEvents(rawOf(body), config)) expect(event.arrivedAt).toBe(1000)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('bytes that are no event are a ParseError, and what can be said of them is salvaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          toEvents(rawOf(bytes), config)
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError)
        }
        expect(salvage(rawOf(bytes))).toMatchObject({ externalId: 'C1/1.000001', arrivedAt: 1000 })
      }),
    )
  })

  test('a message that could not be read is the same message once it can be', () => {
    const body =
      '{"us":{"team":"T1"},"people":{},"event":{"type":"message","channel":"C1","ts":"1.000001","user":"U1","text":"hello"}}'
    const [read] = toEvents(rawOf(body), config)
    const salvaged = salvage(rawOf(body.slice(0, -2)))
    expect(salvaged.externalId).toBe(read?.externalId)
    expect(salvaged.text).toBe('hello')
    expect(salvaged.warnings).toHaveLength(1)
  })
})

eachDatabase((open) => {
  test('Q9: three hundred messages at once are all kept once and acknowledged before Slack asks again', async () => {
    const { slack, shared, mia, tom, open: openChannel } = await openWorkspace()
    const db = await open({ clock: systemClock(), random: systemRandom(), log: silentLog })
    await openChannel().start(intakeOf(db, 'slack:shop'))
    for (let n = 0; n < 300; n++) slack.say(n % 2 ? mia : tom, shared, `message ${n}`)
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'every acknowledgement')
    expect(slack.events.filter(({ deliveries }) => deliveries.length > 1)).toEqual([])
    expect(await db.selectFrom('intake').select('id').execute()).toHaveLength(300)
  })

  test('two instances on one app share the events, and each message is kept once', async () => {
    const { slack, shared, mia, open: openChannel } = await openWorkspace()
    const db = await open({ clock: systemClock(), random: systemRandom(), log: silentLog })
    for (let n = 0; n < 2; n++) await openChannel().start(intakeOf(db, 'slack:shop'))
    const root = slack.say(mia, shared, 'root')
    for (let n = 0; n < 20; n++) slack.say(mia, shared, `message ${n}`, n % 2 ? { threadTs: root } : {})
    await until(() => slack.events.every(({ state }) => state === 'acked'), 'every acknowledgement')
    const rows = () => db.selectFrom('intake').select('key').execute()
    // The one that started later reads back first, and keeps what it is told meanwhile after that.
    await until(async () => (await rows()).length >= 21, 'all of them')
    expect(new Set((await rows()).map(({ key }) => key)).size).toBe(21)
    expect(await rows()).toHaveLength(21)
  })
})
