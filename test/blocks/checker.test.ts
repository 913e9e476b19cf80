// The second opinion is worth something only if it objects: each rule with what breaks it.
import { expect, test } from 'vitest'
import { faultsOfChoices, faultsOfMessage, faultsOfView, MARK } from './checker.ts'

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })
const button = (text: string, more: object = {}) => ({ type: 'button', text: plain(text), ...more })
const rich = (...elements: object[]) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] })
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
const divider = { type: 'divider' }
const field = (element: object, more: object = {}) => ({ type: 'input', label: plain('What?'), element, ...more })
const options = (count: number) => Array.from({ length: count }, (_, n) => ({ text: plain(`${n}`), value: `${n}` }))

const MESSAGES: [string, unknown[], string][] = [
  ['51 blocks', Array(51).fill(divider), '51 of them'],
  ['a long section', [section('x'.repeat(3001))], '3001 characters'],
  ['a long header', [{ type: 'header', text: plain('x'.repeat(151)) }], '151 characters'],
  ['too much together', Array(5).fill(section('x'.repeat(2900))), 'characters together'],
  [
    'one name twice',
    [
      { ...divider, block_id: 'a' },
      { ...divider, block_id: 'a' },
    ],
    'stands twice',
  ],
  [
    'one action twice',
    [{ type: 'actions', elements: [button('a', { action_id: 'x' }), button('b', { action_id: 'x' })] }],
    'stands twice',
  ],
  ['no element', [{ type: 'actions', elements: [] }], 'elements: 0'],
  ['26 elements', [{ type: 'actions', elements: Array(26).fill(button('a')) }], 'elements: 26'],
  ['six in a menu', [{ type: 'actions', elements: [{ type: 'overflow', options: options(6) }] }], 'options: 6'],
  ['an input', [field({ type: 'plain_text_input' })], 'input on a message'],
  ['a long button', [{ type: 'actions', elements: [button('x'.repeat(76))] }], '76 characters'],
  ['a button that says nothing', [{ type: 'actions', elements: [button(' ')] }], 'says nothing'],
  ['an empty word', [rich({ type: 'text', text: '' })], 'empty text'],
  ['half a character', [rich({ type: 'text', text: 'a\ud83d' })], 'torn'],
  ['a link one cannot see', [rich({ type: 'link', url: 'https://a.example', text: '' })], 'nobody can see'],
  ['a link that runs', [rich({ type: 'link', url: 'javascript:alert(1)', text: 'a' })], 'a link to'],
  ['a call to everybody', [section('<!here> look')], 'calls everybody'],
  ['somebody’s words where they are parsed', [section(`${MARK} *x*`)], 'in mrkdwn'],
  ['somebody’s emoji', [{ type: 'header', text: { type: 'plain_text', text: MARK } }], 'becomes a picture'],
]

test.each(MESSAGES)('S14, S15: a message with %s is objected to', (_, blocks, fault) => {
  expect(faultsOfMessage({ text: 'a', blocks }).join(' ')).toContain(fault)
})

test.each([
  ['', 'nothing to say'],
  ['x'.repeat(4001), '4001 characters'],
  ['<!channel>', 'calls everybody'],
  ['<https://evil.example|bank>', 'is alive'],
])('S14: the text %.20j is objected to', (text, fault) => {
  expect(faultsOfMessage({ text }).join(' ')).toContain(fault)
})

const modal = (blocks: unknown[], more: object = {}) => ({
  type: 'modal',
  title: plain('A'),
  submit: plain('B'),
  blocks,
  ...more,
})
const VIEWS: [string, unknown, string][] = [
  ['no title', modal([], { title: undefined }), 'no title'],
  ['a long title', modal([], { title: plain('x'.repeat(25)) }), '25 characters'],
  ['much to carry', modal([], { private_metadata: 'x'.repeat(3001) }), '3001 characters'],
  ['101 blocks', modal(Array(101).fill(divider)), '101 of them'],
  ['250 kB', modal(Array(90).fill(rich({ type: 'text', text: 'é'.repeat(2900) }))), 'bytes'],
  ['no way to submit', modal([field({ type: 'plain_text_input' })], { submit: undefined }), 'no submit'],
  [
    'more to start with than may be typed',
    modal([field({ type: 'plain_text_input', max_length: 2, initial_value: 'abc' })]),
    'to start with',
  ],
  ['101 options', modal([field({ type: 'static_select', options: options(101) })]), 'options: 101'],
  ['11 boxes', modal([field({ type: 'checkboxes', options: options(11) })]), 'options: 11'],
  [
    'a long value',
    modal([field({ type: 'static_select', options: [{ text: plain('a'), value: 'x'.repeat(76) }] })]),
    '76 characters',
  ],
  [
    'a choice that is not offered',
    modal([field({ type: 'static_select', options: options(1), initial_option: options(2)[1] })]),
    'not offered',
  ],
]

test.each(VIEWS)('S15: a view with %s is objected to', (_, view, fault) => {
  expect(faultsOfView(view).join(' ')).toContain(fault)
})

test('S15: more than a hundred choices in all groups together are objected to', () => {
  const group = { label: plain('a'), options: options(60) }
  expect(faultsOfChoices({ option_groups: [group, group] })).toEqual(['120 choices'])
})
