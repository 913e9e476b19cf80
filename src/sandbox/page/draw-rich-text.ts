// Rich text as HTML: sections, lists, quotes and code of elements that are never parsed.
import { asText, isJson, type Json, jsonList } from '../slack/json.ts'
import { drawDate } from './draw-date.ts'
import { drawEmoji, drawLink, drawMention, lines } from './draw-text.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

export function drawRichText(block: Json, screen: Screen): Html {
  return html`<div class="rich">${drawParts(jsonList(block.elements), screen)}</div>`
}

/** Lists of one kind that follow each other are one list, whose items may stand deeper. */
function drawParts(parts: Json[], screen: Screen): Html[] {
  return parts.map((part) => {
    const elements = jsonList(part.elements)
    const inline = () => html`${elements.map((element) => drawInline(element, screen))}`
    switch (part.type) {
      case 'rich_text_list': {
        const items = elements.map((item) => html`<li>${drawParts([item], screen)}</li>`)
        const indent = Number(part.indent ?? 0)
        if (part.style !== 'ordered') return html`<ul class="deep-${indent}">${items}</ul>`
        return html`<ol class="deep-${indent}" start="${Number(part.offset ?? 0) + 1}">${items}</ol>`
      }
      case 'rich_text_quote':
        return html`<blockquote>${inline()}</blockquote>`
      case 'rich_text_preformatted':
        return html`<pre>${inline()}</pre>`
      default:
        return html`<div>${inline()}</div>`
    }
  })
}

function drawInline(element: Json, screen: Screen): Html {
  return drawStyled(drawBare(element, screen), isJson(element.style) ? element.style : {})
}

function drawBare(element: Json, screen: Screen): Html {
  const named = (id: unknown) => screen.name(String(id)) ?? String(id)
  switch (element.type) {
    case 'link':
      return drawLink(String(element.url), asText(element.text))
    case 'emoji':
      return html`${drawEmoji(String(element.name))}`
    case 'user':
      return drawMention(`@${named(element.user_id)}`)
    case 'usergroup':
      return drawMention(`@${named(element.usergroup_id)}`)
    case 'channel':
      return drawMention(`#${named(element.channel_id)}`)
    case 'broadcast':
      return drawMention(`@${element.range}`)
    case 'date':
      return html`<time>${drawDate(Number(element.timestamp) * 1000, String(element.format), screen)}</time>`
    default:
      return lines(String(element.text ?? element.value ?? ''))
  }
}

function drawStyled(drawn: Html, style: Json): Html {
  let styled = drawn
  if (style.code) styled = html`<code>${styled}</code>`
  if (style.bold) styled = html`<b>${styled}</b>`
  if (style.italic) styled = html`<i>${styled}</i>`
  if (style.strike) styled = html`<s>${styled}</s>`
  return styled
}
