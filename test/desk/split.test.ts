// "Split" and "Join with", from the card, and back.
import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/clock.ts'
import { bringAgain } from '../../src/desk/thread-file.ts'
import { checkWindows } from '../../src/rebuild.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { eachDatabase } from '../setup/database.ts'
import { takeIn } from '../setup/searching.ts'
import { makeActingDesk } from './acting.ts'

const ANN = { from: { address: 'ann@example.org', name: 'Ann' }, subject: 'Order 1' }
const BOB = { from: { address: 'bob@example.org', name: 'Bob' }, subject: 'Order 2' }
const EVIL = '<!channel> *x* <https://evil|bank>'

eachDatabase((open) => {
  test('Q11: an agent splits a message off into a card of its own, with its own clock and history, and takes it back', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya } = desk
    const first = await desk.customerWrites('Where is it?', ANN)
    await world.clock.advance(HOUR)
    await desk.more(maya, 'split')
    expect(await desk.hears(maya, 'only one message')).toContain('nothing to split')
    await slack.close(maya, desk.front(maya).id, { all: true })
    const { id: second } = await world.customerWrites(EVIL, ANN)
    await desk.settle()
    const root = desk.card()
    const thread = () => slack.workspace.thread(desk.channel, root.ts).map((message) => readMessage(message))

    await desk.more(maya, 'split')
    expect(await desk.waitForScreen(maya, 'Which messages are')).toContain(EVIL)
    const choose = (ids: string[]) => slack.choose(maya, desk.front(maya).id, 'messages-0', 'messages', ids)
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(true)
    const [other] = await world.db.selectFrom('message').select('id').where('seq', '=', 1).execute()
    await choose([second, other?.id ?? ''])
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('Leave at least one')
    await choose([second])
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    await desk.settle()

    const { id } = await world.conversation()
    expect(id).not.toBe(first)
    expect(await world.openWindow(id)).toMatchObject({ started_by: second })
    expect(await world.openWindow(first)).toMatchObject({ started_by: other?.id })
    expect(desk.shownCard()).toContain(EVIL)
    expect(desk.thread().join('\n')).toMatch(/bank>.*Maya Lindt split this off from another conversation: Order 1/s)
    expect(thread().at(-1)).toContain('Maya Lindt split a part of this off: Order 1')
    expect((await world.facts('conversation-split')).map(({ actor }) => actor)).toEqual([maya])

    await desk.press(maya, 'join')
    await desk.settle()
    expect(desk.shownCard()).toContain('Joined to Order 1')
    expect(await world.windows(id)).toEqual([])
    expect(await world.openWindow(first)).toMatchObject({ started_by: other?.id })
    expect(thread().at(-1)).toContain('Maya Lindt joined another conversation to this one: Order 1')
    expect((await checkWindows(world.db)).differences).toEqual([])
  })

  test('E20: the files of a message come into the thread it goes to, of whatever age, and into each thread once', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya } = desk
    const file = (name: string, type: string) => ({ name, type, bytes: 3, ref: name })
    for (const name of ['tap.png', 'plan.zip']) world.channel.files.set(name, Buffer.from('abc'))
    await desk.customerWrites('Where is it?', ANN)
    const attachments = [file('tap.png', 'image/png'), file('plan.zip', 'application/zip')]
    const { id: second } = await world.customerWrites('And this drips', { ...ANN, attachments })
    await desk.settle()
    const zip = await world.db.selectFrom('attachment').selectAll().where('name', '=', 'plan.zip').executeTakeFirst()
    const conversation = await world.conversation()
    await world.db.transaction((trx) => bringAgain(trx, conversation, second, zip?.id ?? ''))
    await desk.settle()
    const root = desk.card()
    const filesBelow = async ({ ts }: { ts: string }) => {
      const ids = () => slack.workspace.thread(desk.channel, ts).flatMap(({ fileIds }) => fileIds ?? [])
      await slack.waitFor(() => ids().length >= 2, 'the files in the thread')
      return ids()
        .map((id) => slack.workspace.files.get(id)?.name)
        .toSorted() // Slack shows them a moment later.
    }
    const both = ['plan.zip', 'tap.png']
    expect(await filesBelow(root)).toEqual(both)
    await world.clock.advance(2 * DAY)
    await desk.more(maya, 'split')
    await desk.waitForScreen(maya, 'Which messages are')
    await slack.choose(maya, desk.front(maya).id, 'messages-0', 'messages', [second])
    await desk.submit(maya)
    await desk.settle()
    const part = desk.card()
    expect(part.ts).not.toBe(root.ts)
    expect(await filesBelow(part)).toEqual(both)
    await desk.press(maya, 'join')
    await desk.settle()
    await desk.press(maya, 'part')
    await desk.settle()
    expect([await filesBelow(root), await filesBelow(part)]).toEqual([both, both])
    expect(slack.calls('files.completeUploadExternal')).toHaveLength(4)
  })

  test('Q11: an agent joins what is one matter, found by its words or by its link, and parts it again', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya, tom } = desk
    const ann = await desk.customerWrites('Where is it?', ANN)
    const link = `https://example.slack.com/archives/${desk.channel}/p${desk.card().ts.replace('.', '')}`
    await world.clock.advance(HOUR)
    const bob = await desk.customerWrites('I ask for Ann', BOB)
    await takeIn(world)
    const start = await world.openWindow(ann)

    const openForm = async (who: string) => {
      await desk.more(who, 'join_with')
      await desk.waitForScreen(who, 'the link to its card')
    }
    const paste = async (text: string) => {
      await desk.fill(maya, 'link', text)
      await desk.submit(maya)
      return desk.errors(maya)
    }
    await openForm(maya)
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('Choose a conversation')
    expect(await paste('https://example.slack.com/archives/C0ELSEWHERE/p1700000000000100')).toContain(
      'no card of your desk',
    )
    const own = `https://example.slack.com/archives/${desk.channel}/p${desk.card().ts.replace('.', '')}`
    expect(await paste(own)).toBe('This is the same conversation.')
    expect(await paste(`<${link}?thread_ts=${desk.card().ts}&cid=${desk.channel}>`)).toBe(
      'This is the same conversation.',
    )
    await desk.fill(maya, 'link', link)
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    await desk.settle()
    expect(await world.windows(bob)).toEqual([])
    expect(await world.openWindow(ann)).toMatchObject({ id: start?.id, started_at: start?.started_at })
    expect(desk.shownCard()).toContain('Joined to Order 1')
    expect(desk.thread().at(-1)).toContain('Maya Lindt joined this to another conversation, where it goes on: Order 1')

    await desk.press(maya, 'part')
    await desk.settle()
    expect(await world.openWindow(bob)).toBeDefined()

    await openForm(tom)
    const offered = async (query: string) =>
      (await slack.suggest(tom, desk.front(tom).id, 'join_choice', 'join_choice', query)).map(({ text }) => text)
    expect(await offered('')).toMatchObject([{ type: 'plain_text', text: 'Ann: Order 1' }])
    expect(await offered('where is')).toMatchObject([{ text: 'Ann: Order 1' }])
    expect(await offered('purple')).toEqual([])
    await slack.choose(tom, desk.front(tom).id, 'join_choice', 'join_choice', ann, 'ann')
    await world.agentSends(await world.agentPreviews('Soon.', { conversation: bob }))
    await desk.submit(tom)
    expect(desk.errors(tom)).toBe('A reply is on its way. Wait until it has arrived.')
    await world.passTime(HOUR)
    await desk.submit(tom)
    expect(await world.conversation(bob)).toMatchObject({ merged_into: ann, state: 'closed' })
    expect((await checkWindows(world.db)).differences).toEqual([])
  })
})
