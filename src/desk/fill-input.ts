// What a letter asks, as fields of the composer: the agent answers there, and the text has the answers in their places.
import type { InputBlock } from '@slack/types'
import type { Answers, Ask } from '../template/ask.ts'
import { ANSWER_LENGTH_MAX } from '../template/ask.ts'
import { renderMarker } from '../template/marker.ts'
import type { OpenView } from './interaction.ts'
import { plain } from './words.ts'

const ACTION = 'fill'

/** A block of its own for every letter that is chosen: Slack keeps what was entered under the block's name. */
export function fillBlock(letter: string, ask: Pick<Ask, 'name'>): string {
  return `fill-${letter.slice(0, LETTER_LENGTH_MAX)}-${ask.name}`
}

/** Slack takes 255 characters in the name of a block; a letter is called as its file. */
export const LETTER_LENGTH_MAX = 200

/** `answers` stand in them already. */
export function fillInputs(letter: string, asks: readonly Ask[], answers: Answers = {}): InputBlock[] {
  return asks.map((ask) => ({
    type: 'input',
    block_id: fillBlock(letter, ask),
    label: plain(ask.label),
    hint: plain(ask.hint ?? `Stands in the text as ${renderMarker(ask.name)}.`),
    optional: ask.isOptional,
    element: elementOf(ask, answers[ask.name] ?? ''),
  }))
}

function elementOf({ kind, choices }: Ask, answer: string): InputBlock['element'] {
  switch (kind) {
    case 'date':
      return {
        ...{ type: 'datepicker', action_id: ACTION, placeholder: plain('Choose a day') },
        ...(answer !== '' && { initial_date: answer }),
      }
    case 'choice': {
      const options = choices.map((choice, n) => ({ text: plain(choice), value: String(n) }))
      const chosen = options[choices.indexOf(answer)]
      return {
        ...{ type: 'static_select', action_id: ACTION, placeholder: plain('Choose'), options },
        ...(chosen && { initial_option: chosen }),
      }
    }
    default:
      return {
        ...{ type: 'plain_text_input', action_id: ACTION, multiline: kind === 'long' },
        ...{ max_length: ANSWER_LENGTH_MAX, ...(answer !== '' && { initial_value: answer }) },
      }
  }
}

export function readAnswers(view: OpenView, letter: string, asks: readonly Ask[]): Answers {
  return Object.fromEntries(asks.map((ask) => [ask.name, readAnswer(view, fillBlock(letter, ask), ask)]))
}

function readAnswer(view: OpenView, blockId: string, { kind, choices }: Ask): string {
  if (kind === 'date') return view.chosenDay(blockId, ACTION)
  if (kind !== 'choice') return view.typed(blockId, ACTION)
  const chosen = view.chosen(blockId, ACTION)
  return (chosen === '' ? undefined : choices[Number(chosen)]) ?? ''
}
