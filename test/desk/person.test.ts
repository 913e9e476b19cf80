// Who else a customer is: said by an agent on the card, or proven with a code; and the story that the cards tell then.
import { expect, test } from 'vitest'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { BEN, inPlace } from '../setup/chat.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { fakeChat } from '../setup/fake-channel.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('Q16: an agent names the other card; each card tells the whole story then, until somebody takes it back', async () => {
    const { desk, cards, link } = await makeTwo(open)
    expect(cards().join('\n')).not.toContain('Also from them')
    await openSamePerson(desk)
    expect(await desk.waitForScreen(desk.maya, 'Who is the same person?')).toContain('This card: Ben on Discord')
    await desk.fill(desk.maya, 'other', link)
    await desk.submit(desk.maya)
    const shown = await desk.waitForScreen(desk.maya, 'Linked.')
    expect(shown).toContain('Ada Lovelace (ada@example.org) on Discord')
    expect(shown).toContain(`@${desk.maya} said so`)
    await desk.settle()
    expect(cards().map((card) => card.includes('Also from them: “The lamp” on Discord (waiting)'))).toEqual([
      false,
      true,
    ])
    expect(cards()[0]).toContain('Also from them: on Discord (waiting)')
    await desk.press(desk.tom, 'take')
    await desk.customerWrites('And when?', inPlace('ada'))
    expect(cards()[0]).toContain('Also from them: on Discord (open, Tom Okafor)')
    await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'part_person' })
    await desk.waitForScreen(desk.maya, 'Parted.')
    await desk.settle()
    expect(cards().join('\n')).not.toContain('Also from them')
  })

  test('Q16: what names nobody changes nothing', async () => {
    const { desk } = await makeTwo(open)
    await openSamePerson(desk)
    await desk.waitForScreen(desk.maya, 'Who is the same person?')
    await desk.fill(desk.maya, 'other', 'Ada Lovelace')
    await desk.submit(desk.maya)
    expect(desk.errors(desk.maya)).toContain('Nobody is found')
    expect(await desk.world.facts('people-linked')).toEqual([])
  })

  test('Q16: a code that the customer sends from the other channel', async () => {
    const { desk, cards } = await makeTwo(open)
    await openSamePerson(desk)
    await desk.waitForScreen(desk.maya, 'Who is the same person?')
    await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'person_code' })
    const [code = ''] = (await desk.waitForScreen(desk.maya, 'The code is')).match(/db-\w{4}-\w{4}/) ?? []
    await desk.customerWrites(`Here: ${code}`, inPlace('ada'))
    await desk.settle()
    expect(cards()[1]).toContain('Also from them: “The lamp” on Discord')
  })
})

/** From the customer's form. */
async function openSamePerson(desk: ActingDesk): Promise<void> {
  await desk.press(desk.maya, 'customer')
  await desk.waitForScreen(desk.maya, 'Name in letters')
  await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'person' })
}

/** Ada's card, and below it Ben's. */
async function makeTwo(open: OpenTestDb) {
  const desk = await makeActingDesk(open, { channel: fakeChat() })
  await desk.customerWrites('Is it red?', { ...inPlace('ada'), subject: 'The lamp' })
  const { ts } = desk.card()
  await desk.customerWrites('Is it blue?', { ...inPlace('ben'), from: BEN })
  const { permalink = '' } = await desk.room().clients.read.chat.getPermalink({ channel: desk.channel, message_ts: ts })
  const cards = () =>
    desk.slack.workspace
      .messages(desk.channel)
      .filter(({ botId }) => botId === desk.slack.app.botId)
      .map((message) => readMessage(message))
  return { desk, cards, link: permalink }
}
