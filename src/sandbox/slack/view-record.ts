// A view as a person sees it: modals in a stack, one home tab each, and what has been typed into them so far.
import { STATEFUL } from './block-elements.ts'
import { assignIds, elementsOf } from './blocks.ts'
import { asText, compact, isJson, type Json, jsonList } from './json.ts'
import type { World } from './world.ts'

export interface ViewRecord {
  id: string
  userId: string
  type: 'modal' | 'home'
  /** The view as the app wrote it, with ids given to blocks and elements that had none. */
  view: Json
  blocks: Json[]
  /** What was entered or chosen, by `blockId actionId`; anything else still shows its initial value. */
  entered: Map<string, Json>
  hash: string
  rootId: string
  previousId: string | null
  /** The messages shown under inputs after the app refused a submission. */
  errors: Record<string, string>
}

interface Input {
  block: Json
  element: Json
  key: string
}

export function makeView(world: World, userId: string, view: Json, below?: ViewRecord): ViewRecord {
  const id = world.newId('V')
  return {
    id,
    userId,
    type: view.type === 'home' ? 'home' : 'modal',
    view,
    blocks: assignIds(world, jsonList(view.blocks)),
    entered: new Map(),
    hash: newHash(world),
    rootId: below?.rootId ?? id,
    previousId: below?.id ?? null,
    errors: {},
  }
}

/**
 * Puts a new version in a view's place. What an input holds stays only where block, action and type stay the same,
 * and then it stays even against a new initial value.
 */
export function replaceView(world: World, record: ViewRecord, view: Json): void {
  const before = new Map(
    inputsOf(record).map((input) => [input.key, { type: input.element.type, value: heldValue(record, input) }]),
  )
  record.view = view
  record.blocks = assignIds(world, jsonList(view.blocks))
  record.hash = newHash(world)
  record.errors = {}
  record.entered = new Map()
  for (const { key, element } of inputsOf(record)) {
    const kept = before.get(key)
    if (kept && kept.type === element.type) record.entered.set(key, kept.value)
  }
}

function newHash(world: World): string {
  return `${Math.floor(world.clock.now() / 1000)}.${world.newId('h')}`
}

export function inputsOf(record: ViewRecord): Input[] {
  return record.blocks.flatMap((block) =>
    elementsOf(block)
      .filter(({ type }) => STATEFUL.includes(String(type)))
      .map((element) => ({ block, element, key: `${block.block_id} ${element.action_id}` })),
  )
}

export function findInput(record: ViewRecord, blockId: string, actionId: string): Input {
  const input = inputsOf(record).find(({ key }) => key === `${blockId} ${actionId}`)
  if (input) return input
  const offered = inputsOf(record).map(({ key }) => key)
  throw new Error(`view ${record.id} has no input ${blockId} ${actionId}; it has: ${offered.join(', ') || 'none'}`)
}

export function heldValue(record: ViewRecord, { element, key }: Input): Json {
  return record.entered.get(key) ?? initialValue(element)
}

/** The value of an element nobody has touched, in the shape `state.values` gives it. */
function initialValue(element: Json): Json {
  const type = String(element.type)
  const first = (field: string, initial: string) => ({ type, [field]: element[initial] ?? null })
  const several = (field: string, initial: string) => ({ type, [field]: element[initial] ?? [] })
  switch (type) {
    case 'rich_text_input':
      return compact({ type, rich_text_value: element.initial_value })
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return first('selected_option', 'initial_option')
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return several('selected_options', 'initial_options')
    case 'file_input':
      return { type, files: [] }
    case 'datepicker':
      return first('selected_date', 'initial_date')
    case 'timepicker':
      return first('selected_time', 'initial_time')
    case 'datetimepicker':
      return first('selected_date_time', 'initial_date_time')
    default:
      return choiceValue(type, element) ?? first('value', 'initial_value')
  }
}

/** `users_select` holds `selected_user`, `multi_users_select` holds `selected_users`, and so on. */
function choiceValue(type: string, element: Json): Json | undefined {
  const match = /^(multi_)?(user|channel|conversation)s_select$/.exec(type)
  if (!match) return undefined
  const [, isMany, thing] = match
  const field = isMany ? `${thing}s` : thing
  return { type, [`selected_${field}`]: element[`initial_${field}`] ?? (isMany ? [] : null) }
}

export function stateOf(record: ViewRecord): Json {
  const values: Record<string, Json> = {}
  for (const input of inputsOf(record)) {
    const block = String(input.block.block_id)
    values[block] = { ...values[block], [String(input.element.action_id)]: heldValue(record, input) }
  }
  return { values }
}

/** As answers and payloads show it. Only payloads carry what was entered. */
export function viewWire(world: World, record: ViewRecord, options: { state?: boolean } = {}): Json {
  const { app } = world
  const { view } = record
  return {
    id: record.id,
    team_id: app.teamId,
    type: record.type,
    blocks: record.blocks,
    private_metadata: asText(view.private_metadata) ?? '',
    callback_id: asText(view.callback_id) ?? '',
    external_id: asText(view.external_id) ?? '',
    state: options.state ? stateOf(record) : { values: {} },
    hash: record.hash,
    title: titleOf(view.title),
    close: titleOf(view.close),
    submit: titleOf(view.submit),
    clear_on_close: view.clear_on_close === true,
    notify_on_close: view.notify_on_close === true,
    root_view_id: record.rootId,
    previous_view_id: record.previousId,
    app_id: app.appId,
    app_installed_team_id: app.teamId,
    bot_id: app.botId,
  }
}

function titleOf(value: unknown): Json | null {
  return isJson(value) ? { emoji: true, ...value } : null
}
