// Block Kit's blocks: which are allowed where, their fields and limits, and ids unique as Slack wants them.
import { ACCEPTED, elements, image } from './block-elements.ts'
import { anyText, ID, mrkdwn, plainText, TEXT_MAX } from './block-objects.ts'
import { eitherOfTitle, tableShapes } from './block-tables.ts'
import { isJson, type Json, jsonList } from './json.ts'
import { richText, richTextBlock } from './rich-text.ts'
import {
  anything,
  type Check,
  eitherOf,
  flag,
  list,
  object,
  objections,
  oneOf,
  optional,
  type Report,
  required,
  string,
  variant,
} from './shape.ts'

export type Surface = 'message' | 'modal' | 'home'

const BLOCKS_MAX = { message: 50, modal: 100, home: 100 }
const ACTIONS_MAX = 25
const CONTEXT_MAX = 10
const CONTEXT_ACTIONS_MAX = 5
const FIELDS_MAX = 10
const FIELD_TEXT_MAX = 2000
const HEADER_MAX = 150
const INPUT_TEXT_MAX = 2000
const MARKDOWN_MAX = 12_000
const CARDS_MAX = 10
const CHILDREN_MAX = 10
const MESSAGES_ONLY = [
  'markdown',
  'table',
  'data_table',
  'card',
  'carousel',
  'container',
  'context_actions',
  'task_card',
  'plan',
]
const CHILDREN = ['actions', 'context', 'divider', 'header', 'image', 'input', 'rich_text', 'section', 'table', 'video']

const base = { type: required(anything), block_id: optional(ID) }

function element(accepted: readonly string[]): Check {
  return variant(() => elements, accepted)
}

const button = element(['button'])
const picture = element(['image'])

const card = object(
  {
    ...base,
    hero_image: optional(picture),
    icon: optional(picture),
    title: optional(mrkdwn(150)),
    subtitle: optional(mrkdwn(150)),
    body: optional(mrkdwn(200)),
    actions: optional(list(button)),
  },
  (value, at, report) => {
    const shown = ['hero_image', 'title', 'actions', 'body']
    if (!shown.some((name) => value[name] !== undefined)) report(`missing required field: ${shown.join(' or ')}`, at)
  },
)

function inputBlock(accepted: readonly string[]): Check {
  return object({
    ...base,
    label: required(plainText(INPUT_TEXT_MAX)),
    hint: optional(plainText(INPUT_TEXT_MAX)),
    optional: optional(flag),
    dispatch_action: optional(flag),
    element: required(element(accepted)),
  })
}

const shapes: Record<string, Check> = {
  ...tableShapes,
  divider: object(base),
  header: object({ ...base, text: required(plainText(HEADER_MAX)) }),
  section: object(
    {
      ...base,
      text: optional(anyText(TEXT_MAX)),
      fields: optional(list(anyText(FIELD_TEXT_MAX), { min: 1, max: FIELDS_MAX })),
      accessory: optional(element(ACCEPTED.section)),
      expand: optional(flag),
    },
    (value, at, report) => {
      if (value.text === undefined && value.fields === undefined) report('missing required field: text or fields', at)
    },
  ),
  context: object({ ...base, elements: required(list(element(ACCEPTED.context), { min: 1, max: CONTEXT_MAX })) }),
  actions: object({ ...base, elements: required(list(element(ACCEPTED.actions), { min: 1, max: ACTIONS_MAX })) }),
  context_actions: object({
    ...base,
    elements: required(list(element(ACCEPTED.context_actions), { min: 1, max: CONTEXT_ACTIONS_MAX })),
  }),
  image: object({ ...base, ...image, title: optional(plainText(2000)) }, eitherOf('image_url', 'slack_file')),
  input: inputBlock(ACCEPTED.input),
  markdown: object({ ...base, text: required(string({ min: 1, max: MARKDOWN_MAX })) }),
  rich_text: richText,
  alert: object({
    ...base,
    text: required(anyText(TEXT_MAX)),
    level: optional(oneOf('default', 'info', 'warning', 'error', 'success')),
  }),
  card,
  carousel: object({
    ...base,
    elements: required(
      list(
        variant(() => ({ card })),
        { min: 1, max: CARDS_MAX },
      ),
    ),
  }),
  container: object(
    {
      ...base,
      title: optional(plainText(150)),
      rich_text_title: optional(richTextBlock),
      subtitle: optional(anyText(150)),
      child_blocks: required(
        list(
          variant(() => shapes, CHILDREN),
          { min: 1, max: CHILDREN_MAX },
        ),
      ),
      width: optional(oneOf('narrow', 'standard', 'wide', 'full')),
      icon: optional(picture),
      is_collapsible: optional(flag),
      default_collapsed: optional(flag),
      has_header_divider: optional(flag),
    },
    eitherOfTitle,
  ),
}

const modalShapes = { ...shapes, input: inputBlock(ACCEPTED.modalInput) }

/** Everything Slack would object to in these blocks, in its words; empty when they may be shown there. */
export function checkBlocks(blocks: unknown, surface: Surface, at: string): string[] {
  const known = surface === 'modal' ? modalShapes : shapes
  const allowed = Object.keys(known).filter((type) => surface === 'message' || !MESSAGES_ONLY.includes(type))
  const block = variant(() => known, allowed)
  const whole: Check = (value, where, report) => {
    list(block, { max: BLOCKS_MAX[surface] })(value, where, report)
    checkUnique(jsonList(value), where, report)
  }
  return objections(whole, blocks, at)
}

function checkUnique(blocks: Json[], at: string, report: Report): void {
  const seen = new Set<unknown>()
  for (const block of blocks) {
    if (block.block_id !== undefined && seen.has(block.block_id))
      report(`block_id already exists: ${block.block_id}`, at)
    seen.add(block.block_id)
    const ids = elementsOf(block).flatMap(({ action_id }) => (action_id === undefined ? [] : [action_id]))
    if (new Set(ids).size < ids.length) report(`action_id must be unique within block ${block.block_id ?? ''}`, at)
  }
  const texts = blocks.flatMap(({ type, text }) => (type === 'markdown' && typeof text === 'string' ? [text] : []))
  if (texts.length > 1 && texts.join('').length > MARKDOWN_MAX)
    report(`must be less than ${MARKDOWN_MAX + 1} characters`, at)
  if (blocks.filter(({ type }) => type === 'table').length > 1) report('only one table allowed', at)
}

/** The interactive elements of a block, wherever the kind of block keeps them. */
export function elementsOf(block: Json): Json[] {
  if (block.type === 'rich_text') return []
  const own = [block.element, block.accessory].filter(isJson)
  const nested = [...jsonList(block.child_blocks), ...(block.type === 'carousel' ? jsonList(block.elements) : [])]
  const listed = block.type === 'carousel' ? [] : [...jsonList(block.elements), ...jsonList(block.actions)]
  return [...own, ...listed, ...nested.flatMap(elementsOf)]
}

/** A copy in which every block and element has the id Slack would have given it. */
export function assignIds(world: { newId(prefix: string): string }, blocks: Json[]): Json[] {
  const copies = structuredClone(blocks)
  for (const block of copies) {
    block.block_id ??= world.newId('b')
    for (const part of elementsOf(block)) {
      const isText =
        part.type === 'plain_text' || part.type === 'mrkdwn' || part.type === 'image' || part.type === 'card'
      if (!isText) part.action_id ??= world.newId('a')
    }
  }
  return copies
}
