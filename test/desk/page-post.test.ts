import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import { setTier } from '../../src/tier.ts'
import { eachDatabase } from '../setup/database.ts'
import { LEADS, step } from '../setup/policy.ts'
import { type Board, makeBoard } from './board.ts'

const DUE_ASSIGNEE = step('due', ({ dueAt }) => dueAt, { to: [{ kind: 'assignee' }] })
const DUE_DESK = step('due', ({ dueAt }) => dueAt, { to: [{ kind: 'desk' }] })

eachDatabase((open) => {
  test.each(['the desk’s backup', 'whom they named before any other'])(
    'P2: an owner who said that they are away is replaced by %s, who is told why',
    async (whom) => {
      const board = await makeBoard(open, { policy: { ladder: [DUE_ASSIGNEE] } })
      const tom = board.slack.addUser({ name: 'tom', realName: 'Tom Okafor' }).id
      const isNamed = whom !== 'the desk’s backup'
      board.connect(undefined, { backup: [isNamed ? board.lea : tom] })
      await overdue(board, async (id) => {
        await own(board, id, board.maya)
        await say(board, { away_until: board.world.clock.now() + 3 * DAY, ...(isNamed && { stand_in: tom }) })
      })
      expect([board.maya, board.lea].flatMap((who) => dmsTo(board, who))).toEqual([])
      expect(dmsTo(board, tom)).toHaveLength(1)
      expect(dmsTo(board, tom)[0]).toContain('In place of @')
      expect(dmsTo(board, tom)[0]).toContain('away')
    },
  )

  test.each(['deactivated', 'left'])('P2: an owner who is %s is replaced as well', async (how) => {
    const board = await makeBoard(open, { policy: { ladder: [DUE_ASSIGNEE] } })
    await overdue(board, async (id) => {
      await own(board, id, board.maya)
      if (how === 'left') await say(board, { left_at: board.world.clock.now() })
      else board.slack.changeUser(board.maya, { isDeactivated: true })
    })
    expect(dmsTo(board, board.maya)).toEqual([])
    expect(dmsTo(board, board.lea)).toHaveLength(1)
  })

  test('P2: a lead who left the desk’s channel is pinged all the same', async () => {
    const board = await makeBoard(open)
    await overdue(board, async (id) => {
      await own(board, id, board.lea)
      await say(board, { left_at: board.world.clock.now() })
    })
    expect(dmsTo(board, board.lea)).toHaveLength(1)
  })

  test('W12: after a downtime whoever an earlier step names is told as well, once', async () => {
    const late = step('+4h', ({ dueAt }) => dueAt + 4 * HOUR, { to: [{ kind: 'assignee' }] })
    const board = await makeBoard(open, { policy: { ladder: [step('due', ({ dueAt }) => dueAt), late] } })
    const { conversation_id } = await board.world.customerWrites('Hello?')
    await board.comeToRest()
    await own(board, conversation_id, board.maya)
    await board.world.clock.advance(30 * HOUR)
    await board.world.restart()
    await board.comeToRest()
    expect(dmsTo(board, board.lea)).toHaveLength(1)
    expect(dmsTo(board, board.maya)).toHaveLength(1)
  })

  test('P2: what a desk that was taken out of the configuration owes falls to another, and holds nobody up', async () => {
    const board = await makeBoard(open)
    await overdue(board, async () => {
      const away = { desk: 'gone' }
      await board.world.db.transaction(async (trx) => {
        await trx.updateTable('conversation').set(away).execute()
        await trx.updateTable('response_window').set(away).execute()
        await trx.deleteFrom('outbox').where('kind', 'in', ['card', 'entry']).execute()
      })
    })
    expect(dmsTo(board, board.lea)).toHaveLength(1)
  })

  test('an owner who is there is told, and nobody else', async () => {
    const board = await makeBoard(open, { policy: { ladder: [DUE_ASSIGNEE] } })
    await overdue(board, (id) => own(board, id, board.maya))
    expect(dmsTo(board, board.maya)).toHaveLength(1)
    expect(dmsTo(board, board.lea)).toEqual([])
  })

  test('P8: in quiet hours a ping waits for their end, and says then how late it truly is', async () => {
    const quiet = {
      until: (at: number) => (at < dueAt + 3 * HOUR ? dueAt + 3 * HOUR : undefined),
      exceptTiers: ['gold'],
    }
    let dueAt = Infinity
    const board = await makeBoard(open, { desk: { quiet } })
    const { world } = board
    const { arrived_at } = await world.customerWrites('Hello?')
    dueAt = arrived_at + DAY
    await board.comeToRest()
    await world.passTime(DAY)
    await world.passTime(3 * HOUR - MINUTE)
    expect(dmsTo(board, board.lea)).toEqual([])
    await world.passTime(MINUTE)
    await board.comeToRest()
    expect(dmsTo(board, board.lea)[0]).toContain('has waited 1 day 3 hours')
  })

  test('P8: a ping that is put back by a bounce at night waits for the morning as well', async () => {
    let quietFrom = Infinity
    const quiet = {
      until: (at: number) => (at >= quietFrom && at < quietFrom + 8 * HOUR ? quietFrom + 8 * HOUR : undefined),
      exceptTiers: [],
    }
    const board = await makeBoard(open, { desk: { quiet } })
    const { world } = board
    await world.customerWrites('Hello?')
    const reply = await world.agentReplies('Yes.')
    await board.comeToRest()
    await world.passTime(2 * DAY)
    quietFrom = world.clock.now()
    await world.replyBounces(reply)
    await world.passTime(2 * HOUR)
    expect(dmsTo(board, board.lea)).toEqual([])
    await world.passTime(6 * HOUR)
    await board.comeToRest()
    expect(dmsTo(board, board.lea)).toHaveLength(1)
  })

  test('P8: a tier that may disturb is pinged about at once', async () => {
    const quiet = { until: (at: number) => at + 8 * HOUR, exceptTiers: ['gold'] }
    const board = await makeBoard(open, { desk: { quiet } })
    await overdue(board, async () => {
      const { db, policies } = board.world
      const { id } = await db.selectFrom('contact').select('id').executeTakeFirstOrThrow()
      await db.transaction((trx) => setTier(trx, id, 'gold', { agentId: 'U1', policies }))
    })
    expect(dmsTo(board, board.lea)).toHaveLength(1)
  })

  test.each(['conversation', 'message in another'])(
    'P12: in a channel a restricted %s shows nothing of its content; to a person it does',
    async (what) => {
      const board = await makeBoard(open, { policy: { ladder: [{ ...DUE_DESK, to: [{ kind: 'desk' }, LEADS] }] } })
      const isOwn = what === 'conversation'
      board.restricted.add(isOwn ? 'email:support' : 'email:doctor')
      const came = () => (isOwn ? Promise.resolve() : comeBy(board, 'email:doctor'))
      await overdue(board, came, 'My secret illness')
      const posts = board.roots().map((message) => board.read(message))
      const ping = posts.find((text) => text.includes('An answer is overdue'))
      expect(ping).toContain('A restricted conversation')
      expect(ping).not.toContain('secret')
      expect(ping).not.toContain('Ada')
      expect(dmsTo(board, board.lea)[0]).toContain('My secret illness')
    },
  )
})

/** A customer writes, something happens, and the window runs out. */
async function overdue(board: Board, meanwhile: (id: string) => Promise<unknown>, text = 'Hello?'): Promise<void> {
  const { conversation_id } = await board.world.customerWrites(text)
  await board.comeToRest()
  await meanwhile(conversation_id)
  await board.world.passTime(DAY)
  await board.world.passTime(2 * SECOND)
  await board.comeToRest()
}

/** As if what was said had come by another mailbox, and was joined to this conversation. */
async function comeBy({ world }: Board, channel: string): Promise<void> {
  await world.db.transaction((trx) => trx.updateTable('message_source').set({ channel }).execute())
}

async function own({ world }: Board, id: string, agent: string): Promise<void> {
  await world.db.transaction(async (trx) => {
    await trx
      .insertInto('agent')
      .values({ id: agent, desk: 'main', name: 'Maya', email: null, joined_at: 0, left_at: null, away_until: null })
      .execute()
    await trx.updateTable('conversation').set({ owner_id: agent }).where('id', '=', id).execute()
  })
}

async function say(
  { world }: Board,
  change: { away_until?: number; left_at?: number; stand_in?: string },
): Promise<void> {
  await world.db.transaction((trx) => trx.updateTable('agent').set(change).execute())
}

function dmsTo(board: Board, person: string): string[] {
  const dm = board.slack.workspace.dm(person)
  return dm ? board.slack.workspace.messages(dm.id).map((message) => board.read(message)) : []
}
