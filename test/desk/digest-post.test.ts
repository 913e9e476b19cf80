import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import { take } from '../../src/conversation.ts'
import { renderMorning } from '../../src/desk/digest-post.ts'
import { deskDay } from '../../src/desk-day.ts'
import { armDigests, dailyHandler } from '../../src/digest.ts'
import { makeOutboxRunner } from '../../src/outbox-runner.ts'
import { countQueue } from '../../src/queue.ts'
import { checkBlocks } from '../../src/sandbox/slack/blocks.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { snooze } from '../../src/snooze.ts'
import { eachDatabase } from '../setup/database.ts'
import { DESK, openLimiter } from '../setup/world.ts'
import { makeBoard } from './board.ts'

const NOW = Date.UTC(2026, 0, 6, 8)
const NONE = { waiting: 0, overdue: 0, dueToday: 0, unassigned: 0, snoozed: 0, undelivered: 0, broken: 0 }

test('a digest of an empty queue says that nobody waits', () => {
  expect(readMessage(renderMorning('Support', NONE, [], NOW))).toContain('Support: nobody waits')
})

test('S14: whatever a customer is called, it stands there literally, and Slack takes the digest', () => {
  const row = {
    ...{ conversationId: 'v_1', channel: 'email:support', channelKind: 'email', address: 'a@example.org' },
    ...{ contactName: '<!channel> <@U1> *x*', subject: null, state: 'open' as const, ownerId: 'U9' },
    ...{ startedAt: NOW - DAY, dueAt: NOW - HOUR, snoozedUntil: null },
  }
  const content = renderMorning('Support', { ...NONE, waiting: 40, overdue: 1 }, Array(15).fill(row), NOW)
  expect(checkBlocks(content.blocks, 'message', '/blocks')).toEqual([])
  expect(readMessage(content)).toContain('<!channel> <@U1> *x*')
  expect(readMessage(content)).toContain('and 25 more')
})

eachDatabase((open) => {
  test('P11: the numbers of the digest are the queue at that instant', async () => {
    const board = await makeBoard(open)
    const { world } = board
    const ids: string[] = []
    for (let n = 1; n <= 4; n++) {
      const from = { address: `customer${n}@example.org`, name: `Customer ${n}` }
      const at = world.clock.now() - n * 8 * HOUR
      ids.push((await world.customerWrites(`Question ${n}`, { from, at })).conversation_id)
    }
    await world.db.transaction(async (trx) => {
      await take(trx, ids[0] ?? '', 'U1')
      await snooze(trx, ids[1] ?? '', { by: 'U1', until: trx.now() + 5 * DAY, isPastDueKnown: true })
    })
    await board.comeToRest()
    const desks = [{ name: 'main', leads: [board.lea], day: deskDay(undefined) }]
    await armDigests(world.db, desks)
    const opening = desks[0]?.day.nextOpening(world.clock.now()) ?? 0
    const runner = makeOutboxRunner({
      ...world.shared,
      ...{ owner: 'first', limiter: openLimiter, handlers: world.handlers },
      local: { daily: dailyHandler(desks) },
    })
    const dues = await world.db.selectFrom('response_window').select('due_at').execute()
    // The ladder stays out of it: only what is due to the digest itself is run.
    await world.db.transaction((trx) => trx.deleteFrom('outbox').where('kind', '=', 'ladder').execute())
    await world.clock.advance(opening - world.clock.now() + MINUTE)
    await world.runOutbox(runner)
    const now = world.clock.now()
    const overdue = dues.filter(({ due_at }) => due_at <= now).length
    const today = dues.filter(({ due_at }) => due_at > now && due_at < deskDay(undefined).end(now)).length
    const dm = board.slack.workspace.dm(board.lea)
    const direct = dm ? board.slack.workspace.messages(dm.id).map((message) => board.read(message)) : []
    const text = direct.find((message) => message.includes('Support') || message.includes('for an answer'))
    expect(text).toContain('4 customers wait for an answer')
    expect(text).toContain(`${overdue} overdue`)
    expect(text).toContain(`${today} due later today`)
    expect(text).toContain('3 that nobody has')
    expect(text).toContain('1 snoozed, still waiting')
    expect(text).not.toContain('broken promise')
    expect(text).toContain(`/archives/${board.channel}/p`)
    const counts = await countQueue(world.db, DESK, now, deskDay(undefined).end(now))
    expect(counts).toMatchObject({ waiting: 4, overdue, dueToday: today, unassigned: 3, snoozed: 1, broken: 0 })
  })
})
