// "Ask somebody outside…" as agents see it: whom, what, and which of the customer's words and files go along. None, unless they are ticked.
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import type { Part } from '../channel.ts'
import type { Message } from '../message.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import { shownName, sizeWords } from './file-name.ts'
import { type FormMeta, formView } from './form.ts'
import { type Letterhead, leaving } from './preview-view.ts'
import { newWords } from './question.ts'
import { note, plain } from './words.ts'

export const OUTSIDE = 'outside'
export const OUTSIDE_PREVIEW = 'outside_preview'
export const OUTSIDE_TITLE = 'Ask somebody outside'

export const TO_BLOCK = 'outside_to'
export const SUBJECT_BLOCK = 'outside_subject'
export const TEXT_BLOCK = 'outside_text'
export const QUOTES_BLOCK = 'outside_quotes'
export const FILES_BLOCK = 'outside_files'

/** Slack shows no more to tick. */
export const TICKED_MAX = 10
const OPTION_LENGTH_MAX = 75
const SUBJECT_LENGTH_MAX = 200
/** Slack takes no more in one plain field. */
const TEXT_LENGTH_MAX = 3000
const ADDRESS_LENGTH_MAX = 254

export interface Outside {
  meta: FormMeta
  /** Who was asked last. */
  address: string
  subject: string
  /** What the customer has written, the newest first. */
  messages: readonly Message[]
  files: readonly { id: string; name: string; bytes: number }[]
}

export function outsideView({ meta, address, subject, messages, files }: Outside): ModalView {
  const quotes = messages.map((message) => ({ value: message.id, text: oneLine(newWords(message)) || '(no text)' }))
  const attached = files.map(({ id, name, bytes }) => ({ value: id, text: `${shownName(name)} (${sizeWords(bytes)})` }))
  return formView({
    callbackId: OUTSIDE,
    title: OUTSIDE_TITLE,
    submit: 'Preview',
    meta,
    blocks: [
      note(
        'They are written to from our mailbox. Their answer comes into this thread, for us alone; the customer hears nothing of it.',
      ),
      text(TO_BLOCK, 'To', address, {
        lengthMax: ADDRESS_LENGTH_MAX,
        hint: 'Their mail address. Whoever was asked before gets it as part of the same exchange.',
      }),
      text(SUBJECT_BLOCK, 'Subject', subject, { lengthMax: SUBJECT_LENGTH_MAX }),
      text(TEXT_BLOCK, 'Your question', '', { lengthMax: TEXT_LENGTH_MAX, isMultiline: true }),
      ...ticks(QUOTES_BLOCK, 'Quote what the customer wrote', quotes),
      ...ticks(FILES_BLOCK, 'Send their files along', attached),
    ],
  })
}

function text(
  id: string,
  label: string,
  value: string,
  more: { lengthMax: number; hint?: string; isMultiline?: true },
): KnownBlock {
  const { lengthMax, hint, isMultiline } = more
  return {
    type: 'input',
    block_id: id,
    optional: id === SUBJECT_BLOCK,
    label: plain(label),
    ...(hint !== undefined && { hint: plain(hint) }),
    element: {
      type: 'plain_text_input',
      action_id: id,
      max_length: lengthMax,
      ...(isMultiline && { multiline: true }),
      ...(value !== '' && { initial_value: value.slice(0, lengthMax).toWellFormed() }),
    },
  }
}

function ticks(id: string, label: string, all: readonly { value: string; text: string }[]): KnownBlock[] {
  const options = all
    .slice(0, TICKED_MAX)
    .map((each): PlainTextOption => ({ value: each.value, text: plain(shorten(each.text, OPTION_LENGTH_MAX)) }))
  if (options.length === 0) return []
  return [
    {
      type: 'input',
      block_id: id,
      optional: true,
      label: plain(label),
      element: { type: 'checkboxes', action_id: id, options },
    },
  ]
}

export interface OutsidePreviewMeta extends FormMeta {
  draftId: string
}

/** Exactly what leaves, as for any reply. */
export function outsidePreview(meta: OutsidePreviewMeta, letterhead: Letterhead, parts: readonly Part[]): ModalView {
  return {
    type: 'modal',
    callback_id: OUTSIDE_PREVIEW,
    private_metadata: JSON.stringify(meta),
    title: plain('Preview'),
    submit: plain('Send by email'),
    close: plain('Back'),
    blocks: [
      ...leaving({ ...letterhead, meta, parts }),
      note('This goes to somebody outside, and not to the customer. You can take it back for a moment after sending.'),
    ],
  }
}
