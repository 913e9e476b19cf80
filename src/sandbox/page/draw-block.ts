// Block Kit as HTML, as Slack lays it out.
import { asText, isJson, type Json, jsonList } from '../slack/json.ts'
import { drawElement, drawText, type Held, type Place } from './draw-element.ts'
import { drawRichText } from './draw-rich-text.ts'
import { drawMrkdwn } from './draw-text.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

export interface Drawing {
  screen: Screen
  held?: Held
  /** What stands below an input after Slack was told what is wrong with it, by block. */
  errors?: Record<string, string>
}

export function drawBlocks(blocks: readonly Json[], drawing: Drawing): Html {
  return html`${blocks.map((block) => drawBlock(block, drawing))}`
}

function drawBlock(block: Json, drawing: Drawing): Html {
  const { screen } = drawing
  const place = placeOf(block, drawing)
  switch (block.type) {
    case 'section':
      return drawSection(block, place)
    case 'header':
      return html`<h3 class="block header">${drawText(block.text, screen)}</h3>`
    case 'divider':
      return html`<hr class="block">`
    case 'context':
      return html`<div class="block context">${jsonList(block.elements).map((element) => drawElement(element, place))}</div>`
    case 'actions':
      return html`<div class="block actions">${jsonList(block.elements).map((element) => drawElement(element, place))}</div>`
    case 'rich_text':
      return html`<div class="block">${drawRichText(block, screen)}</div>`
    case 'image':
      return html`<figure class="block"><figcaption>${drawText(block.title, screen)}</figcaption><img alt="${asText(block.alt_text)}" src="${asText(block.image_url)}"></figure>`
    case 'input':
      return drawInput(block, place, drawing.errors?.[place.blockId])
    case 'markdown':
      return html`<div class="block">${drawMrkdwn(asText(block.text) ?? '', screen)}</div>`
    default:
      return html`<div class="block unknown">${asText(block.type)}</div>`
  }
}

function placeOf(block: Json, { screen, held = () => undefined }: Drawing): Place {
  return { screen, held, blockId: asText(block.block_id) ?? '' }
}

function drawSection(block: Json, place: Place): Html {
  const fields = jsonList(block.fields).map((field) => html`<div>${drawText(field, place.screen)}</div>`)
  const accessory = isJson(block.accessory) && html`<div class="accessory">${drawElement(block.accessory, place)}</div>`
  return html`<div class="block section"><div class="words">${drawText(block.text, place.screen)}${fields.length > 0 && html`<div class="fields">${fields}</div>`}</div>${accessory}</div>`
}

function drawInput(block: Json, place: Place, error: string | undefined): Html {
  const labelId = `label-${place.blockId}`
  const errorId = error === undefined ? {} : { errorId: `error-${place.blockId}` }
  const hintId = isJson(block.hint) ? { hintId: `hint-${place.blockId}` } : {}
  const about = { labelId, ...errorId, ...hintId, isRequired: block.optional !== true }
  const element = isJson(block.element) ? drawElement(block.element, { ...place, ...about }) : html``
  return html`<div class="block input"><div class="label" id="${labelId}">${drawText(block.label, place.screen)}${block.optional === true && html` <span class="optional">(optional)</span>`}</div>${element}${error !== undefined && html`<div class="error" role="alert" id="error-${place.blockId}">${error}</div>`}${isJson(block.hint) && html`<div class="hint" id="hint-${place.blockId}">${drawText(block.hint, place.screen)}</div>`}</div>`
}
