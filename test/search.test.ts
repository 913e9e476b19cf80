// Finding what was said: by whom, in which words, under which number, in which file.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { take } from '../src/conversation.ts'
import { parseSearch } from '../src/search-query.ts'
import { snippetOf } from '../src/snippet.ts'
import { eachDatabase } from './setup/database.ts'
import { find, findIds, takeIn } from './setup/searching.ts'
import { DESK, makeWorld } from './setup/world.ts'

eachDatabase((open) => {
  test('X6: a conversation is found by name, address, subject, text, number, folded quote and the name of a file', async () => {
    const world = await makeWorld(open)
    const text = 'Где мой заказ? It is order AB-4711.\n\n> Grüße aus Łódź, my old words'
    const { conversation_id: id } = await world.customerWrites(text, {
      from: { address: 'ana.ruiz@customer.test', name: 'Ana Ruíz' },
      subject: 'Lampe zerbrochen',
      attachments: [{ name: 'Rechnung_März.pdf', type: 'application/pdf', bytes: 10, ref: '1' }],
    })
    await world.customerWrites('Something else', { from: { address: 'eve@example.org' } })
    await takeIn(world)
    const queries = [
      ...['ana ruiz', 'RUÍZ', 'ana.ruiz@customer.test', 'customer.test', 'ana.ru'],
      ...['lampe', 'zerbr', 'заказ', 'order 4711', 'AB-4711', 'ab 47', '"order ab 4711"'],
      ...['grusse', 'Grüße', 'lodz', '"my old words"', 'rechnung_marz.pdf', 'pdf', id, id.slice(2)],
    ]
    for (const query of queries) expect(await findIds(world, query), query).toEqual([id])
    for (const query of ['zerbrochene', '"old my words"', 'lamp grusse eve', 'order 4712', 'rder'])
      expect(await findIds(world, query), query).toEqual([])
  })

  test('X6: what a person may not see is not found, wherever it stands', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('The secret lamp')
    await takeIn(world)
    expect(await findIds(world, 'lamp', ['other'])).toEqual([])
    expect(await findIds(world, 'lamp', [])).toEqual([])
    expect(await findIds(world, 'lamp', ['other', DESK])).toEqual([id])
    // It goes to another desk: from then on it is found there alone, also while the index does not know it yet.
    await world.db.transaction((trx) => trx.updateTable('conversation').set({ desk: 'other' }).execute())
    expect(await findIds(world, 'lamp')).toEqual([])
    await takeIn(world)
    expect([await findIds(world, 'lamp'), await findIds(world, 'lamp', ['other'])]).toEqual([[], [id]])
  })

  test('X6: scripts without spaces are found by any part of them', async () => {
    const world = await makeWorld(open)
    const from = (n: number) => ({ from: { address: `c${n}@example.org` } })
    const { conversation_id: japanese } = await world.customerWrites('東京都の天気はどうですか', from(1))
    const { conversation_id: chinese } = await world.customerWrites('我的iPhone手机坏了', from(2))
    const { conversation_id: korean } = await world.customerWrites('주문이 도착하지 않았습니다', from(3))
    await takeIn(world)
    for (const query of ['東京', '京都', '天気', '都の天気', '東', 'か'])
      expect(await findIds(world, query)).toEqual([japanese])
    for (const query of ['手机', 'iphone', '我的iphone', '"我的iPhone手机"', '机坏'])
      expect(await findIds(world, query)).toEqual([chinese])
    for (const query of ['주문', '도착']) expect(await findIds(world, query)).toEqual([korean])
    expect(await findIds(world, '東都')).toEqual([])
  })

  test('X6: names and subjects come before mere words, and the newest first', async () => {
    const world = await makeWorld(open)
    const writes = async (address: string, text: string, subject?: string) => {
      await world.clock.advance(1000)
      return (await world.customerWrites(text, { from: { address }, ...(subject && { subject }) })).conversation_id
    }
    const about = await writes('a@example.org', 'It does not shine', 'The lamp')
    const old = await writes('b@example.org', 'I have a lamp')
    const fresh = await writes('c@example.org', 'My lamp is broken')
    await takeIn(world)
    expect(await findIds(world, 'lamp')).toEqual([about, fresh, old])
    const second = await find(world, 'lamp', { skip: 1, limit: 1 })
    expect(second).toMatchObject({ total: 3, hits: [{ conversationId: fresh }] })
  })

  test('X6: replies, notes and later names are found too, and a changed text by its new words only', async () => {
    const world = await makeWorld(open)
    const { id: messageId, conversation_id: id } = await world.customerWrites('Is it in stock?')
    await world.agentReplies('It comes from the warehouse')
    await takeIn(world)
    expect(await findIds(world, 'warehouse')).toEqual([id])
    await world.db.transaction((trx) =>
      trx.updateTable('message').set({ text: 'Is it purple?' }).where('id', '=', messageId).execute(),
    )
    await world.db.transaction((trx) => trx.updateTable('identity').set({ name: 'Zoë Quill' }).execute())
    expect((await find(world, 'stock'))?.owed).toBeGreaterThan(0)
    await takeIn(world)
    expect(await findIds(world, 'stock')).toEqual([])
    expect(await findIds(world, 'purple')).toEqual([id])
    expect(await findIds(world, 'zoe')).toEqual([id])
    expect((await find(world, 'zoe'))?.owed).toBe(0)
  })

  test('X6: a word that a long text repeats more often than an engine counts is still found', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites(`${'lamp shade '.repeat(6000)} lamp cord`)
    await takeIn(world)
    expect(await findIds(world, '"lamp shade"')).toEqual([id])
    expect(await findIds(world, '"shade lamp"')).toEqual([id])
    expect(await findIds(world, 'lamp cord')).toEqual([id])
    // So late it stands in no phrase any more, on either engine.
    expect(await findIds(world, '"lamp cord"')).toEqual([])
  })

  test('whoever took it and where it stands is said with it', async () => {
    const world = await makeWorld(open)
    const { conversation_id: id } = await world.customerWrites('My\nlamp <!channel> is *broken*')
    await world.db.transaction((trx) => take(trx, id, 'U1'))
    await takeIn(world)
    const [hit] = (await find(world, 'lamp broken'))?.hits ?? []
    expect(hit).toMatchObject({ state: 'open', ownerId: 'U1', direction: 'inbound' })
    expect(hit?.snippet).toEqual([
      { text: 'My ', isHit: false },
      { text: 'lamp', isHit: true },
      { text: ' <!channel> is *', isHit: false },
      { text: 'broken', isHit: true },
      { text: '*', isHit: false },
    ])
  })

  // Fails when `phraseOf` keeps what is no word, when the two engines are given different words, or when a text reaches
  // an engine as it is.
  test('X6: whatever customers write and people look for, nothing throws, and both engines find what stands there', async () => {
    const world = await makeWorld(open)
    const said = new Map<string, string[]>()
    for (const [n, text] of hostile.entries()) {
      const address = `n${n}@h.test`
      const { id: messageId, conversation_id: id } = await world.customerWrites(text, { from: { address } })
      said.set(id, [text, address, id, messageId])
    }
    await takeIn(world)
    await fc.assert(
      fc.asyncProperty(query, async (typed) => {
        const found = await findIds(world, typed)
        const phrases = parseSearch(typed)
        const expected = [...said].filter(([, fields]) => phrases.length > 0 && isIn(fields, phrases)).map(([id]) => id)
        expect(found.toSorted()).toEqual(expected)
        for (const id of found) expect(snippetOf(said.get(id)?.[0] ?? '', phrases).length).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
  })
})

const isIn = (fields: string[], phrases: ReturnType<typeof parseSearch>) =>
  phrases.every((phrase) => fields.some((field) => snippetOf(field, [phrase]).some(({ isHit }) => isHit)))

const hostile = [
  '<!channel> <@U1> <https://evil|bank> *x* & </>',
  `'; drop table message; -- " OR 1=1`,
  'NEAR(a b) AND NOT head:x* ^y {desk} : z',
  `'a':1A & !b | c <-> d \\ :* ()`,
  '東京都 iPhone手机 ﬁancé ½ İı ẞß 👩‍👩‍👧 a\u0301\u0302 _ __ =6d',
  'x'.repeat(5000),
  '가'.repeat(3000),
  '\u200b\u202e\ufeff \ud83d\ude00',
]
const piece = fc.oneof(
  fc.constantFrom(...hostile.flatMap((text) => text.slice(0, 200).split(/\s/))),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('"', '“', '*', "'", '\\', ':*', '&', '|', '!', '(', ')', 'AND', 'NEAR', '\0', '\ud800'),
)
const query = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(' '))
