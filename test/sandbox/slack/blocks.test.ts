import { expect, test } from 'vitest'
import { checkBlocks, type Surface } from '../../../src/sandbox/slack/blocks.ts'
import { buttons, inputBlock, plain } from './desk.ts'

type Build = (size: number) => object[]

const x = (length: number) => 'x'.repeat(length)
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index))
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const section = (more: object) => [{ type: 'section', ...more }]
const actions = (...elements: object[]) => [{ type: 'actions', elements }]
const button = (more: object = {}) => ({ type: 'button', text: plain('Take'), ...more })
const option = (value: string, more: object = {}) => ({ text: plain(value), value, ...more })
const menu = (more: object) => actions({ type: 'static_select', ...more })
const dialog = (more: object) => ({
  title: plain('Sure?'),
  text: plain('Really?'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...more,
})
const input = (element: object, more: object = {}) => [inputBlock('body', element, more)]
const card = (more: object) => ({ type: 'card', title: mrkdwn('Ana'), ...more })
const cells = (count: number) => times(count, () => ({ type: 'raw_text', text: 'x' }))
const table = (rows: number, columns: number) => ({ type: 'table', rows: times(rows, () => cells(columns)) })

/** Name, where it is shown, the largest size Slack takes, and blocks of a given size. */
const LIMITS: [string, Surface, number, Build][] = [
  ['blocks in a message', 'message', 50, (size) => times(size, () => ({ type: 'divider' }))],
  ['blocks in a modal', 'modal', 100, (size) => times(size, () => ({ type: 'divider' }))],
  ['blocks in the home tab', 'home', 100, (size) => times(size, () => ({ type: 'divider' }))],
  ['a block id', 'message', 255, (size) => [{ type: 'divider', block_id: x(size) }]],
  ['an action id', 'message', 255, (size) => actions(button({ action_id: x(size) }))],
  ["a section's text", 'message', 3000, (size) => section({ text: mrkdwn(x(size)) })],
  ["a section's fields", 'message', 10, (size) => section({ fields: times(size, () => plain('x')) })],
  ["a field's text", 'message', 2000, (size) => section({ fields: [plain(x(size))] })],
  ['a header', 'message', 150, (size) => [{ type: 'header', text: plain(x(size)) }]],
  ['context elements', 'message', 10, (size) => [{ type: 'context', elements: times(size, () => mrkdwn('x')) }]],
  ['elements of actions', 'message', 25, (size) => actions(...times(size, () => button()))],
  ["a button's text", 'message', 75, (size) => actions(button({ text: plain(x(size)) }))],
  ["a button's value", 'message', 2000, (size) => actions(button({ value: x(size) }))],
  ["a button's address", 'message', 3000, (size) => actions(button({ url: x(size) }))],
  ["a button's spoken label", 'message', 75, (size) => actions(button({ accessibility_label: x(size) }))],
  [
    'overflow options',
    'message',
    5,
    (size) => actions({ type: 'overflow', options: times(size, (n) => option(`o${n}`)) }),
  ],
  ['options of a menu', 'message', 100, (size) => menu({ options: times(size, (n) => option(`o${n}`)) })],
  [
    'groups of a menu',
    'message',
    100,
    (size) => menu({ option_groups: times(size, () => ({ label: plain('g'), options: [option('a')] })) }),
  ],
  ["an option's text", 'message', 75, (size) => menu({ options: [{ text: plain(x(size)), value: 'v' }] })],
  [
    "an option's description",
    'message',
    75,
    (size) => menu({ options: [option('a', { description: plain(x(size)) })] }),
  ],
  ["an option's value", 'message', 75, (size) => menu({ options: [{ text: plain('a'), value: x(size) }] })],
  [
    'radio buttons',
    'message',
    10,
    (size) => actions({ type: 'radio_buttons', options: times(size, (n) => option(`o${n}`)) }),
  ],
  [
    'checkboxes',
    'message',
    10,
    (size) => actions({ type: 'checkboxes', options: times(size, (n) => option(`o${n}`)) }),
  ],
  ["a confirmation's title", 'message', 100, (size) => actions(button({ confirm: dialog({ title: plain(x(size)) }) }))],
  ["a confirmation's text", 'message', 300, (size) => actions(button({ confirm: dialog({ text: mrkdwn(x(size)) }) }))],
  ["a confirmation's button", 'message', 30, (size) => actions(button({ confirm: dialog({ deny: plain(x(size)) }) }))],
  ['a placeholder', 'message', 150, (size) => menu({ options: [option('a')], placeholder: plain(x(size)) })],
  ["an input's label", 'modal', 2000, (size) => input({ type: 'plain_text_input' }, { label: plain(x(size)) })],
  ["an input's hint", 'modal', 2000, (size) => input({ type: 'plain_text_input' }, { hint: plain(x(size)) })],
  ['the least length of an input', 'modal', 3000, (size) => input({ type: 'plain_text_input', min_length: size })],
  ['the greatest length of an input', 'modal', 3000, (size) => input({ type: 'plain_text_input', max_length: size })],
  ["an input's first text", 'modal', 3000, (size) => input({ type: 'plain_text_input', initial_value: x(size) })],
  ['lines of a rich text input', 'modal', 100, (size) => input({ type: 'rich_text_input', max_lines: size })],
  ['files of a file input', 'modal', 10, (size) => input({ type: 'file_input', max_files: size })],
  ['rows of a table', 'message', 100, (size) => [table(size, 1)]],
  ['cells of a row', 'message', 20, (size) => [table(1, size)]],
  ['tables in a message', 'message', 1, (size) => times(size, () => table(1, 1))],
  [
    "a data table's page",
    'message',
    100,
    (size) => [{ ...table(1, 1), type: 'data_table', caption: 'c', page_size: size }],
  ],
  ["a card's title", 'message', 150, (size) => [card({ title: mrkdwn(x(size)) })]],
  ["a card's subtitle", 'message', 150, (size) => [card({ subtitle: mrkdwn(x(size)) })]],
  ["a card's body", 'message', 200, (size) => [card({ body: mrkdwn(x(size)) })]],
  ['cards of a carousel', 'message', 10, (size) => [{ type: 'carousel', elements: times(size, () => card({})) }]],
  [
    "a container's title",
    'message',
    150,
    (size) => [{ type: 'container', title: plain(x(size)), child_blocks: [{ type: 'divider' }] }],
  ],
  [
    "a container's blocks",
    'message',
    10,
    (size) => [{ type: 'container', title: plain('c'), child_blocks: times(size, () => ({ type: 'divider' })) }],
  ],
  [
    'context actions',
    'message',
    5,
    (size) => [
      {
        type: 'context_actions',
        elements: times(size, () => ({ type: 'icon_button', icon: 'trash', text: plain('x') })),
      },
    ],
  ],
  ["an image's address", 'message', 3000, (size) => [{ type: 'image', image_url: x(size), alt_text: 'a' }]],
  [
    "an image's description",
    'message',
    2000,
    (size) => [{ type: 'image', image_url: 'https://a.example', alt_text: x(size) }],
  ],
  ['markdown', 'message', 12_000, (size) => [{ type: 'markdown', text: x(size) }]],
  [
    'markdown in several blocks',
    'message',
    6000,
    (size) => [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(size) },
    ],
  ],
  [
    'the indent of a list',
    'message',
    8,
    (size) => [rich({ type: 'rich_text_list', style: 'bullet', indent: size, elements: [words('x')] })],
  ],
]

function words(text: string) {
  return { type: 'rich_text_section', elements: [{ type: 'text', text }] }
}

function rich(...elements: object[]) {
  return { type: 'rich_text', elements }
}

test.each(LIMITS)('%s may be as long as Slack allows and not one more', (_name, surface, max, build) => {
  expect(checkBlocks(build(max), surface, '/blocks')).toEqual([])
  expect(checkBlocks(build(max + 1), surface, '/blocks')).toHaveLength(1)
})

const MISTAKES: [string, Surface, object[], string][] = [
  ['an unknown block', 'message', [{ type: 'tabs' }], 'unsupported type: tabs [json-pointer:/blocks/0/type]'],
  ['a block without a type', 'message', [{ text: 'x' }], 'missing required field: type [json-pointer:/blocks/0]'],
  [
    'an unknown element',
    'message',
    actions({ type: 'slider' }),
    'unsupported type: slider [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'a text field outside an input block',
    'modal',
    actions({ type: 'plain_text_input' }),
    'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
  ],
  ['a button as an input', 'modal', input(button()), 'unsupported type: button [json-pointer:/blocks/0/element/type]'],
  [
    'a file input outside a modal',
    'message',
    input({ type: 'file_input' }),
    'unsupported type: file_input [json-pointer:/blocks/0/element/type]',
  ],
  [
    'markdown in a modal',
    'modal',
    [{ type: 'markdown', text: 'x' }],
    'unsupported type: markdown [json-pointer:/blocks/0/type]',
  ],
  ['a table on the home tab', 'home', [table(1, 1)], 'unsupported type: table [json-pointer:/blocks/0/type]'],
  ['an empty section', 'message', section({}), 'missing required field: text or fields [json-pointer:/blocks/0]'],
  [
    'empty text',
    'message',
    section({ text: plain('') }),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'mrkdwn in a header',
    'message',
    [{ type: 'header', text: mrkdwn('x') }],
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'text that is only a string',
    'message',
    section({ text: 'x' }),
    'must provide an object [json-pointer:/blocks/0/text]',
  ],
  [
    'a property Slack does not know',
    'message',
    actions(button({ colour: 'red' })),
    'invalid additional property: colour [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'a style Slack does not know',
    'message',
    actions(button({ style: 'loud' })),
    'must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'the same block id twice',
    'message',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'block_id already exists: a [json-pointer:/blocks]',
  ],
  [
    'the same action id twice in a block',
    'message',
    buttons('take', 'take'),
    'action_id must be unique within block buttons [json-pointer:/blocks]',
  ],
  [
    'no options and no groups',
    'message',
    menu({}),
    'missing required field: options or option_groups [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'a first choice that is not on offer',
    'message',
    menu({ options: [option('a')], initial_option: option('b') }),
    'initial option must match one of the options [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'an image without a description',
    'message',
    [{ type: 'image', image_url: 'https://a.example' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'an input without a label',
    'modal',
    [{ type: 'input', element: { type: 'plain_text_input' } }],
    'missing required field: label [json-pointer:/blocks/0]',
  ],
  [
    'bare text in rich text',
    'message',
    [rich({ type: 'text', text: 'x' })],
    'unsupported type: text [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'an empty text in rich text',
    'message',
    [rich(words(''))],
    'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  ],
  [
    'a mention in preformatted text',
    'message',
    [rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] })],
    'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
  ],
  [
    'a list of anything but sections',
    'message',
    [rich({ type: 'rich_text_list', style: 'bullet', elements: [{ type: 'text', text: 'x' }] })],
    'unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]',
  ],
]

test.each(MISTAKES)('%s is refused with the place', (_name, surface, blocks, objection) => {
  expect(checkBlocks(blocks, surface, '/blocks')).toEqual([objection])
})

test('a card as the desk would build it passes', () => {
  const blocks = [
    { type: 'header', text: plain('Ana P. by email') },
    {
      type: 'section',
      block_id: 'about',
      text: mrkdwn('*Invoice*'),
      accessory: { type: 'overflow', action_id: 'more', options: [option('spam')] },
    },
    rich({ type: 'rich_text_quote', elements: [{ type: 'text', text: 'Where is my invoice? <!channel>' }] }),
    { type: 'context', elements: [mrkdwn('due <!date^1772442000^{date_short_pretty} {time}|9:00 UTC>')] },
    ...buttons('take', 'reply'),
  ]
  expect(checkBlocks(blocks, 'message', '/blocks')).toEqual([])
})
