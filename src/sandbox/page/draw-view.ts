// A modal and a home tab as HTML.
import { asText, isJson } from '../slack/json.ts'
import type { ViewRecord } from '../slack/view-record.ts'
import { drawBlocks } from './draw-block.ts'
import { drawText } from './draw-element.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

export function drawModal(record: ViewRecord, screen: Screen): Html {
  const { view, id } = record
  const buttons = [
    html`<button type="button" class="button plain" data-close="${id}">${isJson(view.close) ? drawText(view.close, screen) : 'Close'}</button>`,
    isJson(view.submit) && html`<button type="submit" class="button primary">${drawText(view.submit, screen)}</button>`,
  ]
  return html`<form class="modal" role="dialog" aria-modal="true" aria-labelledby="title-${id}" data-view="${id}">
<header><h2 id="title-${id}">${drawText(view.title, screen)}</h2><button type="button" class="dismiss" data-close="${id}" data-all aria-label="Dismiss">×</button></header>
<div class="body">${drawRecord(record, screen)}</div>
<footer>${buttons}</footer></form>`
}

export function drawHome(record: ViewRecord, screen: Screen): Html {
  return html`<section class="home" data-view="${record.id}">${drawRecord(record, screen)}</section>`
}

function drawRecord({ blocks, entered, errors }: ViewRecord, screen: Screen): Html {
  const held = (blockId: string, actionId: string) => entered.get(`${blockId} ${actionId}`)
  return drawBlocks(
    blocks.map((block) => ({ ...block, block_id: asText(block.block_id) ?? '' })),
    { screen, held, errors },
  )
}
