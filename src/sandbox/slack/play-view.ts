// What a person does with buttons and modals: click, choose, type, attach, submit, cancel - as far as Slack lets them.
import { isRefusal } from './answer.ts'
import { elementsOf } from './blocks.ts'
import { composeRichText } from './compose.ts'
import type { Ack } from './delivery.ts'
import { fileWire, makeFile } from './file-record.ts'
import { actionTs, sendMessageAction, sendSuggestion, sendViewAction } from './interaction.ts'
import { asList, asText, compact, isJson, type Json, jsonList } from './json.ts'
import { acceptView, findView, stackOf } from './modal.ts'
import { type TypedFile, visibleTo } from './play.ts'
import { findInput, type ViewRecord } from './view-record.ts'
import type { World } from './world.ts'

export type ClickTarget = { actionId: string; blockId?: string; value?: string } & (
  | { channel: string; ts: string }
  | { viewId: string }
)

/** Clicks a button, or picks `value` from an overflow or menu, in a message, a modal or the app's home. */
export function click(world: World, userId: string, target: ClickTarget): Promise<Ack> {
  if ('viewId' in target) {
    const record = getView(world, userId, target.viewId)
    return sendViewAction(world, record, actionOf(world, findElement(record.blocks, target), target))
  }
  const channel = visibleTo(world, userId, target.channel)
  const ephemeral = world.workspace.ephemerals.find(({ ts, user }) => ts === target.ts && user === userId)
  const shown = world.workspace.message(channel.id, target.ts) ?? ephemeral
  if (!shown) throw new Error(`${userId} sees no message ${target.ts} in ${channel.name || channel.id}`)
  return sendMessageAction(
    world,
    userId,
    channel,
    shown,
    actionOf(world, findElement(shown.blocks ?? [], target), target),
  )
}

interface Found {
  block: Json
  element: Json
}

function findElement(blocks: Json[], target: { actionId: string; blockId?: string; value?: string }): Found {
  const all = blocks.flatMap((block) => elementsOf(block).map((element) => ({ block, element })))
  const named = all.filter(
    ({ block, element }) =>
      element.action_id === target.actionId && (!target.blockId || block.block_id === target.blockId),
  )
  const isButton = named[0]?.element.type === 'button'
  const exact =
    isButton && target.value !== undefined ? named.filter(({ element }) => element.value === target.value) : named
  const [found, another] = exact
  const offered = all.map(({ element }) => element.action_id).join(', ')
  if (!found)
    throw new Error(`there is nothing called ${target.actionId} here; there is: ${offered || 'nothing to click'}`)
  if (another) throw new Error(`several elements are called ${target.actionId}: say which blockId or value`)
  return found
}

function actionOf(world: World, { block, element }: Found, target: { value?: string }): Json {
  const base = {
    type: element.type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: actionTs(world),
  }
  if (element.type === 'button') {
    return compact({ ...base, text: element.text, value: element.value, url: element.url, style: element.style })
  }
  if (element.type === 'feedback_buttons') return { ...base, value: target.value }
  return { ...base, ...pick(element, target.value ?? '') }
}

/** The modal in front, a modal below it, or the home tab: whichever has this id and is this person's. */
function getView(world: World, userId: string, viewId: string): ViewRecord {
  const record = findView(world, { id: viewId })
  if (!record || record.userId !== userId) throw new Error(`${userId} has no view ${viewId} open`)
  if (record.type === 'modal' && stackOf(world, userId).at(-1) !== record)
    throw new Error(`view ${viewId} lies below another`)
  return record
}

/**
 * Chooses in a menu, among radio buttons or dates, and tells the app at once where Slack would. In a menu the app
 * fills, `query` is what the person types to find the choice.
 */
export async function choose(
  world: World,
  userId: string,
  viewId: string,
  blockId: string,
  actionId: string,
  choice: string | string[],
  query?: string,
): Promise<Ack | undefined> {
  const record = getView(world, userId, viewId)
  const { block, element } = findInput(record, blockId, actionId)
  const isExternal = String(element.type).includes('external')
  const typed = query ?? [choice].flat().join(' ')
  const options = isExternal && { options: await suggest(world, userId, viewId, blockId, actionId, typed) }
  const offered = { ...element, ...options }
  const picked = pick(offered, choice)
  record.entered.set(`${blockId} ${actionId}`, { type: element.type, ...picked })
  world.changed()
  const tells = block.type !== 'input' || block.dispatch_action === true
  if (!tells) return undefined
  return sendViewAction(world, record, {
    type: element.type,
    action_id: actionId,
    block_id: blockId,
    action_ts: actionTs(world),
    ...picked,
  })
}

/** The fields by which a value says what was picked. */
function pick(element: Json, choice: string | string[]): Json {
  const type = String(element.type)
  const wanted = [choice].flat()
  if (type === 'datepicker') return { selected_date: wanted[0] }
  if (type === 'timepicker') return { selected_time: wanted[0] }
  if (type === 'datetimepicker') return { selected_date_time: Number(wanted[0]) }
  const [, isMany, thing] = /^(multi_)?(user|channel|conversation)s_select$/.exec(type) ?? []
  if (thing) return isMany ? { [`selected_${thing}s`]: wanted } : { [`selected_${thing}`]: wanted[0] }
  const options = wanted.map((value) => findOption(element, value))
  const takesMany = type.startsWith('multi_') || type === 'checkboxes'
  return takesMany ? { selected_options: options } : { selected_option: options[0] }
}

function findOption(element: Json, value: string): Json {
  const groups = jsonList(element.option_groups).flatMap((group) => jsonList(group.options))
  const options = [...jsonList(element.options), ...groups]
  const found = options.find((option) => option.value === value)
  if (found) return found
  throw new Error(
    `${element.action_id} offers no ${value}; it offers: ${options.map((option) => option.value).join(', ')}`,
  )
}

const QUERY_LENGTH_MIN = 3

/** What an external menu offers for a query; empty while the query is shorter than Slack would send. */
export async function suggest(
  world: World,
  userId: string,
  viewId: string,
  blockId: string,
  actionId: string,
  query: string,
): Promise<Json[]> {
  const record = getView(world, userId, viewId)
  const { element } = findInput(record, blockId, actionId)
  if (query.length < Number(element.min_query_length ?? QUERY_LENGTH_MIN)) return []
  const ack = await sendSuggestion(world, record, { blockId, actionId, query })
  if (ack.kind !== 'acked') return []
  const groups = jsonList(ack.payload.option_groups).flatMap((group) => jsonList(group.options))
  return [...jsonList(ack.payload.options), ...groups]
}

/** Types into an input, replacing what stood there. A string in a rich text input is typed as plain words. */
export async function type(
  world: World,
  userId: string,
  viewId: string,
  blockId: string,
  actionId: string,
  value: string | Json,
): Promise<Ack | undefined> {
  const record = getView(world, userId, viewId)
  const { block, element } = findInput(record, blockId, actionId)
  if (element.type === 'rich_text_input') {
    const rich = typeof value === 'string' ? composeRichText(world, value) : value
    record.entered.set(`${blockId} ${actionId}`, compact({ type: element.type, rich_text_value: rich }))
  } else {
    const text = asText(value) ?? ''
    const max = Number(element.max_length ?? Number.POSITIVE_INFINITY)
    if (text.length > max) throw new Error(`${actionId} takes ${max} characters: Slack lets nobody type more`)
    record.entered.set(`${blockId} ${actionId}`, { type: element.type, value: text === '' ? null : text })
  }
  world.changed()
  const config = isJson(element.dispatch_action_config) ? element.dispatch_action_config : {}
  const tells = block.dispatch_action === true && asList(config.trigger_actions_on).includes('on_character_entered')
  if (!tells) return undefined
  const entered = record.entered.get(`${blockId} ${actionId}`)
  return sendViewAction(world, record, {
    ...entered,
    action_id: actionId,
    block_id: blockId,
    action_ts: actionTs(world),
  })
}

/** Puts files into a file input. */
export function attach(
  world: World,
  userId: string,
  viewId: string,
  blockId: string,
  actionId: string,
  files: TypedFile[],
): void {
  const record = getView(world, userId, viewId)
  const { element } = findInput(record, blockId, actionId)
  const max = Number(element.max_files ?? 10)
  if (files.length > max) throw new Error(`${actionId} takes ${max} files: Slack lets nobody add more`)
  const made = files.map((file) => fileWire(world, makeFile(world, { ...file, userId })))
  record.entered.set(`${blockId} ${actionId}`, { type: 'file_input', files: made })
  world.changed()
}

/** Why Slack would not show this view, for views that come in an ack. */
export function refusalOf(world: World, view: unknown, instead?: ViewRecord): string | undefined {
  const accepted = acceptView(world, view, 'modal', instead)
  if (!isRefusal(accepted)) return undefined
  const metadata = isJson(accepted.response_metadata) ? accepted.response_metadata : {}
  return [accepted.error, ...asList(metadata.messages)].join(' ')
}
