// A letter becomes the words of a reply, once: what comes out is text, and is never read as a letter again.
import { FIELDS, type Field, type Fields, type FieldValues } from './field.ts'
import type { Letter } from './letter.ts'
import { MissingValue, type ParsedBody, renderBody, type Scope } from './liquid.ts'
import { findMarkers } from './marker.ts'
import { cleanValue } from './value.ts'

/** Markdown, and what still stands in it as ⟦…⟧: fields without a value and blanks that the agent fills. */
export function renderLetter(letter: Letter, values: FieldValues): { text: string; missing: string[] } {
  const text = renderBodyWith(letter.body, values)
  return { text, missing: findMarkers(text) }
}

/** `values` and `fields` by the fields' names. */
export function renderBodyWith(
  body: ParsedBody,
  values: Readonly<Record<string, string | undefined>>,
  fields: Fields = FIELDS,
): string {
  // Conditions leave their lines empty.
  return renderBody(body, makeScope(values, fields))
    .replace(/^[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function makeScope(values: Readonly<Record<string, string | undefined>>, fields: Fields): Scope {
  const scope: Scope = Object.create(null)
  for (const [name, field] of Object.entries(fields)) {
    const [group = '', key = ''] = name.split('.')
    const part = scope[group] ?? Object.create(null)
    part[key] = insert(name, field, values[name])
    scope[group] = part
  }
  return scope
}

function insert(name: string, { lengthMax }: Field, value: string | undefined): string | MissingValue {
  return cleanValue(value, lengthMax) || new MissingValue(name)
}
