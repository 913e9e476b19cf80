// An emoji on a card.
import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('S6, S18, Q18: 👀 takes and ✅ closes for people of the desk; others do nothing, and what is not done is said', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, channel, maya, tom, lea } = desk
    const id = await desk.customerWrites('Is it in stock?')
    const { ts } = desk.card()
    const put = async (who: string, name: string, on = ts) => {
      slack.react(who, channel, on, name)
      await desk.eventsIn()
      await desk.settle()
    }
    const updates = () => slack.calls('chat.update').length

    // Somebody who is in the channel and no agent, a word that is no deed, and a message that is no card.
    const guest = slack.addUser({ name: 'guest', isGuest: true }).id
    slack.join(guest, channel)
    await desk.eventsIn()
    await put(guest, 'eyes')
    await put(maya, 'tada')
    await put(maya, 'eyes', desk.threadMessages()[0]?.ts)
    expect(await world.conversation(id)).toMatchObject({ owner_id: null, state: 'new' })
    expect((await world.facts('action-refused')).map(({ actor, data }) => [actor, JSON.parse(data)])).toEqual([
      [guest, { action: 'take-by-emoji', reason: 'not-a-member' }],
    ])
    expect(desk.told(guest)).toEqual([])

    // Two at the same moment: one has it, the other hears who.
    const before = updates()
    slack.react(maya, channel, ts, 'eyes')
    slack.react(tom, channel, ts, 'eyes')
    await desk.eventsIn()
    await desk.settle()
    const { owner_id: owner } = await world.conversation(id)
    const other = owner === maya ? tom : maya
    expect([maya, tom]).toContain(owner)
    expect(desk.told(other)).toEqual([`<@${owner}> has this one already.`])
    expect(desk.told(owner ?? '')).toEqual([])
    expect(updates() - before).toBeLessThanOrEqual(2)
    expect(desk.shownCard()).toContain('has it')
    slack.unreact(owner ?? '', channel, ts, 'eyes')
    await desk.eventsIn()
    expect((await world.conversation(id)).owner_id).toBe(owner)

    // Closing what waits shows the ways out, and their buttons work.
    await put(maya, 'white_check_mark')
    expect((await world.conversation(id)).state).toBe('open')
    const said = slack.workspace.ephemerals.findLast(({ user }) => user === maya)
    expect(said?.text).toContain('Not closed: this customer waits for an answer')
    await slack.click(maya, { channel, ts: said?.ts ?? '', actionId: 'waive' })
    await desk.waitForScreen(maya, 'Why does this need no reply?')
    await world.agentReplies('Yes.', { conversation: id, agent: maya })
    slack.join(lea, channel)
    await desk.eventsIn()
    await put(lea, 'white_check_mark::skin-tone-3')
    expect((await world.conversation(id)).state).toBe('closed')
    expect((await world.facts('conversation-closed')).map(({ actor }) => actor)).toEqual([lea])
    slack.unreact(lea, channel, ts, 'white_check_mark::skin-tone-3')
    await desk.eventsIn()
    expect((await world.conversation(id)).state).toBe('closed')
    await put(tom, 'white_check_mark')
    expect(await world.facts('conversation-closed')).toHaveLength(1)
  })
})
