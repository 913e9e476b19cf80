// A draft in the thread that is changed after it was sent: the customer keeps what they got, and the desk is told so.
import { expect, test } from 'vitest'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'
import { UNDO_MS } from './desk.ts'

eachDatabase((open) => {
  test('S21: editing a draft after it was sent changes nothing for the customer, and the thread says so, once', async () => {
    const { desk, draft } = await makeSent(open)
    desk.slack.edit(desk.tom, desk.channel, draft, 'No, blue.')
    await takeIn(desk)
    desk.slack.repeat(desk.slack.events.at(-1)?.id ?? '')
    await takeIn(desk)
    expect(desk.world.channel.delivered).toEqual([{ to: 'ada@example.org', text: 'Yes, red.' }])
    const lines = desk.thread().filter((line) => line.includes('edited a draft that was sent to Ada Lovelace'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('What Ada Lovelace gets stays as it was')
    expect(await notes(desk)).toMatchObject([{ text: 'No, blue.' }])
  })

  test('S21: deleting it does neither', async () => {
    const { desk, draft } = await makeSent(open)
    desk.slack.remove(desk.tom, desk.channel, draft)
    await takeIn(desk)
    expect(desk.world.channel.delivered).toHaveLength(1)
    expect(desk.thread().at(-1)).toContain('deleted a draft that was sent to Ada Lovelace')
    expect(await notes(desk)).toMatchObject([{ text: 'Yes, red.', deleted_at: expect.any(Number) }])
  })

  test('S21: of a note that was sent to nobody, and of our own posts, nothing is said', async () => {
    const { desk } = await makeSent(open)
    const root = desk.card().ts
    const idea = desk.slack.say(desk.tom, desk.channel, 'I think it is red', { threadTs: root })
    await takeIn(desk)
    desk.slack.edit(desk.tom, desk.channel, idea, 'I think it is blue')
    // The card shows it as well, and Slack tells us of every change of ours.
    await desk.customerWrites('Hello?')
    await takeIn(desk)
    expect(desk.thread().filter((line) => line.includes('a draft that was sent'))).toEqual([])
    expect(await desk.world.effects('note-changed')).toEqual([])
    expect(await desk.world.facts('note-changed')).toHaveLength(1)
  })

  test('S21: one whose reply was taken back in time was sent to nobody', async () => {
    const { desk, draft } = await makeSent(open, 'undo')
    desk.slack.edit(desk.tom, desk.channel, draft, 'No, blue.')
    await takeIn(desk)
    expect(desk.thread().filter((line) => line.includes('a draft that was sent'))).toEqual([])
  })
})

type Acting = Awaited<ReturnType<typeof makeActingDesk>>

async function takeIn(desk: Acting): Promise<void> {
  await desk.eventsIn()
  await desk.settle()
}

const notes = (desk: Acting) =>
  desk.world.db.selectFrom('message').selectAll().where('direction', '=', 'note').orderBy('seq').execute()

async function makeSent(open: OpenTestDb, then?: 'undo') {
  const desk = await makeActingDesk(open)
  await desk.customerWrites('Is it red?')
  const draft = desk.slack.say(desk.tom, desk.channel, 'Yes, red.', { threadTs: desk.card().ts })
  await takeIn(desk)
  await desk.slack.shortcut(desk.maya, 'send_to_customer', desk.channel, draft)
  await desk.waitForScreen(desk.maya, 'Your answer')
  await desk.submit(desk.maya)
  await desk.waitForScreen(desk.maya, 'exactly what leaves')
  await desk.submit(desk.maya)
  await desk.waitForScreen(desk.maya, 'Leaves at')
  if (then === 'undo') {
    await desk.pressUndo(desk.maya)
    await desk.waitForScreen(desk.maya, 'Taken back')
  }
  await desk.world.passTime(UNDO_MS)
  return { desk, draft }
}
