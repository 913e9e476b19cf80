// The rules of buttons, menus and the newer building blocks; what breaks one is told in its place.
import { asList, type Json } from '../slack/json.ts'
import type { Form } from './form.ts'

const COMPONENT = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  section: 9,
  textDisplay: 10,
  container: 17,
  label: 18,
} as const

const SELECTS: readonly number[] = [3, 5, 6, 7, 8]
/** What stands alone in a message of components. */
const BLOCKS: readonly number[] = [1, 9, 10, 12, 13, 14, 17]
const LINK_STYLE = 5
const PREMIUM_STYLE = 6
const ROWS_MAX = 5
const IN_ROW_MAX = 5
const OPTIONS_MAX = 25
const TOTAL_MAX = 40
const LABEL_MAX = 80
const CUSTOM_ID_MAX = 100
const TEXT_MAX = 4000

export function readComponents(form: Form, isV2: boolean): Json[] | undefined {
  const components = form.list('components', { max: isV2 ? Number.POSITIVE_INFINITY : ROWS_MAX })
  if (!components) return undefined
  const seen = new Set<string>()
  for (const component of components) readTop(component, isV2, seen)
  const total = components.reduce((sum, { raw }) => sum + count(raw), 0)
  if (isV2 && total > TOTAL_MAX)
    form.fault(
      'components',
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      `The maximum number of components is ${TOTAL_MAX}`,
    )
  return number(components.map(({ raw }) => raw))
}

function readTop(component: Form, isV2: boolean, seen: Set<string>): void {
  const allowed = isV2 ? BLOCKS : [COMPONENT.row]
  const type = component.integer('type', { oneOf: allowed })
  if (type === COMPONENT.row) readRow(component, seen)
  if (type === COMPONENT.textDisplay) component.text('content', { min: 1, max: TEXT_MAX, required: true })
  if (type === COMPONENT.section) readSection(component, seen)
  if (type === COMPONENT.container) {
    for (const inner of component.list('components', { min: 1, max: TOTAL_MAX }) ?? []) {
      if (inner.raw.type !== COMPONENT.container) readTop(inner, true, seen)
    }
  }
}

function readSection(section: Form, seen: Set<string>): void {
  for (const text of section.list('components', { min: 1, max: 3 }) ?? []) {
    text.text('content', { min: 1, max: TEXT_MAX, required: true })
  }
  const accessory = section.object('accessory')
  if (!accessory) section.fault('accessory', 'BASE_TYPE_REQUIRED', 'This field is required')
  else if (accessory.raw.type === COMPONENT.button) readButton(accessory, seen)
}

function readRow(row: Form, seen: Set<string>): void {
  const inner = row.list('components', { min: 1, max: IN_ROW_MAX }) ?? []
  if (inner.some(({ raw }) => SELECTS.includes(Number(raw.type))) && inner.length > 1) {
    row.fault('components', 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width')
  }
  for (const component of inner) {
    const type = component.integer('type', { oneOf: [COMPONENT.button, ...SELECTS] })
    if (type === COMPONENT.button) readButton(component, seen)
    else readSelect(component, seen)
  }
}

function readButton(button: Form, seen: Set<string>): void {
  const style = button.integer('style', { oneOf: [1, 2, 3, 4, LINK_STYLE, PREMIUM_STYLE] })
  button.text('label', { max: LABEL_MAX })
  if (style === LINK_STYLE) button.text('url', { min: 1, max: 512, required: true })
  else if (style !== PREMIUM_STYLE) readCustomId(button, seen)
  if (!button.has('label') && !button.has('emoji') && style !== PREMIUM_STYLE) {
    button.fault('', 'BUTTON_COMPONENT_REQUIRED_FIELDS', 'A button must have a label or emoji')
  }
}

/** Menus of a message and of a modal. */
export function readSelect(select: Form, seen: Set<string>): void {
  readCustomId(select, seen)
  select.text('placeholder', { max: 150 })
  select.integer('min_values', { max: OPTIONS_MAX })
  select.integer('max_values', { min: 1, max: OPTIONS_MAX })
  if (select.raw.type !== COMPONENT.stringSelect) return
  for (const option of select.list('options', { min: 1, max: OPTIONS_MAX }) ?? []) {
    option.text('label', { min: 1, max: 100, required: true })
    option.text('value', { min: 1, max: 100, required: true })
    option.text('description', { max: 100 })
  }
}

export function readCustomId(component: Form, seen: Set<string>): void {
  const id = component.text('custom_id', { min: 1, max: CUSTOM_ID_MAX, required: true })
  if (id === undefined) return
  if (seen.has(id)) {
    component.fault('custom_id', 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated')
  }
  seen.add(id)
}

function count(component: Json): number {
  const inner = [...asList(component.components), ...asList(component.accessory ? [component.accessory] : [])]
  return 1 + inner.reduce((sum: number, item) => sum + count(item as Json), 0)
}

/** Components that came without an id get one. */
function number(components: readonly Json[]): Json[] {
  let last = 0
  const give = (component: Json): Json => {
    last += 1
    const id = component.id ?? last
    return {
      ...component,
      id,
      ...(Array.isArray(component.components) && {
        components: component.components.map((inner) => give(inner as Json)),
      }),
    }
  }
  return components.map(give)
}
