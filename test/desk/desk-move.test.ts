// A conversation that goes to another desk: its card, its history, its clock, and who may see and do what.
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import { checkWindows } from '../../src/rebuild.ts'
import { mentions } from '../../src/sandbox/slack/mentions.ts'
import { readBlocks, readMessage } from '../../src/sandbox/slack/read.ts'
import { schedule } from '../../src/scheduled.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { always, calendarPolicy } from '../setup/policy.ts'
import { takeIn } from '../setup/searching.ts'
import { makeActingDesk } from './acting.ts'

const ANN = { from: { address: 'ann@example.org', name: 'Ann' }, subject: 'Order 1' }

/** Besides the desk that is always there one for bills, where Bea and Lou are, and where answers take two days. */
async function makeTwoDesks(open: OpenTestDb) {
  const slow = calendarPolicy(48, { name: 'slow' })
  const policies = {
    ...always(calendarPolicy()),
    choose: ({ desk }: { desk: string }) => (desk === 'billing' ? slow : calendarPolicy()),
  }
  const desk = await makeActingDesk(open, { policies })
  const { slack } = desk
  const bea = slack.addUser({ name: 'bea', realName: 'Bea Bill' }).id
  const lou = slack.addUser({ name: 'lou', realName: 'Lou Lead' }).id
  const billing = slack.addChannel({ name: 'billing', isPrivate: true, members: [slack.app.botUserId, bea] }).id
  desk.desks.push({ name: 'billing', title: 'Billing <!here>', channel: billing, undoMs: 0, leads: [lou], backup: [] })
  await desk.desk().syncAgents()
  const roots = (channel: string) => slack.workspace.messages(channel).filter(({ botId }) => botId === slack.app.botId)
  const threadIn = (channel: string, ts: string) =>
    slack.workspace.thread(channel, ts).map((message) => readMessage(message, slack.names))
  const find = async (who: string, words: string) => {
    await takeIn(desk.world)
    await slack.command(
      who,
      slack.addChannel({ name: `lobby${slack.workspace.channels.size}`, members: [slack.app.botUserId, who] }).id,
      '/desk',
      words,
    )
    const said = slack.workspace.ephemerals.findLast(({ user }) => user === who)
    return said?.blocks?.length ? readBlocks(said.blocks, slack.names) : (said?.text ?? '')
  }
  const move = async (who: string, note: string) => {
    await desk.more(who, 'desk_move')
    await desk.waitForScreen(who, 'To which desk?')
    await desk.pick(who, 'to', 'billing')
    await desk.fill(who, 'note', note)
    await desk.submit(who)
  }
  return { ...desk, bea, lou, billing, roots, threadIn, find, move }
}

eachDatabase((open) => {
  test('Q18, Q15: moved to another desk, a conversation takes all that was said along and leaves nothing but where it went', async () => {
    const desk = await makeTwoDesks(open)
    const { world, slack, maya, bea, billing } = desk
    const id = await desk.customerWrites('Where is my secret bill?', ANN)
    await desk.press(maya, 'take')
    slack.say(maya, desk.channel, 'She called twice', { threadTs: desk.card().ts })
    await desk.eventsIn()
    await world.agentReplies('We look into it.', { conversation: id, agent: maya })
    await world.clock.advance(HOUR)
    await world.customerWrites('And?', ANN)
    await desk.settle()
    const old = desk.card()
    const [, before] = await world.windows(id)

    await desk.move(maya, '  ')
    expect(desk.errors(maya)).toContain('Write a line or two')
    await desk.fill(maya, 'note', 'She wants the bill again.')
    await desk.submit(maya)
    expect(desk.isModalOpen(maya)).toBe(false)
    await desk.settle()

    const shown = readMessage(slack.workspace.message(desk.channel, old.ts) ?? old, slack.names)
    expect(shown).toMatch(/Ann.*Moved to the desk Billing <!here> by @maya/s)
    expect(shown).not.toMatch(/secret|And\?|\[/)
    expect(await world.conversation(id)).toMatchObject({ desk: 'billing', owner_id: null, card_channel: billing })
    const [card] = desk.roots(billing)
    expect(readMessage(card ?? old, slack.names)).toMatch(/Ann.*And\?.*nobody has it yet/s)
    const thread = desk.threadIn(billing, card?.ts ?? '').slice(1)
    expect(thread).toHaveLength(5)
    for (const [n, words] of [
      'Where is my secret bill?',
      'Maya Lindt noted',
      'We look into it.',
      'And?',
      'Maya Lindt moved this here from the desk Support',
    ].entries())
      expect(thread[n]).toContain(words)
    expect(thread[1]).toContain('She called twice')
    expect(thread[4]).toContain('She wants the bill again.')

    // The window is the same one, by the promise of the other desk.
    const after = await world.openWindow(id)
    expect(after).toMatchObject({ id: before?.id, started_at: before?.started_at, policy: 'slow', desk: 'billing' })
    expect(after?.due_at).toBe((before?.started_at ?? 0) + 2 * DAY)
    expect((await checkWindows(world.db)).differences).toEqual([])
    const [fact] = await world.facts('conversation-moved')
    expect(fact).toMatchObject({ actor: maya, data: JSON.stringify({ from: 'main', to: 'billing', owner: maya }) })

    // Whoever is at one desk alone sees and does nothing at the other.
    expect(await desk.find(maya, 'find secret')).toContain('Nothing is found')
    expect(await desk.find(bea, 'find secret')).toContain('Ann')
    await slack.click(bea, { channel: billing, ts: card?.ts ?? '', actionId: 'take' })
    expect((await world.conversation(id)).owner_id).toBe(bea)
    slack.say(maya, desk.channel, 'Still mine?', { threadTs: old.ts })
    await desk.eventsIn()
    const notes = await world.db.selectFrom('message').select('text').where('direction', '=', 'note').execute()
    expect(notes.map(({ text }) => text)).not.toContain('Still mine?')
    const again = await world.customerWrites('Thanks', ANN)
    expect(again.conversation_id).toBe(id)
    await desk.settle()
    expect(desk.threadIn(billing, card?.ts ?? '').at(-1)).toContain('Thanks')
    expect(desk.threadIn(desk.channel, old.ts).join('\n')).not.toContain('Thanks')
  })

  test('Q18, W9: the ladder goes on at the new desk, tells nobody of the old one, and repeats no ping', async () => {
    const desk = await makeTwoDesks(open)
    const { world, slack, maya, lea, lou } = desk
    const id = await desk.customerWrites('Where is my secret bill?', ANN)
    const pings = (who: string) => slack.workspace.messages(slack.dm(who).id).map((message) => readMessage(message))
    await world.passTime(23 * HOUR)
    const later = await world.agentPreviews('Tomorrow.', { agent: maya, conversation: id })
    const sendAt = world.clock.now() + DAY
    await world.db.transaction((trx) => schedule(trx, later, { agentId: maya, sendAt, isPastDueKnown: true }))
    await desk.settle()
    await desk.move(maya, 'For you.')
    await desk.settle()
    const said = desk.threadIn(desk.billing, desk.roots(desk.billing)[0]?.ts ?? '').join()
    expect(said).toMatch(/@lou .*was not sent: its author is not at this desk/s) // Told now, and not when it should have left.
    await desk.comeDue(2)
    expect([pings(lea), pings(lou)]).toEqual([[], []])
    await desk.comeDue(24)
    expect(pings(lea)).toEqual([])
    expect(pings(lou)).toEqual([expect.stringContaining('secret bill')])
    await world.passTime(DAY)
    expect(pings(lou)).toHaveLength(1)
    expect((await world.windows(id)).map(({ desk: at }) => at)).toEqual(['billing'])
  })

  test('P3, Q18: what comes overdue, when no step of its ladder is left, calls the leads of the new desk once, and is seen to be late', async () => {
    const desk = await makeTwoDesks(open)
    const { world, slack, maya, lea, bea, lou, billing } = desk
    const pings = (who: string) => slack.workspace.messages(slack.dm(who).id).map((message) => readMessage(message))
    await desk.customerWrites('Where is my secret bill?', ANN)
    await desk.comeDue(50)
    expect(pings(lea)).toHaveLength(1)
    Object.assign(desk.desks.at(-1) ?? {}, { leads: [lou, bea] })
    await desk.move(maya, 'For you.')
    await desk.settle()
    await desk.comeDue(0)
    const [card] = desk.roots(billing)
    expect(readMessage(card ?? desk.card(), slack.names)).toContain('overdue')
    const line = slack.workspace.thread(billing, card?.ts ?? '').at(-1)
    expect(mentions(line as never)).toEqual([lou, bea])
    expect(readMessage(line ?? desk.card(), slack.names)).toContain('all reminders of it went to the desk Support')
    expect(pings(lou)).toEqual([expect.stringContaining('secret bill')]) // Who leads the desk from outside of its channel.
    expect(pings(bea)).toEqual([])
    await world.passTime(2 * DAY)
    expect(pings(lou)).toHaveLength(1)
    expect(pings(lea)).toHaveLength(1)
    expect(desk.threadIn(billing, card?.ts ?? '').filter((said) => said.includes('all reminders'))).toHaveLength(1)
    expect(await world.facts('step-fired')).toHaveLength(1)
  })

  test('Q18: who was told at the old desk reads there only that it went, and a joined one goes along and can be parted', async () => {
    const desk = await makeTwoDesks(open)
    const { world, slack, maya, lea, lou, billing } = desk
    const bob = await desk.customerWrites('I ask for Ann', { from: { address: 'bob@example.org' }, subject: 'Order 2' })
    const link = `https://example.slack.com/archives/${desk.channel}/p${desk.card().ts.replace('.', '')}`
    await world.clock.advance(MINUTE)
    const ann = await desk.customerWrites('Where is my secret bill?', ANN)
    await desk.comeDue(25)
    expect(desk.shownPing()).toContain('secret')
    await desk.more(maya, 'join_with')
    await desk.waitForScreen(maya, 'the link to its card')
    await desk.fill(maya, 'link', link)
    await desk.submit(maya)
    await desk.settle()
    const { card_ts: ts } = await world.conversation(bob)
    await slack.click(maya, { channel: desk.channel, ts: ts ?? '', actionId: 'more', value: `more ${bob}` })
    await desk.waitForScreen(maya, 'To another desk')
    await slack.click(maya, { viewId: desk.front(maya).id, actionId: 'desk_move' })
    await desk.waitForScreen(maya, 'To which desk?')
    await desk.pick(maya, 'to', 'billing')
    await desk.fill(maya, 'note', 'Both of them.')
    await desk.submit(maya)
    await desk.settle()
    const told = slack.workspace.messages(slack.dm(lea).id).map((message) => readMessage(message))
    expect(told.join('\n')).not.toMatch(/secret|\[Reply/)
    expect(told.join('\n')).toContain('with another desk now')
    expect(slack.workspace.messages(slack.dm(lou).id)).toEqual([])
    expect(await world.conversation(ann)).toMatchObject({ desk: 'billing', card_channel: billing })
    const cards = desk.roots(billing)
    expect(cards.map((card) => readMessage(card)).join('\n')).toMatch(/Joined to Order 2.*\[Part them\]/s)
    const joined = cards.find((card) => readMessage(card).includes('[Part them]'))
    await slack.click(desk.bea, { channel: billing, ts: joined?.ts ?? '', actionId: 'part' })
    expect(await world.openWindow(ann)).toMatchObject({ desk: 'billing' })
    expect((await checkWindows(world.db)).differences).toEqual([])
  })
})
