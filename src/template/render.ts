// A letter becomes the words of a reply, once: what comes out is text, and is never read as a letter again.
import { type Answers, answerText, askFields } from './ask.ts'
import { FIELDS, type Field, type Fields, type FieldValues } from './field.ts'
import type { Letter } from './letter.ts'
import { Answer, Blank, MissingValue, type ParsedBody, renderBody, type Scope } from './liquid.ts'
import { findMarkers } from './marker.ts'
import { cleanValue } from './value.ts'

/** Nobody writes a longer letter; a text that grew beyond it is cut nowhere but refused. */
const LETTER_LENGTH_MAX = 20_000

/**
 * Markdown, and what still stands in it as ⟦…⟧: fields without a value and blanks that the agent fills. Without `answers`
 * what the letter asks stands in it as a blank; with them, what was left out is left out.
 */
export function renderLetter(
  letter: Letter,
  values: FieldValues,
  answers?: Answers,
): { text: string; missing: string[] } {
  const channel = values['conversation.channel'] ?? ''
  const body = letter.variants.get(channel) ?? letter.body
  const fills = letter.asks.map((ask): [string, Insert] => {
    const answer = answers && answerText(ask, answers[ask.name], letter.language)
    if (answer === undefined) return [`fill.${ask.name}`, new Blank(ask.name)]
    return [`fill.${ask.name}`, answer === '' ? new MissingValue(ask.name) : new Answer(answer)]
  })
  const fields = { ...FIELDS, ...askFields(letter.asks) }
  const text = renderBodyWith(body, { ...values, ...Object.fromEntries(fills) }, fields)
  return { text, missing: findMarkers(text) }
}

type Insert = string | MissingValue | Answer | Blank

/** `values` and `fields` by the fields' names. */
export function renderBodyWith(
  body: ParsedBody,
  values: Readonly<Record<string, Insert | undefined>>,
  fields: Fields = FIELDS,
): string {
  const text = renderBody(body, makeScope(values, fields))
  if (text.length > LETTER_LENGTH_MAX) throw new Error(`the letter is longer than ${LETTER_LENGTH_MAX} characters`)
  // Conditions leave their lines empty.
  return text
    .replace(/^[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function makeScope(values: Readonly<Record<string, Insert | undefined>>, fields: Fields): Scope {
  const scope: Scope = Object.create(null)
  for (const [name, field] of Object.entries(fields)) {
    const [group = '', key = ''] = name.split('.')
    const part = scope[group] ?? Object.create(null)
    const value = values[name]
    part[key] = typeof value === 'object' ? value : insert(name, field, value)
    scope[group] = part
  }
  return scope
}

function insert(name: string, { lengthMax }: Field, value: string | undefined): string | MissingValue {
  return cleanValue(value, lengthMax) || new MissingValue(name)
}
