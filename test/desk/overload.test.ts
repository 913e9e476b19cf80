// More arrives than the desk's channel takes: one message counts what waits, and the rest is in the home tab.
import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { overloadsHandler } from '../../src/overload.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { DESK, roomOnlyFor } from '../setup/world.ts'
import { makeBoard } from './board.ts'

async function makeCrowd(open: OpenTestDb) {
  const board = await makeBoard(open)
  const { world } = board
  const look = overloadsHandler([DESK])
  const crowded = (key: string) => world.runOutbox(world.instance('first', roomOnlyFor(key)).outbox)
  return {
    ...board,
    async arrive(count: number): Promise<void> {
      for (let n = 0; n < count; n++) {
        await world.customerWrites('Is it in stock?', { from: { address: `c${n}-${world.clock.now()}@example.org` } })
      }
    },
    /** Time goes by in which Slack takes no card, and the program looks at what waits. */
    async waits(ms: number): Promise<void> {
      await world.clock.advance(ms)
      await world.db.transaction((trx) => look(trx, undefined as never))
      await crowded('desk:overload')
      await crowded('desk:update')
    },
    /** Slack takes them again. */
    async catchesUp(): Promise<void> {
      await world.runOutbox()
    },
    said: () =>
      board
        .roots()
        .map((message) => readMessage(message))
        .filter((text) => /conversation/.test(text)),
  }
}

eachDatabase((open) => {
  test('X5: what waits for half a minute to be shown is counted in one message, kept current, and settled when it is over', async () => {
    const desk = await makeCrowd(open)
    await desk.arrive(7)
    await desk.waits(20 * SECOND)
    expect(desk.said()).toEqual([])
    await desk.waits(20 * SECOND)
    expect(desk.said()).toEqual([expect.stringContaining('7 conversations wait to be shown here')])
    expect(desk.said()[0]).toContain('Home tab')
    await desk.arrive(3)
    await desk.waits(MINUTE)
    expect(desk.said()).toEqual([expect.stringContaining('10 conversations wait')])
    await desk.catchesUp()
    await desk.waits(10 * SECOND)
    expect(desk.said()).toEqual([expect.stringContaining('All conversations are shown here again')])
    await desk.waits(MINUTE)
    expect(desk.slack.calls('chat.update').filter(({ args }) => /shown here/.test(String(args.text)))).toHaveLength(2)
  })

  test('X5: a few that wait are not worth a word, and the next crowd gets a message of its own', async () => {
    const desk = await makeCrowd(open)
    await desk.arrive(4)
    await desk.waits(5 * MINUTE)
    expect(desk.said()).toEqual([])
    for (const crowd of [1, 2]) {
      await desk.arrive(6)
      await desk.waits(MINUTE)
      await desk.catchesUp()
      await desk.waits(MINUTE)
      expect(desk.said()).toHaveLength(crowd)
    }
  })

  test('X5: a message about a crowd whose answer was lost is found again and not posted twice', async () => {
    const desk = await makeCrowd(open)
    await desk.arrive(6)
    desk.slack.faults.next('chat.postMessage', { status: 500, stored: true })
    await desk.waits(MINUTE)
    for (let n = 0; n < 4; n++) await desk.waits(MINUTE)
    expect(desk.said()).toEqual([expect.stringContaining('6 conversations wait')])
    await desk.catchesUp()
    await desk.waits(MINUTE)
    expect(desk.said()).toEqual([expect.stringContaining('shown here again')])
  })

  test('X5: a message about a crowd that somebody deleted is no trouble', async () => {
    const desk = await makeCrowd(open)
    await desk.arrive(6)
    await desk.waits(MINUTE)
    desk.slack.faults.next('chat.update', { error: 'message_not_found' })
    await desk.arrive(1)
    await desk.waits(MINUTE)
    await desk.catchesUp()
    await desk.waits(MINUTE)
    expect((await desk.world.effects('overload')).map(({ state }) => state)).not.toContain('queued')
  })
})
