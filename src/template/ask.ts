// What a letter asks the agent before it can leave: an amount, a day, one of several ways. The answer is a field like any other.
import type { Field, Fields } from './field.ts'
import { renderMarker } from './marker.ts'
import { cleanValue, escapeMarkdown } from './value.ts'

export interface Ask {
  /** `amount`; in the letter `{{ fill.amount }}`, and ⟦amount⟧ until it is answered. */
  name: string
  label: string
  hint?: string | undefined
  kind: AskKind
  choices: readonly string[]
  isOptional: boolean
}

export const ASK_KINDS = ['text', 'long', 'choice', 'date'] as const
export type AskKind = (typeof ASK_KINDS)[number]

/** By the ask's name, as it was entered; a date as `2030-06-14`. */
export type Answers = Readonly<Record<string, string>>

export const ANSWER_LENGTH_MAX = 1000
const LINES_MAX = 40

export function askFields(asks: readonly Ask[]): Fields {
  return Object.fromEntries(
    asks.map(({ name, label, isOptional }): [string, Field] => [
      `fill.${name}`,
      { means: label, mayBeEmpty: isOptional, lengthMax: ANSWER_LENGTH_MAX },
    ]),
  )
}

/** What the answer says in a letter of this language; '' for none. */
export function answerText({ kind }: Pick<Ask, 'kind'>, answer: string | undefined, language: string): string {
  const given = (answer ?? '').slice(0, ANSWER_LENGTH_MAX)
  if (kind === 'date') return dateWords(given.trim(), language)
  if (kind !== 'long') return cleanValue(given, ANSWER_LENGTH_MAX)
  const lines = given.split(/\r\n?|\n/).slice(0, LINES_MAX)
  return lines
    .map((line) => cleanValue(line, ANSWER_LENGTH_MAX))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** `2030-06-14` as `Friday, June 14, 2030`; '' for what is no day. */
function dateWords(day: string, language: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T12:00:00Z`) : Number.NaN
  if (Number.isNaN(at)) return ''
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone: 'UTC' }).format(at)
}

/** An answer as Markdown: its very characters, but for addresses of pages, which the customer should be able to follow. */
export function answerMarkdown(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const pieces = line.split(PAGE)
      return pieces.map((piece, n) => (n % 2 === 1 ? `<${piece}>` : escapeMarkdown(piece))).join('')
    })
    .join('\n')
}

const PAGE = /(?<![\p{L}\p{N}<])(https?:\/\/[^\s<>"'`\\|()[\]{}]{4,500}[\p{L}\p{N}/#=_-])/u

/** Puts the answers where a text still has their markers. An ask that has no answer keeps its own. */
export function fillMarkers(text: string, asks: readonly Ask[], answers: Answers, language: string): string {
  return asks.reduce((filled, ask) => {
    const answer = answerText(ask, answers[ask.name], language)
    return answer === '' ? filled : filled.replaceAll(renderMarker(ask.name), () => answerMarkdown(answer))
  }, text)
}

/** The first that must be answered and is not. */
export function findUnanswered(asks: readonly Ask[], answers: Answers, language: string): Ask | undefined {
  return asks.find((ask) => !ask.isOptional && answerText(ask, answers[ask.name], language) === '')
}
