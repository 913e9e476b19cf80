// What can be pressed, chosen or filled in. Every control says in data attributes which action of which block it is.
import { asList, asText, isJson, type Json, jsonList } from '../slack/json.ts'
import { localTime } from './draw-date.ts'
import { drawRichInput } from './draw-rich-input.ts'
import { drawMrkdwn, drawPlain } from './draw-text.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

/** What was entered so far, as Slack keeps it in `view.state.values`. */
export type Held = (blockId: string, actionId: string) => Json | undefined

export interface Place {
  screen: Screen
  blockId: string
  held: Held
  /** The id of the text that names this control. */
  labelId?: string
  /** The ids of what is said about it: why it cannot be taken as it is, and what it is for. */
  errorId?: string
  hintId?: string
  isRequired?: boolean
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
      return html`<button type="button" class="button ${asText(element.style) ?? 'plain'}" ${address(element, place)} ${asking(element)} data-value="${asText(element.value)}" aria-label="${asText(element.accessibility_label) ?? asText(asJsonText(element.text))}">${drawText(element.text, screen)}</button>`
    case 'overflow':
      return drawMenu(element, place)
    case 'checkboxes':
    case 'radio_buttons':
      return drawTicks(element, place)
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return drawLine(element, place)
    case 'rich_text_input':
      return drawRichInput(element, place)
    case 'external_select':
      return drawCombobox(element, place)
    case 'multi_static_select':
    case 'multi_users_select':
      return drawTicks(element, place)
    case 'file_input':
      return drawFiles(element, place)
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

export function address(element: Json, { blockId }: Place): Html {
  return html`data-block="${blockId}" data-action="${asText(element.action_id)}" data-type="${asText(element.type)}"`
}

export function named({ labelId, errorId, hintId, isRequired }: Place): Html {
  const about = [errorId, hintId].filter((id) => id !== undefined).join(' ')
  return html`${labelId !== undefined && html`aria-labelledby="${labelId}"`} ${errorId !== undefined && html`aria-invalid="true"`} ${about !== '' && html`aria-describedby="${about}"`} ${isRequired && html`aria-required="true"`}`
}

/** What Slack asks before it tells the app. */
function asking({ confirm, style }: Json): Html {
  if (!isJson(confirm)) return html``
  const words = (name: string, otherwise: string) => asText(asJsonText(confirm[name])) ?? otherwise
  const asked = {
    ...{ title: words('title', 'Are you sure?'), text: words('text', '') },
    ...{ confirm: words('confirm', 'Yes'), deny: words('deny', 'No'), style: asText(confirm.style) ?? asText(style) },
  }
  return html`data-confirm="${JSON.stringify(asked)}"`
}

function drawMenu(element: Json, place: Place): Html {
  const items = jsonList(element.options).map(
    (option) =>
      html`<button type="button" role="menuitem" tabindex="-1" ${address(element, place)} ${asking(element)} data-value="${asText(option.value)}">${drawText(option.text, place.screen)}</button>`,
  )
  return html`<details class="menu"><summary class="button plain" role="button" aria-haspopup="menu" aria-label="More actions">⋯</summary><div role="menu">${items}</div></details>`
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

/** Several of a list are ticked, too: it needs no keys that nobody knows. */
function drawTicks(element: Json, place: Place): Html {
  const kind = element.type === 'radio_buttons' ? 'radio' : 'checkbox'
  const people = element.type === 'multi_users_select' ? place.screen.people() : []
  const options: Json[] = [
    ...optionsOf(element),
    ...people.map(({ id, name }) => ({ value: id, text: { text: name } })),
  ]
  const chosen = chosenIn(element, place)
  const name = `${place.blockId} ${asText(element.action_id)}`
  return html`<div class="ticks" role="${kind === 'radio' ? 'radiogroup' : 'group'}" ${named(kind === 'radio' ? place : { ...place, isRequired: false })}>${options.map(
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
  const listed = jsonList(element.options)
  const placeholder = asText(asJsonText(element.placeholder)) ?? 'Choose'
  const people = type.endsWith('users_select') ? place.screen.people() : []
  const persons = people.map(
    ({ id, name }) => html`<option value="${id}" ${chosen.has(id) && html`selected`}>${name}</option>`,
  )
  const label = place.labelId === undefined ? html`aria-label="${placeholder}"` : named(place)
  return html`<select ${address(element, place)} ${label} ${asking(element)} ${many && html`multiple`}>${!many && html`<option value="" ${chosen.size === 0 && html`selected`}>${placeholder}</option>`}${listed.map(option)}${groups}${persons}</select>`
}

/** The app fills it while somebody types. */
function drawCombobox(element: Json, place: Place): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const chosen = kept ? kept.selected_option : element.initial_option
  const shown = isJson(chosen) ? asText(asJsonText(chosen.text)) : undefined
  const placeholder = asText(asJsonText(element.placeholder)) ?? 'Choose'
  const list = `list-${place.blockId}-${asText(element.action_id)}`
  const label = place.labelId === undefined ? html`aria-label="${placeholder}"` : named(place)
  return html`<div class="combo"><input type="text" role="combobox" autocomplete="off" aria-autocomplete="list" aria-expanded="false" aria-controls="${list}" ${address(element, place)} ${label} placeholder="${placeholder}" value="${shown}"><ul role="listbox" id="${list}" aria-label="${placeholder}" hidden></ul></div>`
}

const LINE_TYPES: Record<string, string> = { email_text_input: 'email', url_text_input: 'url', number_input: 'number' }

function drawLine(element: Json, place: Place): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const value = kept ? asText(kept.value) : asText(element.initial_value)
  const placeholder = asText(asJsonText(element.placeholder)) ?? ''
  const common = html`${address(element, place)} ${named(place)} placeholder="${placeholder}" maxlength="${Number(element.max_length ?? 3000)}"`
  if (element.multiline !== true)
    return html`<input type="${LINE_TYPES[asText(element.type) ?? ''] ?? 'text'}" ${common} value="${value}">`
  return html`<textarea rows="5" ${common}>${value}</textarea>`
}

function drawPicker(kind: string, element: Json, place: Place, initial: string): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const field = { date: 'selected_date', time: 'selected_time' }[kind] ?? 'selected_date_time'
  const value = kept ? kept[field] : element[initial]
  const shown = kind === 'datetime-local' && value ? localTime(Number(value) * 1000, place.screen) : asText(value)
  const label =
    place.labelId === undefined ? html`aria-label="${asText(asJsonText(element.placeholder)) ?? 'When'}"` : named(place)
  return html`<input type="${kind}" ${address(element, place)} ${label} value="${shown}">`
}

function drawFiles(element: Json, place: Place): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const names = jsonList(kept?.files).map((file) => html`<span class="chip">${asText(file.name)}</span>`)
  return html`<label class="file"><input type="file" multiple ${address(element, place)} ${named(place)}><span>Add files</span></label>${names.length > 0 && html`<div class="chips">${names}</div>`}`
}
