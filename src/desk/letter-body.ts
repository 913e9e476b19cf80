// What a letter says, in a form: in one field, or in several where it is longer than one of them holds.
import type { InputBlock } from '@slack/types'
import { joinLetter, placeOfLine, splitLetter } from '../template/letter-part.ts'
import type { OpenView } from './interaction.ts'
import { plain } from './words.ts'

/** Slack's own limit for a field of plain text: a letter is Markdown with fields in it, which its other editor would take apart. */
const FIELD_LENGTH_MAX = 3000
/** So that something can be added to each. */
const PART_LENGTH_MAX = 2400
/** What a file of a letter may have, too. */
export const LETTER_LENGTH_MAX = 20_000

const HINT =
  "{{ contact.first_name | default: 'there' }} becomes the customer’s first name, or “there” if we know none. ⟦A blank⟧ is filled in by whoever sends it."
const PARTS_HINT = 'Slack’s fields hold 3,000 characters, so a long letter stands in several. It is saved as one.'
const MORE_HINT = 'For what is added. Left empty, nothing is.'

/** `joints` go into what the form carries back to us. */
export function bodyInputs(text: string): { blocks: InputBlock[]; joints: readonly string[] } {
  const { texts, joints } = splitLetter(text, PART_LENGTH_MAX)
  if (texts.length === 1) return { blocks: [field(0, 'What it says', HINT, text)], joints }
  const shown = texts.map((part, n) =>
    field(n, `What it says, part ${n + 1} of ${texts.length}`, n === 0 ? `${PARTS_HINT} ${HINT}` : '', part),
  )
  return { blocks: [...shown, field(texts.length, 'Another part', MORE_HINT, '')], joints }
}

function field(n: number, label: string, hint: string, text: string): InputBlock {
  return {
    type: 'input',
    block_id: blockOf(n),
    label: plain(label),
    ...(hint !== '' && { hint: plain(hint) }),
    ...(n > 0 && { optional: true }),
    element: {
      ...{ type: 'plain_text_input', action_id: 'body', multiline: true, max_length: FIELD_LENGTH_MAX },
      ...(text !== '' && { initial_value: text }),
    },
  }
}

function blockOf(n: number): string {
  return n === 0 ? 'body' : `body-${n + 1}`
}

export function readBodyInputs(view: OpenView): string {
  return joinLetter(textsIn(view), jointsIn(view))
}

/** The field in which a line of the body stands, and which line of it that is; both count from 1. */
export function fieldOfLine(view: OpenView, line: number): { blockId: string; line: number } {
  const place = placeOfLine(textsIn(view), jointsIn(view), line - 1)
  return { blockId: blockOf(place.part), line: place.line + 1 }
}

function textsIn(view: OpenView): string[] {
  const fields = view.blocks.filter(({ block_id }) => /^body(?:-\d{1,2})?$/.test(block_id ?? ''))
  return fields.map((_, n) => view.typed(blockOf(n), 'body').replace(/\r\n?/g, '\n'))
}

function jointsIn({ metadata }: OpenView): readonly string[] {
  return (JSON.parse(metadata) as { joints?: readonly string[] }).joints ?? []
}
