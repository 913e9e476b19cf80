// What agents answer to customers in Slack, over the real SDK to the stand-in: where it goes, how it looks, and what becomes of it.

import { describe, expect, test } from 'vitest'
import type { Channel, ExternalId, OutboundMessage, Progress, SendError } from '../../../src/channel.ts'
import { systemClock } from '../../../src/clock.ts'
import { openWorkspace, outbound, type Workspace } from './workspace.ts'

function makeProgress(startedAt = 0): Progress & { accepted: Map<number, ExternalId> } {
  const accepted = new Map<number, ExternalId>()
  return { startedAt, accepted, accept: async (index, id) => void accepted.set(index, id) }
}

async function question() {
  const workspace = await openWorkspace()
  const { slack, shared, mia, team } = workspace
  const root = slack.say(mia, shared, 'Is it in stock?')
  const from = { address: `${team}/${mia}` }
  const answers = {
    replyHandle: JSON.stringify({ channel: shared, threadTs: root }),
    ...{ text: 'Is it in stock?', arrivedAt: 1000, from },
  }
  const reply = (markdown: string, more: Partial<OutboundMessage> = {}) =>
    outbound({ to: [from], answers, markdown, ...more })
  // The pace that Slack wants is a matter of its own test.
  const channel = workspace.open({ clock: { ...systemClock(), wait: async () => undefined } })
  const send = async (markdown: string, more: Partial<OutboundMessage> = {}) =>
    await channel.send(await channel.render(reply(markdown, more)), makeProgress())
  const thread = () => slack.workspace.thread(shared, root).slice(1)
  return { ...workspace, channel, root, reply, send, thread }
}

async function errorOf(sending: Promise<unknown>): Promise<SendError> {
  return await sending.then(
    () => {
      throw new Error('it was sent')
    },
    (error: SendError) => error,
  )
}

describe('a reply', () => {
  test('C25, S23: goes below the question, under the name of the agent who wrote it', async () => {
    const { send, thread, slack } = await question()
    const sent = await send('Yes, it is.')
    expect(thread()).toMatchObject([{ username: 'Ana Petrov', text: 'Yes, it is.', botId: slack.app.botId }])
    expect(sent.externalIds).toEqual([`${thread()[0]?.channel}/${thread()[0]?.ts}`])
    expect(sent.recipients).toEqual([expect.objectContaining({ accepted: true })])
  })

  test('in a direct message follows the question, and to somebody who asked nothing opens one', async () => {
    const { slack, gus, channel, thread } = await question()
    slack.say(gus, slack.app.botUserId, 'Hello')
    const dm = slack.dm(gus).id
    const to = [{ address: `${slack.app.teamId}/${gus}` }]
    const answers = { replyHandle: JSON.stringify({ channel: dm }), text: 'Hello', arrivedAt: 1000, from: to[0] ?? to }
    const parts = await channel.render(outbound({ to, answers: answers as never, markdown: 'Good morning' }))
    await channel.send(parts, makeProgress())
    await channel.send(await channel.render(outbound({ to, id: 'm_2', markdown: 'One more thing' })), makeProgress())
    const said = slack.workspace.messages(dm).map(({ text, threadTs }) => [text, threadTs])
    expect(said).toEqual([
      ['Hello', undefined],
      ['Good morning', undefined],
      ['One more thing', undefined],
    ])
    expect(thread()).toEqual([])
  })

  test('shows its formatting as Slack shows it', async () => {
    const { send, thread } = await question()
    await send('**Yes**, see [our page](https://shop.example/a).\n\n1. one\n2. two\n\n> quoted\n\n```\na < b\n```')
    expect(thread()[0]?.blocks?.[0]?.elements).toEqual([
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'Yes', style: { bold: true } },
          { type: 'text', text: ', see ' },
          { type: 'link', url: 'https://shop.example/a', text: 'our page' },
          { type: 'text', text: '.' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        indent: 0,
        elements: [
          { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] },
          { type: 'rich_text_section', elements: [{ type: 'text', text: 'two' }] },
        ],
      },
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'quoted' }] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a < b' }] },
    ])
  })

  test('S14: whatever stands in it pings nobody and poses as nothing', async () => {
    const { send, thread, slack, mia } = await question()
    const hostile = `<!channel> <!here> @everyone <@${mia}> <!subteam^S1> <https://evil.example|https://bank.example> #general`
    await send(hostile)
    const [post] = thread()
    expect(post?.text).not.toMatch(/<[!@#]|<https:\/\/evil/)
    const inner = JSON.stringify(post?.blocks)
    expect(inner).not.toMatch(/"type":"(user|usergroup|broadcast|channel)"/)
    const { args } = slack.calls('chat.postMessage').at(-1) ?? {}
    expect(args).toMatchObject({ parse: 'none', link_names: 'false', unfurl_links: 'false', unfurl_media: 'false' })
  })

  test('a long one becomes several messages in order, each within Slack’s limits, and no character of it is torn', async () => {
    const { channel, reply, slack, thread } = await question()
    const family = '👨‍👩‍👧‍👦'
    const long = `${family.repeat(800)}\n\n${'& < > '.repeat(900)}\n\n${'word '.repeat(1000)}`
    const parts = await channel.render(reply(long))
    expect(parts.length).toBeGreaterThan(3)
    slack.settings.limits = 'off'
    await channel.send(parts, makeProgress())
    const said = thread().map(({ blocks }) => JSON.stringify(blocks))
    expect(said).toHaveLength(parts.length)
    const whole = parts.map(({ preview }) => preview).join('')
    expect(whole.split(family)).toHaveLength(801)
    expect(whole.replaceAll(/\s/g, '')).toBe(long.replaceAll(/\s/g, ''))
    for (const { text } of thread()) expect(text.length).toBeLessThanOrEqual(4000)
  })

  test('files go with it, with their bytes and names', async () => {
    const { send, slack, shared } = await question()
    const sent = await send('Here it is', {
      attachments: [{ name: 'prices.csv', type: 'text/csv', content: Buffer.from('a,b\n') }],
    })
    slack.releaseShares()
    const file = [...slack.workspace.files.values()].find(({ name }) => name === 'prices.csv')
    expect(Buffer.from(file?.bytes ?? []).toString()).toBe('a,b\n')
    expect(file?.shares.map(({ channel }) => channel.id)).toEqual([shared])
    expect(sent.externalIds[1]).toBe(`file:${file?.id}`)
  })

  test('an empty file is refused before anything leaves', async () => {
    const { channel, reply, thread } = await question()
    const attachments = [{ name: 'empty.txt', type: 'text/plain', content: new Uint8Array() }]
    expect((await errorOf(channel.render(reply('Here', { attachments })))).failure.kind).toBe('rejected')
    expect(thread()).toEqual([])
  })
})

describe('what becomes of it', () => {
  test.each([
    ['channel_not_found', 'temporary', /Invite it there again/],
    ['not_in_channel', 'temporary', /Invite it there again/],
    ['is_archived', 'rejected', /archived/],
    ['restricted_action', 'rejected', /administrator/],
    ['msg_too_long', 'rejected', /shorter/],
    ['thread_not_found', 'rejected', /deleted/],
    ['something_new', 'rejected', /something_new/],
    ['fatal_error', 'uncertain', /learn whether/],
    ['token_revoked', 'temporary', /SLACK_BOT_TOKEN|install/],
    ['invalid_auth', 'temporary', /token/],
  ])('Slack says %s: %s', async (code, kind, said) => {
    const { send, slack, thread } = await question()
    slack.faults.next('chat.postMessage', { error: code })
    const error = await errorOf(send('Yes'))
    expect(error.failure.kind).toBe(kind)
    expect(error.message).toMatch(said)
    expect(thread()).toEqual([])
  })

  test('a refused token is the account’s trouble and shows in the health; the next reply mends it', async () => {
    const { send, slack, channel } = await question()
    slack.faults.next('chat.postMessage', { error: 'token_revoked' })
    expect((await errorOf(send('Yes'))).failure).toMatchObject({ kind: 'temporary', account: true })
    expect(channel.health()).toMatchObject({ ok: false, isRefused: true })
    await send('Yes')
    expect(channel.health().ok).toBe(true)
  })

  test('asked to wait, it waits as long as Slack says', async () => {
    const { send, slack } = await question()
    slack.faults.next('chat.postMessage', { status: 429, retryAfterS: 17 })
    expect((await errorOf(send('Yes'))).failure).toEqual({ kind: 'temporary', retryAfterMs: 17_000 })
  })

  test.each([
    ['a dead connection', { reset: true, stored: true } as const],
    ['a server error', { status: 500, stored: true } as const],
  ])('%s after it was posted: it is found by its mark and never posted twice', async (_name, fault) => {
    const { channel, reply, slack, thread, open } = await question()
    const parts = await channel.render(reply('Yes'))
    slack.faults.next('chat.postMessage', fault)
    const progress = makeProgress(Date.now())
    expect((await errorOf(channel.send(parts, progress))).failure.kind).toBe('uncertain')
    const found = await open().reconcile(parts, progress)
    expect(found).toMatchObject({ externalIds: [`${thread()[0]?.channel}/${thread()[0]?.ts}`] })
    expect(thread()).toHaveLength(1)
  })

  test('what never arrived is seen to be absent', async () => {
    const { channel, reply, slack } = await question()
    const parts = await channel.render(reply('Yes'))
    slack.faults.next('chat.postMessage', { reset: true })
    const progress = makeProgress(Date.now())
    await errorOf(channel.send(parts, progress))
    expect(await channel.reconcile(parts, progress)).toBe('absent')
  })

  test('a shared file whose answer was lost is found by its name and length', async () => {
    const { channel, reply, slack } = await question()
    const attachments = [{ name: 'a.txt', type: 'text/plain', content: Buffer.from('abc') }]
    const parts = await channel.render(reply('', { attachments }))
    slack.faults.next('files.completeUploadExternal', { reset: true, stored: true })
    const progress = makeProgress(Date.now())
    expect((await errorOf(channel.send(parts, progress))).failure.kind).toBe('uncertain')
    slack.releaseShares()
    const found = await channel.reconcile(parts, progress)
    expect(found).toMatchObject({ externalIds: [expect.stringMatching(/^file:F/)] })
  })

  test('Q19: one request a minute: a look that has to wait goes on where it stopped', async () => {
    const { channel, reply, slack, mia, shared, root } = await question()
    const parts = await channel.render(reply('Yes'))
    const progress = makeProgress(Date.now())
    for (let n = 0; n < 20; n++) slack.say(mia, shared, `more ${n}`, { threadTs: root })
    slack.faults.next('chat.postMessage', { status: 500, stored: true })
    await errorOf(channel.send(parts, progress))
    slack.settings.history = 'restricted'
    const first = await errorOf(channel.reconcile(parts, progress))
    expect(first.failure).toMatchObject({ kind: 'temporary', retryAfterMs: 60_000 })
    slack.settings.history = 'internal' // A minute later.
    expect(await channel.reconcile(parts, progress)).toMatchObject({ externalIds: [expect.any(String)] })
    const cursors = slack.calls('conversations.replies').map(({ args }) => args.cursor !== undefined)
    expect(cursors).toEqual([false, true, true])
  })

  test('the app is put out of the channel between two messages of one reply: what was said stays on record, the rest waits', async () => {
    const { channel, reply, slack, shared } = await question()
    const parts = await channel.render(reply('word '.repeat(1500)))
    expect(parts.length).toBeGreaterThan(1)
    const progress = makeProgress()
    const leaving: Progress = {
      ...progress,
      async accept(index, id) {
        await progress.accept(index, id)
        slack.leave(slack.app.botUserId, shared)
      },
    }
    const error = await errorOf(channel.send(parts, leaving))
    expect(error.failure).toMatchObject({ kind: 'temporary', local: true })
    expect(error.message).toMatch(/Invite it there again/)
    expect(progress.accepted.size).toBe(1)
  })

  test('the message it answers is deleted meanwhile: the agent hears what to do', async () => {
    const { send, slack, mia, shared, root } = await question()
    slack.remove(mia, shared, root)
    expect((await errorOf(send('Yes'))).message).toMatch(/was deleted.*\.$/)
  })
})

describe('put right afterwards', () => {
  const sentBy = async (channel: Channel, message: OutboundMessage) =>
    (await channel.send(await channel.render(message), makeProgress())).externalIds

  test('a correction takes the place of what was sent; doing it twice changes nothing more', async () => {
    const { channel, reply, thread } = await question()
    const ids = await sentBy(channel, reply('Yess'))
    const parts = await channel.render(reply('Yes <!channel>'))
    await channel.revise?.(ids, parts)
    await channel.revise?.(ids, parts)
    expect(thread()).toHaveLength(1)
    expect(thread()[0]?.text).toBe('Yes &lt;!channel&gt;')
  })

  test('what became too long is refused, and what became shorter loses its rest', async () => {
    const { channel, reply, thread, slack } = await question()
    const short = await sentBy(channel, reply('Yes'))
    const long = await channel.render(reply('word '.repeat(1500)))
    expect((await errorOf(channel.revise?.(short, long) ?? Promise.resolve())).failure.kind).toBe('rejected')
    slack.settings.limits = 'off'
    const ids = await sentBy(channel, reply('word '.repeat(1500), { id: 'm_2' }))
    await channel.revise?.(ids, await channel.render(reply('Short')))
    expect(thread().map(({ text }) => text)).toEqual(['Yes', 'Short'])
  })

  test('taken back it is gone, files as well; what is gone already is no failure', async () => {
    const { channel, reply, thread, slack } = await question()
    const attachments = [{ name: 'a.txt', type: 'text/plain', content: Buffer.from('abc') }]
    const ids = await sentBy(channel, reply('Yes', { attachments }))
    await channel.retract?.(ids)
    await channel.retract?.(ids)
    slack.releaseShares()
    expect(thread()).toEqual([])
    expect(slack.workspace.files.size).toBe(0)
  })

  test('where the workspace does not allow it any more, the agent hears so', async () => {
    const { channel, reply, slack } = await question()
    const ids = await sentBy(channel, reply('Yes'))
    slack.faults.next('chat.update', { error: 'edit_window_closed' })
    const error = await errorOf(channel.revise?.(ids, await channel.render(reply('No'))) ?? Promise.resolve())
    expect(error).toMatchObject({ failure: { kind: 'rejected' } })
    expect(error.message).toMatch(/Send another one\.$/)
  })
})

test('a reply to nobody Slack knows is refused in words', async () => {
  const workspace: Workspace = await openWorkspace()
  const channel = workspace.open()
  const error = await errorOf(channel.render(outbound({ to: [{ address: 'somebody@acme.example' }] })))
  expect(error.message).toMatch(/Choose another channel\.$/)
})
