import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { makeTestDesk } from './desk.ts'

eachDatabase((open) => {
  test('Q4, S6: of fifty agents who click Take at once one has the conversation, and 49 are told who', async () => {
    const desk = await makeTestDesk(open)
    const { slack, channel } = desk
    const agents = Array.from({ length: 50 }, (_, n) => slack.addUser({ name: `agent${n}` }).id)
    for (const id of agents) slack.join(id, channel)
    await desk.eventsIn()
    const { id, ts } = await desk.card()

    const acks = await Promise.all(agents.map((agent) => desk.click(agent, ts, 'take')))

    expect(acks.every(({ kind }) => kind === 'acked')).toBe(true)
    const { owner_id: owner } = await desk.world.conversation(id)
    expect(agents).toContain(owner)
    const losers = agents.filter((agent) => agent !== owner)
    await slack.waitFor(() => losers.every((agent) => desk.told(agent).length > 0), 'every loser to be told')
    for (const loser of losers) expect(desk.told(loser)).toEqual([`<@${owner}> has this one already.`])
    expect(desk.told(owner ?? '')).toEqual([])
    expect(await desk.world.facts('conversation-taken')).toHaveLength(1)
    expect(await desk.world.facts('take-refused')).toHaveLength(49)
  })

  test('taking what one has already changes nothing and says so', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.click(desk.maya, ts, 'take')
    await desk.click(desk.maya, ts, 'take')
    await desk.slack.waitFor(() => desk.told(desk.maya).length > 0, 'a word')
    expect(desk.told(desk.maya)).toEqual(['You have this one already.'])
    expect(await desk.world.facts('conversation-taken')).toHaveLength(1)
  })
})
