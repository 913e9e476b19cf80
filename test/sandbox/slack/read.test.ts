import { expect, test } from 'vitest'
import { mentions } from '../../../src/sandbox/slack/mentions.ts'
import { readBlocks, readMessage, readView } from '../../../src/sandbox/slack/read.ts'
import { buttons, inputBlock, modal, plain } from './desk.ts'

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const rich = (...elements: object[]) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] })

test('a card reads as a person sees it', () => {
  const card = [
    { type: 'header', text: plain('Ana P. by email') },
    {
      type: 'section',
      text: mrkdwn('*Invoice* for <@U1>, see <https://evil.example|your bank> &amp; &lt;!channel&gt;'),
      accessory: { type: 'overflow', options: [{ text: plain('Spam'), value: 's' }] },
    },
    { type: 'context', elements: [mrkdwn('due <!date^1772442000^{time}|9:00 UTC>'), plain('new')] },
    { type: 'divider' },
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: 'Hello\nthere <!here>' }] }],
    },
    ...buttons('Take', 'Reply'),
  ]
  expect(readBlocks(card, { name: (id) => (id === 'U1' ? 'leo' : undefined) })).toBe(
    [
      'Ana P. by email',
      '*Invoice* for @leo, see your bank (https://evil.example) & <!channel>',
      '[... Spam]',
      'due 9:00 UTC new',
      '---',
      '> Hello',
      '> there <!here>',
      '[Take] [Reply]',
    ].join('\n'),
  )
})

test('a message without blocks reads as its text, a modal with its title and buttons', () => {
  expect(readMessage({ text: 'Hi <@U1> &lt;3' })).toBe('Hi @U1 <3')
  const view = modal([
    inputBlock('Letter', { type: 'plain_text_input', initial_value: 'Dear Ana' }),
    rich({ type: 'link', url: 'https://a.example', text: 'terms' }) as never,
  ])
  expect(readView(view)).toBe(['Reply', 'Letter', 'Dear Ana', 'terms (https://a.example)', '[Send]'].join('\n'))
})

test('only live mentions ping: not escaped ones, not those in plain or rich text words', () => {
  const hostile = '<!channel> <@U1>'
  expect(
    mentions({
      text: '&lt;!channel&gt;',
      blocks: [rich({ type: 'text', text: hostile }), { type: 'section', text: plain(hostile) }],
    }),
  ).toEqual([])
  expect(
    mentions({
      text: '<!channel>',
      blocks: [
        { type: 'section', text: mrkdwn('<@U1> <!subteam^S1> <!date^1^{time}|x>') },
        rich({ type: 'broadcast', range: 'here' }),
      ],
    }),
  ).toEqual(['channel', 'U1', 'S1', 'here'])
})
