// A letter becomes the words of a reply, once: what comes out is text, and is never read as a letter again.
import { FIELD_NAMES, FIELDS, type FieldName, type FieldValues } from './field.ts'
import type { Letter } from './letter.ts'
import { MissingValue, type ParsedBody, renderBody, type Scope } from './liquid.ts'
import { findMarkers } from './marker.ts'
import { cleanValue } from './value.ts'

/** Markdown, and what still stands in it as ⟦…⟧: fields without a value and blanks that the agent fills. */
export function renderLetter(letter: Letter, values: FieldValues): { text: string; missing: string[] } {
  const text = renderBodyWith(letter.body, values)
  return { text, missing: findMarkers(text) }
}

export function renderBodyWith(body: ParsedBody, values: FieldValues): string {
  // Conditions leave their lines empty.
  return renderBody(body, makeScope(values))
    .replace(/^[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function makeScope(values: FieldValues): Scope {
  const scope: Scope = Object.create(null)
  for (const name of FIELD_NAMES) {
    const [group = '', key = ''] = name.split('.')
    const part = scope[group] ?? Object.create(null)
    part[key] = insert(name, values)
    scope[group] = part
  }
  return scope
}

function insert(name: FieldName, values: FieldValues): string | MissingValue {
  return cleanValue(values[name], FIELDS[name].lengthMax) || new MissingValue(name)
}
