import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSlackEvent, type SlackEvent } from '../../src/slack/event.ts'
import { openOffice } from './office.ts'

const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body))

/** What the workspace told us, as the app would have read it. */
async function heard(play: (office: Awaited<ReturnType<typeof openOffice>>) => void): Promise<SlackEvent[]> {
  const office = await openOffice()
  play(office)
  return office.slack.events.map(({ payload }) => parseSlackEvent(bytes(payload)))
}

test('a message carries who said what, where and when, with its files', async () => {
  const files = [{ name: 'photo.png', bytes: new Uint8Array(12) }]
  const [event] = await heard(({ slack, ana, channel }) => void slack.say(ana, channel, 'look', { files }))
  expect(event).toMatchObject({
    kind: 'message',
    subtype: 'file_share',
    text: 'look',
    files: [{ name: 'photo.png', type: 'image/png', bytes: 12 }],
    isShared: false,
  })
})

test('a message in a thread names its root; the root names none', async () => {
  const events = await heard(({ slack, ana, channel }) => {
    const threadTs = slack.say(ana, channel, 'root')
    slack.say(ana, channel, 'reply', { threadTs })
    slack.say(ana, channel, 'reply for all', { threadTs, isBroadcast: true })
  })
  const [root, reply, broadcast] = events.map((event) => (event.kind === 'message' ? event : undefined))
  expect(root?.threadTs).toBeUndefined()
  expect(reply?.threadTs).toBe(root?.ts)
  expect(broadcast).toMatchObject({ threadTs: root?.ts, subtype: 'thread_broadcast' })
})

test('a person’s edit is a change; the preview of a link is none', async () => {
  const events = await heard(({ slack, ana, channel }) => {
    const ts = slack.say(ana, channel, 'see https://example.com')
    slack.unfurl(channel, ts, { url: 'https://example.com', title: 'Example' })
    slack.edit(ana, channel, ts, 'see https://example.org')
  })
  expect(events.map(({ kind }) => kind).filter((kind) => kind.startsWith('message'))).toEqual([
    'message',
    'message-changed',
  ])
  const keys = events.flatMap((event) => ('key' in event ? [event.key] : []))
  expect(new Set(keys).size).toBe(2)
})

test('a deletion is one, with or without replies below', async () => {
  const events = await heard(({ slack, ana, channel }) => {
    const alone = slack.say(ana, channel, 'alone')
    const root = slack.say(ana, channel, 'root')
    slack.say(ana, channel, 'reply', { threadTs: root })
    slack.remove(ana, channel, alone)
    slack.remove(ana, channel, root)
  })
  const deleted = events.filter(({ kind }) => kind === 'message-deleted')
  expect(deleted).toHaveLength(2)
  expect(deleted.every((event) => event.kind === 'message-deleted' && event.user !== undefined)).toBe(true)
})

test('the channel’s own life is told apart', async () => {
  const events = await heard(({ slack, ana, channel }) => {
    const bo = slack.addUser({ name: 'bo' }).id
    slack.join(bo, channel)
    slack.leave(bo, channel)
    slack.rename(channel, 'front-desk')
    slack.share(channel)
    slack.share(channel, false)
    slack.react(ana, channel, slack.workspace.all(channel)[0]?.ts ?? '', 'eyes')
    slack.archive(channel)
  })
  const kinds = events.map(({ kind }) => kind)
  for (const kind of [
    'member-joined',
    'member-left',
    'channel-renamed',
    'channel-shared',
    'channel-unshared',
    'channel-archived',
    'reaction-added',
  ]) {
    expect(kinds).toContain(kind)
  }
})

describe('payloads nobody would expect', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['no JSON', new TextEncoder().encode('{"event":')],
    ['a list', bytes([1, 2])],
    ['an event that is text', bytes({ event: 'message' })],
    ['a type that names a built-in', bytes({ event: { type: 'constructor' } })],
    ['a message without a channel', bytes({ event: { type: 'message', ts: '1.000001' } })],
    ['a message with a ts that is none', bytes({ event: { type: 'message', channel: 'C1', ts: 'soon' } })],
    [
      'an edit of nothing',
      bytes({ event: { type: 'message', subtype: 'message_changed', channel: 'C1', message: null } }),
    ],
  ])('%s is other', (_, raw) => {
    expect(parseSlackEvent(raw).kind).toBe('other')
  })

  test('whatever stands in an envelope, reading it does not throw', () => {
    const type = fc.constantFrom(
      'message',
      'member_joined_channel',
      'channel_archive',
      'reaction_added',
      'user_change',
      'app_home_opened',
    )
    const subtype = fc.constantFrom('message_changed', 'message_deleted', 'file_share', undefined)
    const event = fc.tuple(
      type,
      subtype,
      fc.dictionary(
        fc.constantFrom('channel', 'ts', 'message', 'previous_message', 'files', 'user', 'item', 'text'),
        fc.jsonValue(),
      ),
    )
    fc.assert(
      fc.property(event, ([type, subtype, fields]) => {
        const parsed = parseSlackEvent(bytes({ event: { ...fields, type, subtype }, team_id: 7 }))
        expect(typeof parsed.kind).toBe('string')
      }),
    )
  })

  test('NUL, which PostgreSQL refuses, is left out of texts', () => {
    const event = { type: 'message', channel: 'C1', ts: '1.000001', user: 'U1', text: 'a\0b' }
    expect(parseSlackEvent(bytes({ event }))).toMatchObject({ text: 'ab' })
  })
})
