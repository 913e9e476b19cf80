// What a composer's text becomes with the answers in it: the letter written anew where nobody has touched it, else filled in as it stands.

import type { NamesOfUsers } from '../slack/rich-markdown.ts'
import { type Answers, type Ask, fillMarkers, findUnanswered } from '../template/ask.ts'
import type { FieldValues } from '../template/field.ts'
import type { Letter } from '../template/letter.ts'
import { renderMarker } from '../template/marker.ts'
import { renderLetter } from '../template/render.ts'
import { isUntouched, markIn } from './body-input.ts'
import { findChosen } from './composer.ts'
import { type ComposerMeta, readComposer } from './composer-view.ts'
import { fillBlock, readAnswers } from './fill-input.ts'
import type { OpenView } from './interaction.ts'
import type { DeskTools } from './tools.ts'

export interface Draft {
  meta: ComposerMeta
  /** As it was typed, in Markdown. */
  typed: string
  /** What of it can go to no customer. */
  objections: readonly string[]
  letter: Letter | undefined
  /** What it asks in this form. */
  asks: readonly Ask[]
  answers: Answers
  use: 'unedited' | 'answered' | 'edited' | undefined
}

export function readDraft(tools: Pick<DeskTools, 'letters' | 'shelf'>, view: OpenView, names?: NamesOfUsers): Draft {
  const { meta, text, objections } = readComposer(view, names)
  const letter = findChosen(tools, meta)
  const asks = letter ? asksIn(view, meta, letter) : []
  const answers = letter ? readAnswers(view, letter.key, asks) : {}
  return { meta, typed: text, objections, letter, asks, answers, use: letter && useOf(meta, letter, text, answers) }
}

function useOf({ inserted }: ComposerMeta, letter: Letter, typed: string, answers: Answers): Draft['use'] {
  if (!isUntouched(typed, inserted)) return 'edited'
  // What nobody has read is not written in place of what they have.
  if ((markIn(inserted) ?? letter.mark) !== letter.mark) return 'edited'
  return Object.values(answers).some((answer) => answer.trim() !== '') ? 'answered' : 'unedited'
}

/** Those that the form has fields for. A text that was taken back and is edited again has its answers in it. */
function asksIn({ blocks }: OpenView, { inserted }: ComposerMeta, { key, asks }: Letter): readonly Ask[] {
  if (inserted === undefined) return []
  return asks.filter((ask) => blocks.some(({ block_id }) => block_id === fillBlock(key, ask)))
}

/** The field that must be answered first, and why. */
export function findOpenAsk(draft: Draft): { blockId: string; text: string } | undefined {
  const { letter, asks, answers, typed, use } = draft
  if (!letter) return undefined
  const open = findUnanswered(asks, answers, letter.language)
  if (open) return { blockId: fillBlock(letter.key, open), text: 'This letter needs an answer here.' }
  if (use !== 'edited') return undefined
  const filled = fillMarkers(typed, asks, answers, letter.language)
  const left = asks.find(({ name }) => filled.includes(renderMarker(name)))
  if (!left) return undefined
  const text = `Answer this, or take what stands around ${renderMarker(left.name)} out of the text.`
  return { blockId: fillBlock(letter.key, left), text }
}

/** The text as it is to leave. */
export async function finish(draft: Draft, values: (language: string) => Promise<FieldValues>): Promise<string> {
  const { letter, asks, answers, typed, use } = draft
  if (!letter) return typed
  if (use === 'edited') return fillMarkers(typed, asks, answers, letter.language)
  return renderLetter(letter, await values(letter.language), answers).text
}
