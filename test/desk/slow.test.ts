import { expect, test } from 'vitest'
import type { Db } from '../../src/db/open.ts'
import type { Ack } from '../../src/sandbox/slack/delivery.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { type Stall, stallable } from '../setup/stalled-db.ts'
import { letter, makeTestDesk, type TestDesk, UNDO_MS } from './desk.ts'

const SECOND = 1000

async function makeSlowDesk(open: OpenTestDb, spoil: (db: Db) => Db = (db) => db) {
  let stall: Stall | undefined
  const db = (real: Db) => {
    stall = stallable(real)
    return spoil(stall.db)
  }
  const desk = await makeTestDesk(open, { letters: [letter('hello', 'Hello!')], db })
  if (!stall) throw new Error('the desk took no store')
  return { desk, stall }
}

/** The store stops; the person must have an answer before a second has passed. Then the store goes on. */
async function ackWhileStalled(desk: TestDesk, stall: Stall, act: () => Promise<unknown>): Promise<void> {
  stall.stop()
  const startedAt = desk.world.clock.now()
  const answered = act()
  await desk.slack.waitFor(() => stall.waiting() > 0, 'the desk to ask the store')
  await desk.world.clock.advance(800)
  const answer = await answered
  expect(answer).toMatchObject({ kind: 'acked' })
  expect(desk.world.clock.now() - startedAt).toBeLessThan(SECOND)
}

async function waitForScreen(desk: TestDesk, words: string): Promise<void> {
  await desk.slack.waitFor(async () => {
    await desk.world.clock.advance(100)
    return desk.modals(desk.maya).length > 0 && desk.screen(desk.maya).includes(words)
  }, `a modal that says "${words}"`)
}

eachDatabase((open) => {
  test('S7: Take is acknowledged in time while the database answers nothing, and still counts', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { id, ts } = await desk.card()
    await ackWhileStalled(desk, stall, () => desk.click(desk.maya, ts, 'take'))
    stall.goOn()
    await desk.slack.waitFor(async () => (await desk.world.conversation(id)).owner_id === desk.maya, 'the owner')
  })

  test('S7: Reply opens at once, says "Loading…", and becomes the composer when the data is there', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card('Is it in stock?')
    await ackWhileStalled(desk, stall, () => desk.click(desk.maya, ts, 'reply'))
    await waitForScreen(desk, 'Loading…')
    stall.goOn()
    await waitForScreen(desk, '> Is it in stock?')
  })

  test('a form that cannot be filled says so instead of loading for ever', async () => {
    let isBroken = false
    const { desk, stall } = await makeSlowDesk(open, (db) => ({
      ...db,
      selectFrom: ((...tables: Parameters<typeof db.selectFrom>) => {
        if (isBroken) throw new Error('the disk is gone')
        return db.selectFrom(...tables)
      }) as typeof db.selectFrom,
    }))
    const { ts } = await desk.card()
    await ackWhileStalled(desk, stall, () => desk.click(desk.maya, ts, 'reply'))
    await waitForScreen(desk, 'Loading…')
    isBroken = true
    stall.goOn()
    await waitForScreen(desk, 'could not be filled')
    expect(desk.told(desk.maya)[0]).toContain('could not be filled')
  })

  test('S7: a letter is acknowledged at once and comes when it can', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await ackWhileStalled(desk, stall, () => desk.choose(desk.maya, 'en/hello'))
    stall.goOn()
    await desk.slack.waitFor(() => desk.body(desk.maya) === 'Hello!', 'the letter')
  })

  test('S7: the preview takes its time and keeps the text in sight', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.type(desk.maya, 'Yes, it is.')
    await ackWhileStalled(desk, stall, () => desk.submit(desk.maya))
    expect(desk.screen(desk.maya)).toContain('Preparing the preview')
    expect(desk.screen(desk.maya)).toContain('Yes, it is.')
    stall.goOn()
    await waitForScreen(desk, '[Send to Ada by email]')
  })

  test('S7: closing the composer is acknowledged while the database answers nothing, and its text is kept', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.type(desk.maya, 'Half a thought')
    const composer = desk.front(desk.maya).id
    await ackWhileStalled(desk, stall, async () => {
      await desk.slack.close(desk.maya, composer)
      return { kind: 'acked', payload: {}, tookMs: 0 }
    })
    stall.goOn()
    const kept = async () => (await desk.world.db.selectFrom('kept_draft').selectAll().execute())[0]?.markdown
    await desk.slack.waitFor(async () => (await kept()) === 'Half a thought', 'the draft')
  })

  test('S7: what stands in the way of a late preview is said above the composer, which is still there', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { id, ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.type(desk.maya, 'Yes, it is.')
    const other = await desk.world.customerWrites('Hi', { from: { address: 'eve@example.org' } })
    const { identity_id } = await desk.world.conversation(other.conversation_id)
    await desk.world.db.transaction((trx) =>
      trx.updateTable('conversation').set({ identity_id }).where('id', '=', id).execute(),
    )
    await ackWhileStalled(desk, stall, () => desk.submit(desk.maya))
    stall.goOn()
    await waitForScreen(desk, 'now belongs to somebody else')
    await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    expect(desk.body(desk.maya)).toBe('Yes, it is.')
  })

  test('S7: Send says "Saving…" with the text, then shows Undo, whose time counts from when it is shown', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Yes, it is.')
    // Seen to fail when `respond` awaits the work instead of racing it.
    await ackWhileStalled(desk, stall, () => desk.submit(desk.maya))
    expect(desk.screen(desk.maya)).toContain('Saving your reply')
    expect(desk.screen(desk.maya)).toContain('Yes, it is.')
    stall.goOn()
    await waitForScreen(desk, '[Undo]')

    const shownAt = desk.world.clock.now()
    const [reply] = await desk.world.effects('reply')
    // Since the click 800 ms have gone by, and some more while the form was waited for.
    expect(Number(reply?.due_at) - shownAt).toBeGreaterThan(UNDO_MS - 800)
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toHaveLength(1)
  })

  test('an agent who closes the form while it is being saved hears of it, and can still take it back', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Too hasty')
    await ackWhileStalled(desk, stall, () => desk.submit(desk.maya))
    await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    stall.goOn()
    await desk.slack.waitFor(async () => {
      await desk.world.clock.advance(100)
      return desk.told(desk.maya).length > 0
    }, 'a word to the agent')
    expect(desk.told(desk.maya)[0]).toBe('Your reply to Ada Lovelace is saved and leaves in a moment.')

    const word = desk.slack.workspace.ephemerals.at(-1)
    await desk.click(desk.maya, word?.ts ?? '', 'undo')
    await desk.slack.waitFor(() => desk.told(desk.maya).length > 1, 'the answer to Undo')
    expect(desk.told(desk.maya)[1]).toBe('Taken back. Nothing was sent.')
    await desk.click(desk.maya, desk.slack.workspace.ephemerals.at(-1)?.ts ?? '', 'edit_again')
    await desk.waitForScreen(desk.maya, 'Your answer')
    expect(desk.body(desk.maya)).toBe('Too hasty')
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.sends).toBe(0)
  })

  test('S7: Undo is acknowledged in time and says later what became of it', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Wrong')
    await desk.submit(desk.maya)
    await ackWhileStalled(desk, stall, () => desk.pressUndo(desk.maya))
    stall.goOn()
    await desk.waitForScreen(desk.maya, 'Taken back')
    await ackWhileStalled(desk, stall, () => desk.submit(desk.maya))
    stall.goOn()
    await waitForScreen(desk, 'Your answer')
    expect(desk.body(desk.maya)).toBe('Wrong')
  })

  test('S7, S8: while Slack limits posts and updates, the composer opens and Send is answered as ever', async () => {
    const { desk } = await makeSlowDesk(open)
    const { ts } = await desk.card()
    const wait = { status: 429, retryAfterS: 30 } as const
    for (const method of ['chat.update', 'chat.postMessage']) desk.slack.faults.always(method, wait)
    const { board, post } = desk.room().clients
    await expect(board.chat.update({ channel: desk.channel, ts, text: 'x' })).rejects.toThrow()
    await expect(post.chat.postMessage({ channel: desk.channel, text: 'x' })).rejects.toThrow()

    const acks = [(await desk.click(desk.maya, ts, 'reply')) as Ack]
    await desk.waitForScreen(desk.maya, 'Your answer')
    await desk.type(desk.maya, 'Yes')
    acks.push((await desk.submit(desk.maya)) as Ack, (await desk.submit(desk.maya)) as Ack)
    for (const ack of acks) expect(ack.kind === 'acked' ? ack.tookMs : Number.POSITIVE_INFINITY).toBeLessThan(SECOND)
    expect(desk.screen(desk.maya)).toContain('[Undo]')
  })

  test('a store that fails while saving asks the agent to press again, and pressing again sends once', async () => {
    let fails = 0
    const desk = await makeTestDesk(open, {
      db: (real) => ({
        ...real,
        transaction: async (work) => {
          if (fails-- > 0) throw new Error('the disk is full')
          return await real.transaction(work)
        },
      }),
    })
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Yes, it is.')
    fails = 1
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('Saving did not work just now')
    expect(desk.screen(desk.maya)).toContain('Yes, it is.')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('[Undo]')
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toHaveLength(1)
  })

  test('S7: a command is answered in time while the database answers nothing, and in full when it does', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { maya, slack, channel } = desk
    await ackWhileStalled(desk, stall, () => slack.command(maya, channel, '/desk', 'away 2h'))
    expect(desk.told(maya)).toEqual(['One moment…'])
    stall.goOn()
    await slack.waitFor(() => desk.told(maya).length === 2, 'the answer')
    expect(desk.told(maya)[1]).toContain('You are away until')
    expect(await desk.world.facts('agent-away')).toHaveLength(1)
  })

  test('S7, W8: No reply needed says "Loading…" and "Saving…" while the database answers nothing, and counts once', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { maya, world, slack, channel } = desk
    const { id } = await desk.card('Thanks!')
    const button = (name: string) => ({
      type: 'button' as const,
      action_id: name,
      text: { type: 'plain_text' as const, text: name },
      value: id,
    })
    const blocks = [{ type: 'actions' as const, elements: [button('waive'), button('close')] }]
    const { ts = '' } = await desk.room().clients.post.chat.postMessage({ channel, text: 'More', blocks })
    await ackWhileStalled(desk, stall, () => desk.click(maya, ts, 'close'))
    stall.goOn()
    await slack.waitFor(() => desk.told(maya)[0]?.includes('Not closed'), 'the two ways out')
    await ackWhileStalled(desk, stall, () => desk.click(maya, ts, 'waive'))
    await waitForScreen(desk, 'Loading…')
    expect(desk.screen(maya)).toContain('No reply needed')
    stall.goOn()
    await waitForScreen(desk, 'Why does this need no reply?')
    await slack.choose(maya, desk.front(maya).id, 'reason', 'reason', 'thanks')
    await ackWhileStalled(desk, stall, () => desk.submit(maya))
    expect(desk.screen(maya)).toContain('Saving…')
    stall.goOn()
    await waitForScreen(desk, 'Saved: this needs no reply.')
    expect(await world.facts('no-reply-needed')).toHaveLength(1)
  })

  test('S7, Q15: a hand-over that cannot be saved in time keeps its words in sight, and is saved once', async () => {
    const { desk, stall } = await makeSlowDesk(open)
    const { maya, tom, world, channel } = desk
    const { id } = await desk.card()
    const elements = [
      {
        type: 'button' as const,
        action_id: 'assign',
        text: { type: 'plain_text' as const, text: 'Assign' },
        value: id,
      },
    ]
    const blocks = [{ type: 'actions' as const, elements }]
    const { ts = '' } = await desk.room().clients.post.chat.postMessage({ channel, text: 'More', blocks })
    await desk.click(maya, ts, 'assign')
    await waitForScreen(desk, 'To whom?')
    const { slack } = desk
    await slack.choose(maya, desk.front(maya).id, 'to', 'to', tom)
    await slack.type(maya, desk.front(maya).id, 'note', 'note', 'Asked twice already.')
    await ackWhileStalled(desk, stall, () => desk.submit(maya))
    expect(desk.screen(maya)).toContain('Saving…')
    expect(desk.screen(maya)).toContain('Asked twice already.')
    stall.goOn()
    await waitForScreen(desk, `Saved: @${tom} has this conversation now.`)
    expect(await world.facts('conversation-assigned')).toHaveLength(1)
  })
})
