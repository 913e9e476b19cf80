// The form of a letter: what agents see of it in menus, whom it is for, and what it says.
import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import { languageName } from '../template/language.ts'
import type { LetterFault } from '../template/letter.ts'
import { type LetterDraft, nameFrom, renderFault } from '../template/letter-text.ts'
import type { OpenView } from './interaction.ts'
import { bodyInputs, fieldOfLine, readBodyInputs } from './letter-body.ts'
import { type Belongings, readBelongings } from './letter-boxes.ts'
import type { Outcome } from './respond.ts'
import { type Desk, deskTitle } from './tools.ts'
import { note, plain } from './words.ts'

export interface LetterFormMeta extends Belongings {
  /** The desk's channel, where a word about it can be said. */
  at: string
  /** The letter that is changed; without it, a new one is made. */
  key?: string
  /** The version that the form shows. */
  seen: number
  /** The reply that it is made of. */
  messageId?: string
  conversationId?: string
}

const CHANNELS = { email: 'Email', discord: 'Discord', slack: 'Slack' }
const TITLE_LENGTH_MAX = 75
const WHEN_LENGTH_MAX = 150
const NAME_LENGTH_MAX = 50

export function letterForm(form: {
  callbackId: string
  title: string
  meta: LetterFormMeta
  draft: LetterDraft
  name: string
  languages: readonly string[]
  desks: readonly Desk[]
  notes: readonly string[]
  /** What can be taken out of it. */
  belongings?: readonly InputBlock[]
}): ModalView {
  const { callbackId, title, meta, draft, name, languages, desks, notes, belongings = [] } = form
  const isNew = meta.key === undefined
  const body = bodyInputs(draft.body)
  const naming: KnownBlock[] = isNew
    ? [
        { ...line('name', 'File name', name, NAME_LENGTH_MAX, NAME_HINT), optional: true },
        choice(
          'language',
          'Language',
          languages.map((each) => optionOf(languageName(each), each)),
          draft.language,
        ),
      ]
    : []
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: JSON.stringify({ ...meta, ...(body.joints.length > 0 && { joints: body.joints }) }),
    title: plain(title),
    submit: plain('Save'),
    close: plain('Cancel'),
    blocks: [
      ...notes.map(note),
      line('title', 'Title', draft.title, TITLE_LENGTH_MAX, 'Agents choose the letter by it.'),
      line(
        'when',
        'When to use it',
        draft.when,
        WHEN_LENGTH_MAX,
        'For example: The parcel is late and they ask where it is.',
      ),
      ...naming,
      ...body.blocks,
      boxes(
        'channels',
        'Channels',
        Object.entries(CHANNELS).map(([value, label]) => optionOf(label, value)),
        draft.channels,
      ),
      ...belongings,
      ...(desks.length < 2 ? [] : [deskMenu(desks, draft.desks)]),
    ],
  }
}

const NAME_HINT = 'Lower-case words with hyphens, such as late-parcel. Left empty, it comes from the title.'

function line(block_id: string, label: string, text: string, max_length: number, hint: string): InputBlock {
  const initial = text === '' ? {} : { initial_value: shorten(text, max_length) }
  const element = { type: 'plain_text_input' as const, action_id: block_id, max_length, ...initial }
  return { type: 'input', block_id, label: plain(label), hint: plain(hint), element }
}

function choice(block_id: string, label: string, options: PlainTextOption[], chosen: string): InputBlock {
  const initial = options.find(({ value }) => value === chosen)
  const element = {
    ...{ type: 'static_select' as const, action_id: block_id, options, placeholder: plain('Choose') },
    ...(initial && { initial_option: initial }),
  }
  return { type: 'input', block_id, label: plain(label), element }
}

function boxes(block_id: string, label: string, options: PlainTextOption[], ticked?: readonly string[]): InputBlock {
  const initial = options.filter(({ value }) => ticked?.includes(String(value)) ?? true)
  const element = {
    type: 'checkboxes' as const,
    action_id: block_id,
    options,
    ...(initial.length > 0 && { initial_options: initial }),
  }
  return { type: 'input', block_id, label: plain(label), hint: plain('Where it may be sent.'), element }
}

function deskMenu(desks: readonly Desk[], chosen: readonly string[] = []): InputBlock {
  const options = desks.map((desk) => optionOf(deskTitle(desk), desk.name))
  const initial = options.filter(({ value }) => chosen.includes(String(value)))
  return {
    type: 'input',
    block_id: 'desks',
    optional: true,
    label: plain('Desks'),
    hint: plain('Whose agents are offered it. Left empty: all of them.'),
    element: {
      type: 'multi_static_select',
      action_id: 'desks',
      options,
      placeholder: plain('All desks'),
      ...(initial.length > 0 && { initial_options: initial }),
    },
  }
}

function optionOf(label: string, value: string): PlainTextOption {
  return { text: plain(shorten(label, 75)), value }
}

/** What the form says now. `before`: what it does not show. */
export function readLetterForm(view: OpenView, before: { language: string; desks?: readonly string[] | undefined }) {
  const channels = view.chosenMany('channels', 'channels')
  const asksDesks = view.blocks.some(({ block_id }) => block_id === 'desks')
  const desks = asksDesks ? view.chosenMany('desks', 'desks') : [...(before.desks ?? [])]
  const title = view.typed('title', 'title').trim()
  const draft: LetterDraft = {
    title,
    when: view.typed('when', 'when').trim(),
    language: view.chosen('language', 'language') || before.language,
    channels: channels.length === Object.keys(CHANNELS).length ? undefined : channels,
    desks: desks.length === 0 ? undefined : desks,
    body: readBodyInputs(view),
    ...readBelongings(view),
  }
  const typed = view.typed('name', 'name').trim()
  return { draft, name: typed === '' ? nameFrom(title) : typed, isNameTyped: typed !== '' }
}

const BLOCKS = ['title', 'when', 'channels', 'language', 'desks']

/** At the field that it is about: the body, unless it names a setting that has one of its own. */
export function atFault(fault: LetterFault, bodyLine: number, view: OpenView): Outcome {
  const setting = /^"(\w+)/.exec(fault.message)?.[1] ?? ''
  const isThere = view.blocks.some(({ block_id }) => block_id === setting)
  if (BLOCKS.includes(setting) && isThere)
    return { kind: 'errors', blockId: setting, text: renderFault(fault, bodyLine) }
  const { blockId, line } = fieldOfLine(view, fault.line - bodyLine + 1)
  return { kind: 'errors', blockId, text: renderFault(fault, bodyLine, line) }
}
