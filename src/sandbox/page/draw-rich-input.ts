// A field for bold words, lists and links, with its tools above it.
import { asText, isJson, type Json } from '../slack/json.ts'
import { address, named, type Place } from './draw-element.ts'
import { drawRichText } from './draw-rich-text.ts'
import { type Html, html } from './html.ts'

const TOOLS = [
  ['bold', 'Bold', 'Ctrl+B', html`<b>B</b>`],
  ['italic', 'Italic', 'Ctrl+I', html`<i>I</i>`],
  ['strikeThrough', 'Strikethrough', 'Ctrl+Shift+X', html`<s>S</s>`],
  ['link', 'Link', 'Ctrl+Shift+U', html`🔗`],
  ['insertUnorderedList', 'Bulleted list', 'Ctrl+Shift+8', html`•`],
  ['insertOrderedList', 'Numbered list', 'Ctrl+Shift+7', html`1.`],
  ['code', 'Code', 'Ctrl+Shift+C', html`&lt;/&gt;`],
] as const

export function drawRichInput(element: Json, place: Place): Html {
  const kept = place.held(place.blockId, asText(element.action_id) ?? '')
  const value = kept ? kept.rich_text_value : element.initial_value
  const placeholder = isJson(element.placeholder) ? asText(element.placeholder.text) : undefined
  return html`<div class="rich-field"><div class="tools" role="toolbar" aria-label="Formatting">${TOOLS.map(
    ([mark, name, keys, sign], n) =>
      html`<button type="button" data-mark="${mark}" aria-label="${name}" title="${name} (${keys})" tabindex="${n === 0 ? 0 : -1}"><span aria-hidden="true">${sign}</span></button>`,
  )}</div><div class="rich-input" contenteditable="true" role="textbox" tabindex="0" aria-multiline="true" data-placeholder="${placeholder}" ${address(element, place)} ${named(place)}>${isJson(value) && drawRichText(value, place.screen)}</div></div>`
}
