// "Priority and tags": how urgent a conversation is, and the words by which it is told from others and found again.
import type { KnownBlock, ModalView } from '@slack/types'
import type { Priority } from '../fact.ts'
import { type Labelled, label } from '../label.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { DESK_TAGS_MAX, listKnownTags, listTags, parseTags, TAGS_MAX, type Tag } from '../tag.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { plain } from './words.ts'

export const LABEL = 'label'
const TITLE = 'Priority and tags'
/** Slack’s menu has room for no more. */
const OPTIONS_MAX = 100
const OPTION_LENGTH_MAX = 75
const TYPED_LENGTH_MAX = 400

const PRIORITIES = ['high', 'normal', 'low'] as const
type Choice = (typeof PRIORITIES)[number]
const PRIORITY_WORDS: Record<Choice, string> = { high: 'High', normal: 'Normal', low: 'Low' }

interface LabelMeta extends FormMeta {
  /** What the agent was shown: what a colleague has changed since stays so. */
  priority: Choice
  tags: string[]
}

export async function openLabel(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareLabel(tools, click) })
}

async function prepareLabel(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, 'label', id)
  if (admission.kind === 'refused') return admission
  const { conversation, desk } = admission
  const { db } = tools
  const tags = await listTags(db, id)
  const meta: LabelMeta = {
    ...{ conversationId: id, at: desk.channel },
    priority: conversation.priority ?? 'normal',
    tags: tags.map((tag) => tag.id),
  }
  return await withAbout(db, conversation, labelView(meta, tags, await listKnownTags(db, desk.name, OPTIONS_MAX)))
}

export function labelView(meta: LabelMeta, tags: readonly Tag[], known: readonly Tag[]): ModalView {
  const rest = known.filter(({ id }) => !meta.tags.includes(id))
  const offered = [...tags, ...rest].slice(0, OPTIONS_MAX)
  return formView({
    callbackId: LABEL,
    title: TITLE,
    submit: 'Save',
    meta,
    blocks: [priorityChoice(meta.priority), ...(offered.length > 0 ? [tagMenu(offered, tags)] : []), newTags()],
  })
}

function priorityChoice(now: Choice): KnownBlock {
  const option = (choice: Choice) => ({ text: plain(PRIORITY_WORDS[choice]), value: choice })
  return {
    type: 'input',
    block_id: 'priority',
    label: plain('Priority'),
    hint: plain('Colleagues see it on the card and in their lists. The order stays by the due time.'),
    element: {
      type: 'radio_buttons',
      action_id: 'priority',
      options: PRIORITIES.map(option),
      initial_option: option(now),
    },
  }
}

function tagMenu(offered: readonly Tag[], chosen: readonly Tag[]): KnownBlock {
  const option = ({ id, name }: Tag) => ({ text: plain(shorten(name, OPTION_LENGTH_MAX)), value: id })
  return {
    type: 'input',
    block_id: 'tags',
    optional: true,
    label: plain('Tags'),
    element: {
      type: 'multi_static_select',
      action_id: 'tags',
      placeholder: plain('Choose tags'),
      options: offered.map(option),
      ...(chosen.length > 0 && { initial_options: chosen.map(option) }),
      max_selected_items: TAGS_MAX,
    },
  }
}

function newTags(): KnownBlock {
  return {
    type: 'input',
    block_id: 'new',
    optional: true,
    label: plain('New tags'),
    hint: plain('Short words, with commas between them. “/desk find tag:refund” lists what has the tag “refund”.'),
    element: {
      type: 'plain_text_input',
      action_id: 'new',
      max_length: TYPED_LENGTH_MAX,
      placeholder: plain('refund, late delivery'),
    },
  }
}

async function submitLabel(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = JSON.parse(view.metadata) as LabelMeta
  const admission = await admitTo(tools, who, 'label', meta.conversationId)
  if (admission.kind === 'refused') return { kind: 'errors', blockId: 'new', text: admission.text }
  const typed = view.typed('new', 'new')
  const names = parseTags(typed)
  if (typed.trim() !== '' && names.length === 0) return atNew('A tag needs a letter or a figure, such as “refund”.')
  const chosen = view.chosenMany('tags', 'tags')
  const priority = PRIORITIES.find((choice) => choice === view.chosen('priority', 'priority'))
  const labels = {
    by: admission.agent.id,
    ...(priority !== undefined && priority !== meta.priority && { priority: priority satisfies Priority | 'normal' }),
    add: names,
    addIds: chosen.filter((id) => !meta.tags.includes(id)),
    remove: meta.tags.filter((id) => !chosen.includes(id)),
  }
  return outcomeOf(await tools.db.transaction((trx) => label(trx, meta.conversationId, labels)))
}

function outcomeOf({ kind }: Labelled): Outcome {
  switch (kind) {
    case 'labelled':
      return { kind: 'close', below: 'closed', late: toldView(TITLE, 'Saved.') }
    case 'too-many-tags':
      return atNew(`A conversation has at most ${TAGS_MAX} tags. Take some away first.`)
    case 'desk-has-too-many':
      return atNew(`This desk has ${DESK_TAGS_MAX} tags already. Choose one of them.`)
  }
}

const atNew = (text: string): Outcome => ({ kind: 'errors', blockId: 'new', text })

export const labelForm = shortForm(TITLE, submitLabel, (view) => view.typed('new', 'new').slice(0, TYPED_LENGTH_MAX))
