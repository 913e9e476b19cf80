import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../src/clock.ts'
import { insertNote } from '../src/message.ts'
import { listParts } from '../src/part.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA } from './setup/fake-channel.ts'
import { makeWorld } from './setup/world.ts'

eachDatabase((open) => {
  // Fails when send() in src/reply.ts skips the check `draft.sent_at !== null`. Seen to fail.
  test('Q6: five clicks on Send at once send one message', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Yes.')
    const clicks = await Promise.all([1, 2, 3, 4, 5].map(() => world.agentSends(draftId)))
    expect(clicks.filter((click) => click.kind === 'queued')).toHaveLength(1)
    expect(clicks.filter((click) => click.kind === 'sent-before' && click.messageId === draftId)).toHaveLength(4)
    await world.passTime(MINUTE)
    expect(world.channel.delivered).toEqual([{ to: ADA, text: 'Yes.' }])
    expect(await world.effects('reply')).toHaveLength(1)
    expect(await world.count('message')).toBe(2)
  })

  test('Q6: a Send that is repeated after the program was restarted sends nothing more', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentReplies('Yes.')
    await world.restart()
    expect(await world.agentSends(draftId)).toEqual({ kind: 'sent-before', messageId: draftId })
    await world.passTime(MINUTE)
    expect(world.channel.delivered).toHaveLength(1)
    expect(await world.effects('reply')).toHaveLength(1)
  })

  test('Q6: a click that was committed before the program died is delivered by the next one, once', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    await world.agentSends(await world.agentPreviews('Yes.'))
    await world.restart()
    await world.passTime(MINUTE)
    await world.restart()
    await world.passTime(MINUTE)
    expect(world.channel.delivered).toEqual([{ to: ADA, text: 'Yes.' }])
  })

  test('Q8: a reply that is undone in time never leaves, and the agent gets the text back', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Yes.')
    await world.agentSends(draftId, { undoMs: 10 * SECOND })
    await world.passTime(9 * SECOND)
    expect(await world.agentUndoes(draftId)).toEqual({ kind: 'undone', markdown: 'Yes.' })
    await world.passTime(MINUTE)
    expect(world.channel.sends).toBe(0)
    expect((await world.message(draftId)).delivery).toBe('undone')
    expect(await world.openWindow()).toBeDefined()
    expect(await world.facts('reply-undone')).toHaveLength(1)
  })

  test('Q8: after the time has passed the agent is told that it is too late', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentReplies('Yes.')
    expect(await world.agentUndoes(draftId)).toEqual({ kind: 'too-late' })
    expect((await world.message(draftId)).delivery).toBe('accepted')
    expect(await world.facts('reply-undone')).toEqual([])
  })

  test('Q8: a second press on Undo is no second fact, and a colleague cannot undo', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Yes.')
    await world.agentSends(draftId)
    expect(await world.agentUndoes(draftId, 'U2')).toEqual({ kind: 'refused' })
    await world.agentUndoes(draftId)
    expect((await world.agentUndoes(draftId)).kind).toBe('undone')
    expect(await world.facts('reply-undone')).toHaveLength(1)
  })

  test('Q8: what has partly reached the customer cannot be undone any more', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'accepted' }, { kind: 'temporary', account: true })
    const draftId = await world.agentReplies('Yes.\n\nAnd it ships today.')
    expect(world.channel.delivered).toHaveLength(1)
    expect(await world.agentUndoes(draftId)).toEqual({ kind: 'too-late' })
  })

  test('Q5: what arrived since the composer was opened stops the reply until the agent has seen it', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Yes.')
    const news = await world.customerWrites('Never mind.')
    const stopped = await world.agentSends(draftId)
    expect(stopped).toMatchObject({ kind: 'stale', news: [{ id: news.id }], seenSeq: news.seq })
    expect(await world.effects('reply')).toEqual([])
    expect((await world.agentSends(draftId, { confirmedSeq: news.seq })).kind).toBe('queued')
    await world.passTime(MINUTE)
    expect(await world.openWindow()).toMatchObject({ started_by: news.id }) // It was seen, not answered.
  })

  test("Q5: a colleague's reply stops it too; one's own, and a note, do not", async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Yes.')
    const conversation = await world.conversation()
    await world.db.transaction((trx) =>
      insertNote(trx, conversation, { externalId: 'n', author: 'U2', text: 'busy', at: 0 }),
    )
    await world.agentReplies('One moment.', { agent: 'U1' })
    expect((await world.agentSends(draftId)).kind).toBe('queued')
    const second = await world.agentPreviews('It is.')
    await world.agentSends(await world.agentPreviews('Bob here.', { agent: 'U2' }), { agent: 'U2' })
    expect(await world.agentSends(second)).toMatchObject({ kind: 'stale', news: [{ author: 'U2' }] })
  })

  test('T2: what was previewed is what leaves, to the person the preview named', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Dear **Ada**, yes.')
    const before = await listParts(world.db, draftId)
    await world.agentSends(draftId)
    await world.passTime(MINUTE)
    expect(world.channel.delivered).toEqual([{ to: ADA, text: before[0]?.preview }])
    expect((await listParts(world.db, draftId)).map((part) => part.body)).toEqual(before.map((part) => part.body))
  })

  test("a colleague's draft, and one that is gone, are not sent", async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    const draftId = await world.agentPreviews('Yes.')
    expect(await world.agentSends(draftId, { agent: 'U2' })).toMatchObject({ kind: 'refused' })
    expect(await world.agentSends('m_gone')).toMatchObject({ kind: 'refused' })
    expect(await world.effects('reply')).toEqual([])
  })

  test('the first to reply becomes the owner, and a reply by somebody else changes no owner', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    await world.agentReplies('Yes.', { agent: 'U1' })
    expect((await world.conversation()).owner_id).toBe('U1')
    await world.agentSends(await world.agentPreviews('It is.', { agent: 'U2' }), { agent: 'U2' })
    expect((await world.conversation()).owner_id).toBe('U1')
  })

  test('replies of one conversation leave in their order, and none overtakes one that has to wait', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Is it in stock?')
    world.channel.fates.push({ kind: 'temporary', retryAfterMs: MINUTE })
    await world.agentReplies('One.')
    await world.agentReplies('Two.')
    expect(world.channel.delivered).toEqual([])
    await world.passTime(5 * MINUTE)
    expect(world.channel.delivered.map((part) => part.text)).toEqual(['One.', 'Two.'])
  })
})
