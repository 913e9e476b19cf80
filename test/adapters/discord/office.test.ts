import { expect, test } from 'vitest'
import { snowflakeTime } from '../../../adapters/discord/snowflake.ts'
import { SECOND } from '../../../src/clock.ts'
import { eachDatabase } from '../../setup/database.ts'
import { until } from '../../setup/until.ts'
import { makeOffice } from './office.ts'

const LINE = 'All the words of this line are there to fill it. '
const POST = 'POST /channels/:channel/messages'

eachDatabase((open) => {
  test('C27: the first direct messages of somebody, two at once, are one conversation whose window begins with the first', async () => {
    const office = await makeOffice(open)
    const first = office.world.memberWrites(office.dm.id, office.cleo.id, 'My order')
    office.world.memberWrites(office.dm.id, office.cleo.id, 'is late')
    await until(async () => (await office.countMessages()) === 2, 'what was written')
    const conversations = await office.conversations()
    expect(conversations).toHaveLength(1)
    expect((await office.openWindow(conversations[0]?.id ?? ''))?.started_at).toBe(snowflakeTime(first.id))
  })

  test('C28: 250 messages that were missed are 250 rows, in their order', async () => {
    const office = await makeOffice(open)
    office.world.memberWrites(office.dm.id, office.cleo.id, '0')
    await until(async () => (await office.countMessages()) === 1, 'what was written')
    office.discord.faults.always('*', { status: 503 })
    office.discord.gateway.forget()
    office.discord.gateway.drop()
    for (let n = 1; n <= 250; n++) office.world.memberWrites(office.dm.id, office.cleo.id, String(n))
    office.discord.faults.clear()
    await until(async () => (await office.countMessages()) >= 251, 'what was missed', 90 * SECOND)
    const rows = (await office.messages()).sort((a, b) => a.seq - b.seq)
    expect(rows.map(({ text }) => text)).toEqual(Array.from({ length: 251 }, (_, n) => String(n)))
  }, 120_000)

  test('C29: a reply of three messages whose second answer is lost arrives once and ends the window', async () => {
    const office = await makeOffice(open)
    office.world.memberWrites(office.dm.id, office.cleo.id, 'Where is my order?')
    await until(async () => (await office.countMessages()) === 1, 'what was written')
    office.discord.faults.next(POST, { delayMs: 0 })
    office.discord.faults.next(POST, { status: 500, stored: true })
    const id = await office.agentReplies(LINE.repeat(100))
    await until(async () => (await office.deliveryOf(id)) === 'accepted', 'the end of the delivery')
    const sent = office.world.list(office.dm.id).filter(({ authorId }) => authorId === office.bot.id)
    expect(sent).toHaveLength(3)
    expect(
      sent
        .map(({ content }) => content)
        .join(' ')
        .replace(/\s+/g, ' '),
    ).toBe(LINE.repeat(100).trim())
    const [conversation] = await office.conversations()
    expect(await office.openWindow(conversation?.id ?? '')).toBeUndefined()
  })

  test('C30: a reply to closed direct messages is refused once, says why, and the customer goes on waiting', async () => {
    const office = await makeOffice(open)
    const asked = office.world.memberWrites(office.dm.id, office.cleo.id, 'Where is my order?')
    await until(async () => (await office.countMessages()) === 1, 'what was written')
    office.world.closeDms(office.cleo.id)
    const id = await office.agentReplies('It is on its way.')
    await until(async () => (await office.deliveryOf(id)) === 'rejected', 'the end of the delivery')
    const reply = (await office.messages()).find((message) => message.id === id)
    expect(reply?.warnings).toMatch(/takes no direct messages from us/)
    const [conversation] = await office.conversations()
    expect((await office.openWindow(conversation?.id ?? ''))?.started_at).toBe(snowflakeTime(asked.id))
    expect(office.discord.calls(POST)).toHaveLength(1)
    // The conversation stays usable.
    office.world.openDms(office.cleo.id)
    const again = await office.agentReplies('It is on its way, once more.')
    await until(async () => (await office.deliveryOf(again)) === 'accepted', 'the end of the delivery')
  })

  test('whoever is answered in a private thread, their direct messages being closed, goes on with the conversation there', async () => {
    const office = await makeOffice(open, ({ help }) => ({ fallback: help.id }))
    office.world.memberWrites(office.dm.id, office.cleo.id, 'Where is my order?')
    await until(async () => (await office.countMessages()) === 1, 'what was written')
    office.world.closeDms(office.cleo.id)
    const id = await office.agentReplies('It is on its way.')
    await until(async () => (await office.deliveryOf(id)) === 'accepted', 'the end of the delivery')
    const seen = async () =>
      (await office.db.selectFrom('fact').select('id').where('kind', '=', 'own-message-seen').execute()).length
    await until(async () => (await seen()) > 0, 'our own message to be seen')
    const thread = office.discord.calls(POST).at(-1)?.path.split('/')[2]
    office.world.memberWrites(thread ?? '', office.cleo.id, 'Thank you!')
    await until(async () => (await office.countMessages()) === 3, 'the thanks')
    expect(await office.conversations()).toHaveLength(1)
  })

  test('a question in a channel, its answer in a thread and the thanks there are one conversation', async () => {
    const office = await makeOffice(open)
    const question = office.world.memberWrites(office.help.id, office.cleo.id, 'Where is my order?')
    await until(async () => (await office.countMessages()) === 1, 'what was written')
    const id = await office.agentReplies('It is on its way.')
    await until(async () => (await office.deliveryOf(id)) === 'accepted', 'the end of the delivery')
    office.world.memberWrites(question.id, office.cleo.id, 'Thank you!')
    await until(async () => (await office.countMessages()) === 3, 'what was written')
    expect(await office.conversations()).toHaveLength(1)
  })
})
