// Whoever wrote a reply hears in the thread that it came back, by name and once.
import { expect, test } from 'vitest'
import { MINUTE } from '../../src/clock.ts'
import { enter } from '../../src/desk/agents.ts'
import { renderReturned } from '../../src/desk/returned-post.ts'
import { checkBlocks } from '../../src/sandbox/slack/blocks.ts'
import { eachDatabase } from '../setup/database.ts'
import { DESK } from '../setup/world.ts'
import { type Board, makeBoard } from './board.ts'

const ADA = 'ada@example.org'

async function answeredBy(board: Board, agent: string): Promise<string> {
  const { world } = board
  await world.customerWrites('Is it in stock?')
  await world.db.transaction((trx) => enter(trx, DESK, { id: agent, name: 'maya', real_name: 'Maya Lindt' } as never))
  const id = await world.agentReplies('Yes.', { agent })
  await board.comeToRest()
  return id
}

/** The posts in the thread that call somebody. */
const calls = (board: Board) => board.thread().filter(({ text }) => text.includes('did not'))

const bounced = (reason: string, address = ADA) => ({
  reason,
  recipients: [{ address, lasting: 'hard' as const, reason }],
})

eachDatabase((open) => {
  test('E14: the author of a reply that bounced is called in its thread within a minute, with the reason, once', async () => {
    const board = await makeBoard(open)
    const { world, maya } = board
    const id = await answeredBy(board, maya)
    await world.replyBounces(id, 'hard', bounced('The address does not exist: 550 5.1.1 <!channel>'))
    const arrived = world.clock.now()
    await board.comeToRest()
    expect(world.clock.now() - arrived).toBeLessThan(MINUTE)
    await world.replyBounces(id, 'hard', { ...bounced('once more'), externalId: 'again' as never })
    await board.comeToRest()
    const [call, ...others] = calls(board)
    expect(others).toEqual([])
    expect(call?.text).toContain(`<@${maya}>`)
    const said = board.read(call)
    expect(said).toContain('your reply to Ada Lovelace did not arrive')
    expect(said).toContain(`${ADA}: The address does not exist: 550 5.1.1 <!channel>`)
    expect(said).toContain('The customer has been waiting since 2026-01-05 09:00 UTC')
    expect(checkBlocks(call?.blocks ?? [], 'message', '/blocks')).toEqual([])
  })

  test('E14: a copy that bounced is told without saying that the customer waits', async () => {
    const board = await makeBoard(open)
    const { world, maya } = board
    world.channel.copies.push({ address: 'bob@example.org' })
    const id = await answeredBy(board, maya)
    await world.replyBounces(id, 'hard', bounced('mailbox full', 'bob@example.org'))
    await board.comeToRest()
    const said = board.read(calls(board)[0])
    expect(said).toContain('did not reach everybody')
    expect(said).toContain('bob@example.org: mailbox full')
    expect(said).not.toContain('waits')
    expect(board.read(board.card())).toContain(
      'Delivered, but not to everybody. Not delivered to bob@example.org: mailbox full',
    )
  })

  test('E14: when the author has left the desk, whoever has the customer now is called, else the leads', async () => {
    const board = await makeBoard(open)
    const { world, maya, lea } = board
    const id = await answeredBy(board, maya)
    await world.db.transaction((trx) =>
      trx.updateTable('agent').set({ left_at: trx.now() }).where('id', '=', maya).execute(),
    )
    await world.replyBounces(id, 'hard', bounced('gone'))
    await board.comeToRest()
    const [call] = calls(board)
    expect(call?.text).toContain(`<@${lea}>`)
    expect(board.read(call)).toContain('the reply of ')
  })

  test('E14: a delay calls nobody; the entry says that their server goes on trying', async () => {
    const board = await makeBoard(open)
    const id = await answeredBy(board, board.maya)
    await board.world.replyBounces(id, 'soft', { reason: 'connection timed out' })
    await board.comeToRest()
    expect(calls(board)).toEqual([])
    const entry = board
      .thread()
      .map(board.read)
      .find((text) => text.includes('Yes.'))
    expect(entry).toContain('Not delivered yet, their server goes on trying: connection timed out')
    expect(entry).not.toContain('tries again by itself')
  })

  test('E14: an answer of Slack’s that is lost leads to no second call', async () => {
    const board = await makeBoard(open)
    const id = await answeredBy(board, board.maya)
    await board.world.replyBounces(id, 'hard', bounced('gone'))
    board.slack.faults.next('chat.postMessage', { status: 500, stored: true })
    await board.comeToRest()
    expect(calls(board)).toHaveLength(1)
  })
})

test('S14: what a server says stays data in a call, however long', () => {
  const view = {
    people: ['U1'],
    author: undefined,
    contact: '<!channel>',
    lost: Array.from({ length: 50 }, (_, n) => ({ address: `${n}@x`, reason: '<@U9>'.repeat(500) })),
    isVoid: true,
    waitingSince: 0,
    card: undefined,
  }
  const { text, blocks } = renderReturned(view)
  expect(checkBlocks(blocks, 'message', '/blocks')).toEqual([])
  expect(text).not.toContain('<!channel>')
})
