import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type InboundEvent, ParseError, type RawEvent } from '../../../src/channel.ts'
import { configOf, openChannel } from './server.ts'

const channel = openChannel(
  configOf({ api: 'http://127.0.0.1:9/api', bot: { token: 'x' } } as Parameters<typeof configOf>[0]),
)
const ID = '1300000000000000000'
const MESSAGE = {
  id: ID,
  channel_id: '1300000000000000001',
  type: 0,
  content: 'Hello <@1>',
  author: { id: '1300000000000000002', username: 'cleo', global_name: 'Cleo' },
  timestamp: '2026-01-01T00:00:00.000000+00:00',
  edited_timestamp: null,
  mentions: [{ id: '1', username: 'anna' }],
  attachments: [
    { id: '5', filename: 'a.png', size: 3, url: 'https://cdn.discordapp.com/a', content_type: 'image/png' },
  ],
  embeds: [],
  sticker_items: [{ name: 'Wave' }],
  message_snapshots: [{ message: { content: 'x', attachments: [] } }],
  poll: { question: { text: 'q' }, answers: [{ poll_media: { text: 'a' } }] },
  referenced_message: { content: 'y', author: { id: '9' } },
  message_reference: { message_id: ID },
}

const rawOf = (payload: unknown, meta: Record<string, string> = {}): RawEvent => ({
  key: 'raw',
  arrivedAt: 1000,
  body: new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  meta: { kind: 'create', self: '7', place: 'dm', ...meta },
})

async function read(raw: RawEvent): Promise<InboundEvent[] | ParseError> {
  try {
    return await channel.parse(raw)
  } catch (error) {
    if (error instanceof ParseError) return error
    throw error
  }
}

test('a message as Discord writes it is read', async () => {
  expect(await read(rawOf(MESSAGE))).toMatchObject([
    { kind: 'message', from: { name: 'Cleo' }, attachments: [{ name: 'a.png' }] },
  ])
})

test('whatever stands where a field should be, it is read or given up on, and nothing worse', async () => {
  const field = fc.constantFrom(
    ...Object.keys(MESSAGE),
    'webhook_id',
    'member',
    'flags',
    'data',
    'nonce',
    'mention_roles',
  )
  const kind = fc.constantFrom('create', 'update', 'delete', 'request', 'adopt', 'interaction')
  const place = fc.constantFrom('dm', 'channel', 'thread', 'post')
  await fc.assert(
    fc.asyncProperty(
      field,
      fc.jsonValue({ maxDepth: 4 }),
      kind,
      place,
      fc.string(),
      async (name, value, kind, place, names) => {
        const raw = rawOf({ ...MESSAGE, [name]: value }, { kind, place, names })
        const events = await read(raw)
        if (Array.isArray(events)) for (const event of events) expect(JSON.stringify(event)).not.toContain('\\u0000')
        expect(channel.salvage(raw)).toMatchObject({ kind: 'message', arrivedAt: 1000 })
      },
    ),
    { numRuns: 1500 },
  )
})

test('a torn event is given up on, and what is left of it is shown', async () => {
  const whole = JSON.stringify(MESSAGE)
  for (let end = 0; end < whole.length; end += 37) {
    expect(await read(rawOf(whole.slice(0, end)))).toBeInstanceOf(ParseError)
    expect(channel.salvage(rawOf(whole.slice(0, end))).arrivedAt).toBe(1000)
  }
})

test('an event without our notes, and one of a size that Discord does not send, are given up on at once', async () => {
  expect(await read({ ...rawOf(MESSAGE), meta: {} })).toMatchObject({ final: true })
  expect(await read(rawOf({ ...MESSAGE, content: 'x'.repeat(2_000_000) }))).toMatchObject({ final: true })
})

test('many files, many cards and a long text have an end', async () => {
  const many = Array.from({ length: 900 }, (_, n) => ({ id: String(n + 1), filename: `${n}.png`, size: 1, url: '' }))
  const events = await read(rawOf({ ...MESSAGE, attachments: many, content: '😀'.repeat(60_000) }))
  if (!Array.isArray(events) || events[0]?.kind !== 'message') throw new Error('it was not read')
  expect(events[0].attachments).toHaveLength(50)
  expect(events[0].text.length).toBeLessThan(25_000)
  expect(events[0].text.isWellFormed()).toBe(true)
})
