// The rules of a form a bot puts before a person.
import type { Json } from '../slack/json.ts'
import { readCustomId, readSelect } from './component-form.ts'
import type { Form } from './form.ts'

const TITLE_MAX = 45
const ROWS_MAX = 5
const VALUE_MAX = 4000
const LABEL_MAX = 45
const DESCRIPTION_MAX = 100
const PLACEHOLDER_MAX = 100

const ROW = 1
const TEXT_INPUT = 4
const TEXT_DISPLAY = 10
const LABEL = 18
const FILE_UPLOAD = 19
const SELECTS: readonly number[] = [3, 5, 6, 7, 8]
/** Radio groups, checkbox groups and checkboxes. */
const CHOICES: readonly number[] = [21, 22, 23]

export function readModal(data: Form): Json {
  data.text('custom_id', { min: 1, max: 100, required: true })
  data.text('title', { min: 1, max: TITLE_MAX, required: true })
  const rows = data.list('components', { min: 1, max: ROWS_MAX })
  if (!rows) data.fault('components', 'BASE_TYPE_REQUIRED', 'This field is required')
  const seen = new Set<string>()
  for (const row of rows ?? []) readRow(row, seen)
  return data.raw
}

function readRow(row: Form, seen: Set<string>): void {
  const type = row.integer('type', { oneOf: [ROW, TEXT_DISPLAY, LABEL] })
  if (type === TEXT_DISPLAY) row.text('content', { min: 1, max: VALUE_MAX, required: true })
  if (type === ROW) for (const input of row.list('components', { min: 1, max: 1 }) ?? []) readInput(input, seen, true)
  if (type !== LABEL) return
  row.text('label', { min: 1, max: LABEL_MAX, required: true })
  row.text('description', { max: DESCRIPTION_MAX })
  const component = row.object('component')
  if (!component) row.fault('component', 'BASE_TYPE_REQUIRED', 'This field is required')
  else readInput(component, seen, false)
}

function readInput(input: Form, seen: Set<string>, hasOwnLabel: boolean) {
  const type = input.integer('type', { oneOf: [TEXT_INPUT, FILE_UPLOAD, ...SELECTS, ...CHOICES] })
  if (type !== undefined && SELECTS.includes(type)) return readSelect(input, seen)
  readCustomId(input, seen)
  if (type !== TEXT_INPUT) return
  input.integer('style', { oneOf: [1, 2] })
  if (hasOwnLabel) input.text('label', { min: 1, max: LABEL_MAX, required: true })
  input.integer('min_length', { max: VALUE_MAX })
  input.integer('max_length', { min: 1, max: VALUE_MAX })
  input.text('value', { max: VALUE_MAX })
  input.text('placeholder', { max: PLACEHOLDER_MAX })
}
