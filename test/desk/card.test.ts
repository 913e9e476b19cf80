// The card as people read it, and as Slack's own rules judge it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderCard } from '../../src/desk/card.ts'
import { cardMenu, readMenu } from '../../src/desk/card-menu.ts'
import { renderPing, spanWords } from '../../src/desk/ping.ts'
import type { PingView } from '../../src/desk/ping-view.ts'
import type { Content } from '../../src/desk/post.ts'
import type { CardView } from '../../src/desk/view.ts'
import { checkBlocks } from '../../src/sandbox/slack/blocks.ts'
import { charactersIn, everyJson } from '../../src/sandbox/slack/json.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'

const NASTY = '<!channel> <@U1> <https://evil|bank> *x* & </>'
const NOW = Date.UTC(2026, 0, 6, 9)
const HOUR = 3_600_000

const view: CardView = {
  conversationId: 'v_1',
  channel: 'email:support',
  desk: 'main',
  channelKind: 'email',
  contact: { name: 'Ada Lovelace', address: 'ada@example.org' },
  subject: 'The blue one',
  state: 'new',
  priority: undefined,
  ownerId: undefined,
  waiting: { since: NOW - HOUR, dueAt: NOW + 23 * HOUR },
  lastEnd: undefined,
  snoozedUntil: undefined,
  newest: {
    text: 'Is it in stock?',
    at: NOW - HOUR,
    automated: undefined,
    sender: 'pass',
    warnings: [],
    attachments: 0,
  },
  messages: 1,
  trouble: undefined,
  related: undefined,
  card: undefined,
}

const nasty: CardView = {
  ...view,
  contact: { name: NASTY, address: NASTY },
  subject: NASTY,
  newest: { text: NASTY, at: NOW, automated: NASTY, sender: 'fail', warnings: [NASTY, NASTY], attachments: 1 },
  trouble: { delivery: 'rejected', reason: NASTY },
  related: { subject: NASTY, card: undefined, isJoined: false },
}

/** Texts in which Slack would read marks, mentions and links; rich text elements are not among them. */
function parsedTexts({ text, blocks }: Content): string[] {
  const marked = [...everyJson(blocks)].filter(({ type }) => type === 'mrkdwn').map((part) => String(part.text))
  return [text, ...marked]
}

test('a card says who, by what channel, about what, in which words, until when and who has it', () => {
  const lines = readMessage(renderCard(view, NOW)).split('\n')
  expect(lines).toEqual([
    'Ada Lovelace ada@example.org · email',
    'The blue one',
    '> Is it in stock?',
    '*New* · answer due 2026-01-07 08:00 UTC · nobody has it yet · 1 message',
    '[Take] [Reply by email] [Customer…] [... Assign… / No reply needed… / Snooze… / Close / More…]',
  ])
})

test('Q1: the card names the state, and offers only what would do something in it', () => {
  const shown = (card: Partial<CardView>) =>
    readMessage(renderCard({ ...view, waiting: undefined, ...card }, NOW))
      .split('\n')
      .slice(-2)
  expect(shown({ state: 'open', ownerId: 'U1', waiting: view.waiting })).toEqual([
    '*Open* · answer due 2026-01-07 08:00 UTC · @U1 has it · 1 message',
    '[Reply by email] [Customer…] [... Hand over… / No reply needed… / Snooze… / Close / More…]',
  ])
  expect(shown({ state: 'snoozed', ownerId: 'U1', snoozedUntil: NOW + HOUR })).toEqual([
    '*Snoozed* until 2026-01-06 10:00 UTC · @U1 has it · 1 message',
    '[Reply by email] [Customer…] [... Hand over… / Snooze… / Close / More…]',
  ])
  expect(shown({ state: 'waiting-customer', ownerId: 'U1', lastEnd: 'waived' })[0]).toContain('*No reply needed*')
  expect(shown({ state: 'waiting-customer', ownerId: 'U1', lastEnd: 'answered' })[0]).toContain('*Answered*')
  expect(shown({ state: 'closed', ownerId: 'U1' })).toEqual([
    '*Closed* · @U1 has it · 1 message',
    '[Reopen] [Reply by email] [Customer…] [... More…]',
  ])
})

test('what somebody else wrote in a customer’s conversation is not put in the customer’s mouth', () => {
  const glimpse = { text: 'By the end of the month, please.', at: 0, automated: undefined, sender: undefined }
  const said = (by?: string) =>
    readMessage(renderCard({ ...view, newest: { ...glimpse, warnings: [], attachments: 0, by } }, NOW))
  expect(said('Ivo Marsh')).toContain('> Ivo Marsh: By the end of the month, please.')
  expect(said()).toContain('> By the end of the month, please.')
})

test('a card says how urgent it is, where that is known', () => {
  const said = (priority: CardView['priority']) => readMessage(renderCard({ ...view, priority }, NOW))
  expect(said('high')).toContain('❗ *high priority*')
  expect(said('low')).toContain('low priority')
  expect(said(undefined)).not.toContain('priority')
})

test('what the card’s menu offers names the deed and the conversation', () => {
  const values = cardMenu(view).options.map(({ value }) => value)
  expect(values).toEqual(['assign v_1', 'waive v_1', 'snooze v_1', 'close v_1', 'more v_1'])
  expect(readMenu(values[1] ?? '')).toEqual({ action: 'waive', conversationId: 'v_1' })
})

test('buttons carry the conversation, and lead nowhere they should not', () => {
  const of = (card: CardView) => [...everyJson(renderCard(card, NOW).blocks)].filter(({ type }) => type === 'button')
  expect(of(view)).toMatchObject([
    { action_id: 'take', value: 'v_1' },
    { action_id: 'reply', value: 'v_1' },
    { action_id: 'customer', value: 'v_1' },
  ])
  expect(of({ ...view, ownerId: 'U1' })).toMatchObject([{ action_id: 'reply' }, { action_id: 'customer' }])
  expect(of({ ...view, state: 'closed', waiting: undefined, ownerId: 'U1' })).toMatchObject([
    { action_id: 'reopen', value: 'v_1' },
    { action_id: 'reply' },
    { action_id: 'customer' },
  ])
})

describe('what the agent must know', () => {
  test.each<[string, Partial<CardView>, string]>([
    ['it is late', { waiting: { since: NOW - 25 * HOUR, dueAt: NOW - HOUR } }, 'overdue since'],
    [
      'the last reply was rejected',
      { trouble: { delivery: 'rejected', reason: 'No such user.' } },
      'Not delivered. No such user.',
    ],
    [
      'the last reply may have arrived',
      { trouble: { delivery: 'uncertain', reason: undefined } },
      'Do not send it again',
    ],
    [
      'the last reply bounced',
      { trouble: { delivery: 'bounced', reason: 'mailbox full' } },
      'the customer is waiting again',
    ],
    [
      'a machine wrote it',
      { newest: { ...must(view.newest), automated: 'out of office' } },
      'Automated: out of office',
    ],
    ['the sender may be forged', { newest: { ...must(view.newest), sender: 'fail' } }, 'may not come from the address'],
    ['it could not be read', { newest: { ...must(view.newest), warnings: ['No charset.'] } }, 'No charset.'],
    ['it has only attachments', { newest: { ...must(view.newest), text: '\n ', attachments: 2 } }, 'only attachments'],
    ['it is answered', { state: 'waiting-customer', waiting: undefined, ownerId: 'U9' }, '*Answered* · @U9 has it'],
  ])('%s', (_, change, words) => {
    expect(readMessage(renderCard({ ...view, ...change }, NOW))).toContain(words)
  })
})

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing')
  return value
}

describe('S14: a customer’s words stand literally and ping nobody', () => {
  test.each<[string, Content]>([
    ['on the card', renderCard(nasty, NOW, 'https://example.slack.com/archives/C1/p1')],
    ['in a ping', renderPing(pingOf({ ...nasty, waiting: must(nasty.waiting) }), NOW, 'https://example.slack.com/x')],
  ])('%s', (_, content) => {
    for (const text of parsedTexts(content)) {
      for (const control of ['<!channel>', '<@U1>', '<https://evil', '</>']) expect(text).not.toContain(control)
    }
    const kinds = [...everyJson(content.blocks)].map(({ type }) => type)
    for (const kind of ['user', 'broadcast', 'usergroup']) expect(kinds).not.toContain(kind)
    expect(readMessage(content)).toContain(NASTY)
    expect(checkBlocks(content.blocks, 'message', '/blocks')).toEqual([])
  })

  test('in the text that stands in for the blocks', () => {
    const { text } = renderCard(nasty, NOW)
    expect(text).toContain('&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil|bank&gt; *x* &amp; &lt;/&gt;')
  })
})

test('whatever a customer writes, Slack takes the card: its form, fifty blocks, ten thousand characters', () => {
  const letter = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '<',
    '>',
    '&',
    '|',
    '*',
    '`',
    '👩‍👩‍👧‍👦',
    'é',
    '\u0301',
    '\u202e',
    '한',
    '\ud83d',
  )
  const text = fc.oneof(
    fc.array(letter, { maxLength: 2000 }).map((letters) => letters.join('')),
    fc.string(),
    fc.constant(NASTY.repeat(200)),
  )
  fc.assert(
    fc.property(
      text,
      text,
      text,
      fc.array(text, { maxLength: 10 }),
      fc.boolean(),
      (name, subject, body, warnings, isKnown) => {
        const card: CardView = {
          ...view,
          contact: { name: isKnown ? name || undefined : undefined, address: name || 'a@example.org' },
          subject,
          newest: { text: body, at: NOW, automated: subject, sender: 'fail', warnings, attachments: 3 },
          trouble: { delivery: 'parked', reason: body },
          related: { subject, card: undefined, isJoined: false },
        }
        const { text, blocks } = renderCard(card, NOW)
        expect(checkBlocks(blocks, 'message', '/blocks')).toEqual([])
        expect(blocks.length).toBeLessThanOrEqual(50)
        expect(charactersIn(blocks)).toBeLessThan(10_000)
        expect(text.length).toBeLessThanOrEqual(4000)
      },
    ),
    { numRuns: 200 },
  )
})

test('a ping says how late it is, for whom, with a way to the conversation', () => {
  const ping = pingOf({ ...view, waiting: { since: NOW - 25 * HOUR, dueAt: NOW - HOUR }, ownerId: 'U9' })
  expect(readMessage(renderPing(ping, NOW, 'https://example.slack.com/x')).split('\n')).toEqual([
    ':red_circle: *An answer is overdue*: this customer has waited 1 day 1 hour.',
    'Ada Lovelace ada@example.org · email',
    'The blue one',
    '> Is it in stock?',
    'Since 2026-01-05 08:00 UTC · due 2026-01-06 08:00 UTC · @U9 has it · Open the conversation (https://example.slack.com/x)',
    '[Reply by email] [Hand over…] [Snooze ping] [No reply needed…]',
  ])
})

function pingOf(card: CardView & { waiting: { since: number; dueAt: number } }): PingView {
  const none = {
    openMs: undefined,
    ended: undefined,
    acknowledgedBy: undefined,
    insteadOf: undefined,
    because: undefined,
  }
  return { ...card, ...none, windowId: 'w_1', step: 'due', oldest: card.newest, isHidden: false }
}

test('P6: where only opening hours count, a ping says how many of them it was', () => {
  const waited = { ...view, waiting: { since: NOW - 25 * HOUR, dueAt: NOW - HOUR } }
  const ping = { ...pingOf(waited), openMs: 8 * HOUR }
  expect(readMessage(renderPing(ping, NOW))).toContain('has waited 1 day 1 hour, 8 hours of it in opening hours.')
})

test.each([
  [0, 'less than a minute'],
  [60_000, '1 minute'],
  [HOUR, '1 hour'],
  [25 * HOUR + 60_000, '1 day 1 hour'],
  [49 * HOUR, '2 days 1 hour'],
  [24 * HOUR + 60_000, '1 day'],
])('%i ms is %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words)
})
