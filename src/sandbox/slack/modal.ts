// A person's stack of modals: what may open, be pushed, replaced and closed, for views.* calls and for acks alike.
import { missingScope, type Refusal, refuse, refuseBecause } from './answer.ts'
import { elementsOf } from './blocks.ts'
import { asText, isJson, type Json, jsonList } from './json.ts'
import { makeView, replaceView, type ViewRecord } from './view-record.ts'
import { checkView, isTooLarge } from './view-shape.ts'
import type { World } from './world.ts'

const STACK_MAX = 3

export function stackOf(world: World, userId: string): ViewRecord[] {
  return world.workspace.modals.get(userId) ?? []
}

function openViews(world: World): ViewRecord[] {
  return [...[...world.workspace.modals.values()].flat(), ...world.workspace.homes.values()]
}

/** A view somebody has open, or a home tab, by Slack's id or the app's own. */
export function findView(world: World, by: { id?: string; externalId?: string }): ViewRecord | undefined {
  const { id, externalId } = by
  return openViews(world).find((record) =>
    id ? record.id === id : externalId && record.view.external_id === externalId,
  )
}

/** The view if Slack would accept it in this place; `instead` is the one it replaces. */
export function acceptView(world: World, value: unknown, type: 'modal' | 'home', instead?: ViewRecord): Json | Refusal {
  if (!isJson(value)) return refuseBecause('invalid_arguments', ['view must be a JSON object [json-pointer:/view]'])
  if (isTooLarge(value)) return refuse('view_too_large')
  const errors = checkView(value, type)
  if (errors.length > 0) return refuseBecause('invalid_arguments', errors)
  if (takesFiles(value) && !world.grant.scopes.has('files:read')) return missingScope(world, 'files:read')
  const externalId = asText(value.external_id)
  const holder = externalId ? findView(world, { externalId }) : undefined
  return holder && holder !== instead ? refuse('duplicate_external_id') : value
}

/** A form that takes files is for apps that may read them. */
function takesFiles(view: Json): boolean {
  return jsonList(view.blocks).some((block) => elementsOf(block).some(({ type }) => type === 'file_input'))
}

export function openModal(world: World, userId: string, view: Json): ViewRecord {
  const record = makeView(world, userId, view)
  // A modal opened over another takes its place: to keep what is below, an app pushes.
  world.workspace.modals.set(userId, [record])
  world.changed()
  return record
}

export function pushModal(world: World, below: ViewRecord, view: Json): ViewRecord | Refusal {
  const stack = stackOf(world, below.userId)
  if (stack.length >= STACK_MAX) return refuse('push_limit_reached')
  const record = makeView(world, below.userId, view, stack.at(-1) ?? below)
  world.workspace.modals.set(below.userId, [...stack, record])
  world.changed()
  return record
}

export function updateModal(world: World, record: ViewRecord, view: Json): void {
  replaceView(world, record, view)
  world.changed()
}

/** Takes a view away, and with it everything above it. */
export function closeModal(world: World, record: ViewRecord): void {
  const stack = stackOf(world, record.userId)
  const index = stack.indexOf(record)
  if (index >= 0) world.workspace.modals.set(record.userId, stack.slice(0, index))
  world.changed()
}

export function clearModals(world: World, userId: string): void {
  world.workspace.modals.set(userId, [])
  world.changed()
}
