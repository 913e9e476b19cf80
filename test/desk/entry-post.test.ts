// What customers and agents said, in full, in the card's thread, and once.
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { enter } from '../../src/desk/agents.ts'
import type { Fault } from '../../src/sandbox/slack/faults.ts'
import { charactersIn, jsonList } from '../../src/sandbox/slack/json.ts'
import { acknowledging } from '../setup/acknowledging.ts'
import { eachDatabase } from '../setup/database.ts'
import { brokenRaw, DESK } from '../setup/world.ts'
import { type Board, makeBoard } from './board.ts'

const NASTY = '<!channel> <@U1> <https://evil|bank> *x* & </>'

/** All letters of the bodies in a thread: what is in rich text blocks between header and footer, put together. */
function bodyOf(board: Board): string {
  return board
    .thread()
    .flatMap(({ blocks }, n) => (n === 0 ? (blocks ?? []).slice(1) : (blocks ?? [])))
    .map((block) =>
      jsonList(jsonList(block.elements)[0]?.elements)
        .map(({ text }) => text)
        .join(''),
    )
    .join('')
}

async function takenBy(board: Board): Promise<void> {
  const { world, maya } = board
  await world.db.transaction(async (trx) => {
    await enter(trx, DESK, { id: maya, name: 'Maya Lindt', real_name: 'Maya Lindt' } as never)
    await trx.updateTable('conversation').set({ owner_id: maya }).execute()
  })
}

eachDatabase((open) => {
  test.each([
    ['accepted', { kind: 'accepted' } as const, /^✅ Accepted at 2026-01-05/],
    [
      'refused',
      { kind: 'rejected', reason: 'no such user' } as const,
      /Not delivered\. No such user\. The customer waits for your answer/,
    ],
  ])(
    'an acknowledgement that was %s is shown as what it is, and the card is silent about it',
    async (_, fate, words) => {
      const board = await makeBoard(open)
      const world = acknowledging(board.world)
      world.channel.fates.push(fate)
      await world.asks('Is it in stock?')
      await board.comeToRest()
      const [, entry, ...others] = board.thread()
      expect(others).toEqual([])
      const [head, ...lines] = board.read(entry).split('\n')
      expect(head).toMatch(/^Automatic acknowledgement to ada@example.org · email · 2026-01-05 09:00 UTC$/)
      expect(lines).toContain('This is an automatic acknowledgement.')
      expect(lines.at(-1)).toMatch(words)
      expect(board.read(board.card())).not.toMatch(/no such user|came back|acknowledgement/i)
    },
  )

  test('a message stands in the thread with its sender, its words and its attachments', async () => {
    const board = await makeBoard(open)
    await board.world.customerWrites('Here is the film.', {
      attachments: [{ name: 'blue one.mp4', type: 'video/mp4', bytes: 1_500_000, ref: '1' }],
    })
    await board.comeToRest()
    const [entry, ...others] = board.thread()
    expect(others).toEqual([])
    expect(board.read(entry).split('\n')).toEqual([
      expect.stringMatching(/^Ada Lovelace ada@example.org · email · 2026-01-05 09:00 UTC$/),
      'Here is the film.',
      '📎 blue one.mp4 (1.4 MB)',
      '[Show original] [Files]',
    ])
  })

  test('S14: in the thread a customer’s words stand literally', async () => {
    const board = await makeBoard(open)
    await board.world.customerWrites(NASTY, {
      from: { address: 'ada@example.org', name: NASTY },
      subject: NASTY,
      warnings: [NASTY],
      attachments: [{ name: NASTY, type: 'text/plain', bytes: 3, ref: '1' }],
    })
    await board.comeToRest()
    const [entry] = board.thread()
    const parts = JSON.stringify(entry?.blocks)
    expect(parts).not.toMatch(/"type":"(user|broadcast|usergroup|link|mrkdwn)"/)
    expect(board.read(entry).split(NASTY)).toHaveLength(5)
    expect(entry?.text).not.toContain('<')
  })

  test('the owner is told in the thread that their customer wrote again', async () => {
    const board = await makeBoard(open)
    const { world, maya } = board
    await world.customerWrites('Hello?')
    await takenBy(board)
    await world.customerWrites('Still there?')
    await board.comeToRest()
    expect(board.read(board.thread()[1])).toContain(`for @${maya}`)
  })

  // Fails when cutAt() in src/slack/mrkdwn.ts cuts at the limit and not before the grapheme. Seen to fail.
  describe('S15: long texts', () => {
    test('30,000 characters are all in the thread, in posts Slack takes, with no grapheme cut', async () => {
      const board = await makeBoard(open)
      const family = '👩‍👩‍👧‍👦'
      const text = Array.from({ length: 2000 }, (_, n) => `${n}${family}`)
        .join('')
        .slice(0, 30_000)
      await board.world.customerWrites(text)
      await board.comeToRest()
      expect(bodyOf(board)).toBe(text)
      const graphemes = (value: string) => [...new Intl.Segmenter().segment(value)].length
      const pieces = board
        .thread()
        .flatMap(({ blocks }) => (blocks ?? []).filter(({ type }) => type === 'rich_text'))
        .map((block) => board.read({ text: '', blocks: [block] } as never))
      const counted = pieces.slice(1).reduce((sum, piece) => sum + graphemes(piece), 0)
      expect(counted).toBe(graphemes(text))
      for (const { blocks } of board.thread()) expect(charactersIn(blocks)).toBeLessThan(10_000)
      expect(board.slack.log.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
    })

    test('100,000 characters are a beginning and a file with all of it', async () => {
      const board = await makeBoard(open)
      const text = 'The whole story. '.repeat(6000)
      await board.world.customerWrites(text)
      await board.comeToRest()
      const [file] = [...board.slack.workspace.files.values()]
      expect(new TextDecoder().decode(file?.bytes)).toBe(text)
      await board.slack.waitFor(() => board.thread().length === 2, 'the file in the thread')
      expect(board.read(board.thread()[0])).toContain('The whole text is in the file below.')
    })
  })

  test('E17: what could not be read is shown with its original', async () => {
    const board = await makeBoard(open)
    const { world, slack } = board
    await world.keep([brokenRaw('broken', world.clock.now(), 'bomb')])
    await world.runIntake()
    await board.comeToRest()
    const [file] = [...slack.workspace.files.values()]
    expect(file?.name).toMatch(/^m_.*\.eml$/)
    expect(JSON.parse(new TextDecoder().decode(file?.bytes))).toMatchObject({ broken: 'bomb' })
    await slack.waitFor(() => board.thread().length === 2, 'the file in the thread')
    expect(board.read(board.thread()[0])).toContain('could not be read')
  })

  describe('a reply', () => {
    test('is shown with its author, its exact words and every step of its way', async () => {
      const board = await makeBoard(open)
      const { world, maya } = board
      await world.customerWrites('Hello?')
      await board.comeToRest()
      await takenBy(board)
      const draft = await world.agentPreviews('Yes, it is in stock.', { agent: maya })
      await world.agentSends(draft, { agent: maya })
      await world.runOutbox()
      const entry = () => board.read(board.thread()[1])
      expect(entry()).toContain('Maya Lindt replied to Ada Lovelace <ada@example.org> · email')
      expect(entry()).toContain('Yes, it is in stock.')
      expect(entry()).toContain('Leaves at')
      await world.passTime(10 * SECOND)
      await board.comeToRest()
      expect(entry()).toContain('Accepted at')
      await world.replyBounces(draft)
      await board.comeToRest()
      expect(entry()).toContain('It came back, and the customer is waiting again. Not delivered: no such user')
      expect(board.thread()).toHaveLength(3) // The last one tells its author.
    })

    test.each([
      [
        'rejected',
        { kind: 'rejected', reason: 'This address does not exist.' },
        'Not delivered. This address does not exist.',
      ],
      ['deferred', { kind: 'temporary' }, 'Deskbell tries again by itself'],
      ['uncertain', { kind: 'uncertain', arrives: false }, 'Do not send it again'],
    ] as const)('that is %s says so, and what to do', async (_, fate, words) => {
      const board = await makeBoard(open)
      const { world } = board
      await world.customerWrites('Hello?')
      await board.comeToRest()
      world.channel.fates = [fate]
      await world.agentReplies('Yes.')
      expect(board.read(board.thread()[1])).toContain(words)
      const onCard = board.read(board.card())
      expect(onCard).toContain('Last reply: ')
    })

    test('that was taken back says that nothing was sent', async () => {
      const board = await makeBoard(open)
      const { world } = board
      await world.customerWrites('Hello?')
      const draft = await world.agentPreviews('Yes.')
      await world.agentSends(draft)
      await world.agentUndoes(draft)
      await board.comeToRest()
      expect(board.read(board.thread()[1])).toContain('Taken back; nothing was sent.')
    })
  })

  describe('S11, S12: posts whose answer was lost', () => {
    test.each<[string, Fault, number]>([
      ['the first of several, stored', { status: 500, stored: true }, 0],
      ['the first of several, not stored', { status: 500 }, 0],
      ['one in the middle, stored', { reset: true, stored: true }, 1],
      ['one in the middle, not stored', { reset: true }, 1],
    ])('%s: each stands in the thread once, in order', async (_, fault, nth) => {
      const board = await makeBoard(open)
      const { world, slack } = board
      await world.customerWrites('Hello?')
      await board.comeToRest()
      const text = Array.from({ length: 2000 }, (_, n) => `line ${n}\n`).join('')
      await world.customerWrites(text)
      let posts = 0
      board.connect(async (method) => {
        if (method === 'chat.postMessage' && posts++ === nth) slack.faults.next(method, fault)
      })
      await board.comeToRest()
      const [, ...entry] = board.thread()
      const bodies = entry.flatMap(({ blocks }, n) => (n === 0 ? (blocks ?? []).slice(1) : (blocks ?? [])))
      const shown = bodies
        .map((block) =>
          jsonList(jsonList(block.elements)[0]?.elements)
            .map(({ text }) => text)
            .join(''),
        )
        .join('')
      expect(shown).toBe(text)
    })

    test('S22: a file whose sharing was not confirmed is in the thread once', async () => {
      const board = await makeBoard(open)
      const { world, slack } = board
      slack.faults.next('files.completeUploadExternal', { status: 500, stored: true })
      await world.customerWrites('The whole story. '.repeat(6000))
      await world.runOutbox()
      await slack.waitFor(() => board.thread().length === 2, 'the file in the thread')
      await board.comeToRest()
      expect(slack.calls('files.completeUploadExternal')).toHaveLength(1)
      expect(board.thread()).toHaveLength(2)
    })

    test('S22: a file that Slack shows only a minute later is not sent again', async () => {
      const board = await makeBoard(open, { slack: { shareAfterMs: Number.POSITIVE_INFINITY } })
      const { world, slack } = board
      slack.faults.next('files.completeUploadExternal', { status: 500, stored: true })
      await world.customerWrites('The whole story. '.repeat(6000))
      await world.passTime(20 * SECOND)
      slack.releaseShares()
      await board.comeToRest()
      expect(slack.calls('files.completeUploadExternal')).toHaveLength(1)
      expect(board.thread()).toHaveLength(2)
    })

    test('an upload that failed before anybody could see it is done again at once', async () => {
      const board = await makeBoard(open)
      const { world, slack } = board
      slack.faults.next('upload', { status: 500 })
      await world.customerWrites('The whole story. '.repeat(6000))
      await board.comeToRest(30 * SECOND)
      await slack.waitFor(() => board.thread().length === 2, 'the file in the thread')
      expect(slack.calls('conversations.replies')).toEqual([])
    })
  })

  test('S13: an entry is found again with one request a minute', async () => {
    const board = await makeBoard(open, { slack: { history: 'restricted' } })
    const { world, slack, maya, channel } = board
    await world.customerWrites('Hello?')
    await board.comeToRest()
    for (let count = 0; count < 20; count++) slack.say(maya, channel, `note ${count}`, { threadTs: board.card().ts })
    slack.faults.next('chat.postMessage', { status: 500, stored: true })
    await world.customerWrites('Still there?')
    await board.comeToRest(5 * MINUTE)
    const entries = board.thread().filter(({ botId }) => botId === slack.app.botId)
    expect(entries.map((entry) => board.read(entry))).toEqual([
      expect.stringContaining('Hello?'),
      expect.stringContaining('Still there?'),
    ])
  })

  test('no post of ours lets Slack fetch and show what a link leads to', async () => {
    const board = await makeBoard(open)
    const { world, slack } = board
    await world.customerWrites('See https://tracker.example/pixel.png')
    await world.passTime(24 * 60 * MINUTE)
    await board.comeToRest()
    const posts = slack.calls('chat.postMessage')
    expect(posts.length).toBe(3)
    for (const { args } of posts) expect(args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' })
  })
})
