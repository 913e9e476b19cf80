// What can be pressed, chosen or filled in. Every control says in data attributes which action of which block it is.
import { asList, asText, isJson, type Json, jsonList } from '../slack/json.ts'
import { drawRichText } from './draw-rich-text.ts'
import { drawMrkdwn, drawPlain } from './draw-text.ts'
import { type Html, html } from './html.ts'
import { offeredIn } from './offered.ts'
import type { Screen } from './screen.ts'

/** What was entered so far, as Slack keeps it in `view.state.values`. */
export type Held = (blockId: string, actionId: string) => Json | undefined

export interface Place {
  screen: Screen
  blockId: string
  held: Held
  /** The id of the text that names this control. */
  labelId?: string
}

export function drawText(text: unknown, screen: Screen): Html {
  if (!isJson(text)) return html``
  const words = asText(text.text) ?? ''
  return text.type === 'mrkdwn' ? drawMrkdwn(words, screen) : drawPlain(words)
}

export function drawElement(element: Json, place: Place): Html {
  const { screen } = place
  switch (element.type) {
    case 'mrkdwn':
    case 'plain_text':
      return html`<span>${drawText(element, screen)}</span>`
    case 'image':
      return html`<img class="small" alt="${asText(element.alt_text)}" src="${asText(element.image_url)}">`
    case 'button':
      return html`<button type="button" class="button ${asText(element.style) ?? 'plain'}" ${address(element, place)} data-value="${asText(element.value)}" aria-label="${asText(element.accessibility_label) ?? asText(asJsonText(element.text))}">${drawText(element.text, screen)}</button>`
    case 'overflow':
      return drawMenu(element, place)
    case 'checkboxes':
    case 'radio_buttons':
      return drawTicks(element, place)
    case 'plain_text_input':
      return drawLine(element, place)
    case 'rich_text_input':
      return drawRichInput(element, place)
    case 'file_input':
      return html`<label class="file"><input type="file" multiple ${address(element, place)} ${named(place)}><span>Add files</span></label>`
    case 'datepicker':
      return drawPicker('date', element, place, 'initial_date')
    case 'timepicker':
      return drawPicker('time', element, place, 'initial_time')
    case 'datetimepicker':
      return drawPicker('datetime-local', element, place, 'initial_date_time')
    default:
      return drawSelect(element, place)
  }
}

const asJsonText = (text: unknown) => (isJson(text) ? text.text : undefined)

function address(element: Json, { blockId }: Place): Html {
  return html`data-block="${blockId}" data-action="${asText(element.action_id)}" data-type="${asText(element.type)}"`
}

const named = ({ labelId }: Place) => (labelId === undefined ? html`` : html`aria-labelledby="${labelId}"`)

function drawMenu(element: Json, place: Place): Html {
  const items = jsonList(element.options).map(
    (option) =>
      html`<button type="button" role="menuitem" ${address(element, place)} data-value="${asText(option.value)}">${drawText(option.text, place.screen)}</button>`,
  )
  return html`<details class="menu"><summary class="button plain" aria-label="More actions">⋯</summary><div role="menu">${items}</div></details>`
}

function optionsOf(element: Json): Json[] {
  const grouped = jsonList(element.option_groups).flatMap((group) => jsonList(group.options))
  return [...jsonList(element.options), ...grouped]
}

/** The values that are chosen now. */
function chosenIn(element: Json, { blockId, held }: Place): Set<string> {
  const kept = held(blockId, asText(element.action_id) ?? '')
  const one = kept ? kept.selected_option : element.initial_option
  const many = kept ? kept.selected_options : element.initial_options
  const options = [...(isJson(one) ? [one] : []), ...jsonList(many)]
  const people = [
    kept ? kept.selected_user : element.initial_user,
    ...asList(kept?.selected_users ?? element.initial_users),
  ]
  return new Set([...options.map((option) => asText(option.value) ?? ''), ...people.flatMap((id) => asText(id) ?? [])])
}

function drawTicks(element: Json, place: Place): Html {
  const kind = element.type === 'checkboxes' ? 'checkbox' : 'radio'
  const chosen = chosenIn(element, place)
  const name = `${place.blockId} ${asText(element.action_id)}`
  return html`<div class="ticks" role="${kind === 'radio' ? 'radiogroup' : 'group'}" ${named(place)}>${optionsOf(
    element,
  ).map(
    (option) =>
      html`<label><input type="${kind}" name="${name}" value="${asText(option.value)}" ${address(element, place)} ${chosen.has(asText(option.value) ?? '') && html`checked`}><span>${drawText(option.text, place.screen)}${isJson(option.description) && html`<small>${drawText(option.description, place.screen)}</small>`}</span></label>`,
  )}</div>`
}

function drawSelect(element: Json, place: Place): Html {
  const type = asText(element.type) ?? ''
  const many = type.startsWith('multi_')
  const chosen = chosenIn(element, place)
  const option = (one: Json) =>
    html`<option value="${asText(one.value)}" ${chosen.has(asText(one.value) ?? '') && html`selected`}>${asText(asJsonText(one.text))}</option>`
  const groups = jsonList(element.option_groups).map(
    (group) =>
      html`<optgroup label="${asText(asJsonText(group.label))}">${jsonList(group.options).map(option)}</optgroup>`,
  )
  const initial = isJson(element.initial_option) ? [element.initial_option] : []
  const filled = offeredIn(element)
  const isMissing = type === 'external_select' && !filled.some(({ value }) => value === initial[0]?.value)
  const listed = [...jsonList(element.options), ...filled, ...(isMissing ? initial : [])]
  const placeholder = asText(asJsonText(element.placeholder)) ?? 'Choose'
  const people = type.endsWith('users_select') ? place.screen.people() : []
  const persons = people.map(
    ({ id, name }) => html`<option value="${id}" ${chosen.has(id) && html`selected`}>${name}</option>`,
  )
  const label = place.labelId === undefined ? html`aria-label="${placeholder}"` : named(place)
  return html`<select ${address(element, place)} ${label} ${many && html`multiple`}>${!many && html`<option value="" ${chosen.size === 0 && html`selected`}>${placeholder}</option>`}${listed.map(option)}${groups}${persons}</select>`
}

function drawLine(element: Json, place: Place): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const value = kept ? asText(kept.value) : asText(element.initial_value)
  const placeholder = asText(asJsonText(element.placeholder)) ?? ''
  const common = html`${address(element, place)} ${named(place)} placeholder="${placeholder}" maxlength="${asText(element.max_length) ?? 3000}"`
  if (element.multiline !== true) return html`<input type="text" ${common} value="${value}">`
  return html`<textarea rows="8" ${common}>${value}</textarea>`
}

function drawRichInput(element: Json, place: Place): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const value = kept ? kept.rich_text_value : element.initial_value
  return html`<div class="rich-input" contenteditable="true" role="textbox" aria-multiline="true" ${address(element, place)} ${named(place)}>${isJson(value) && drawRichText(value, place.screen)}</div>`
}

function drawPicker(kind: string, element: Json, place: Place, initial: string): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const field = { date: 'selected_date', time: 'selected_time' }[kind] ?? 'selected_date_time'
  const held = asText(kept ? kept[field] : element[initial])
  const value = kind === 'datetime-local' && held ? localTime(Number(held) * 1000, place.screen.zone) : held
  return html`<input type="${kind}" ${address(element, place)} ${named(place)} value="${value}">`
}

/** As a browser's field for a day and a time takes it. */
function localTime(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    .format(at)
    .replace(' ', 'T')
}
