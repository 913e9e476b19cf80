// A message as it stands in a channel or a thread: who said it and when, its blocks, its files and what people made of it.
import { MANIFEST } from '../../desk/manifest.ts'
import { unescapeText } from '../slack/mrkdwn.ts'
import type { Message } from '../slack/workspace.ts'
import { type Drawing, drawBlocks } from './draw-block.ts'
import { drawDate } from './draw-date.ts'
import { drawEmoji, drawMrkdwn } from './draw-text.ts'
import { type Html, html } from './html.ts'

export interface MessageView {
  message: Message
  author: { name: string; isApp: boolean }
  files: { id: string; name: string; bytes: number }[]
  /** How many answers stand in its thread; only a root has one. */
  answers?: number
  /** What can be done with it: `by` is its author where the player may change it; shortcuts are for who is at the desk. */
  reach?: { by?: string; canShortcut: boolean }
}

export function drawMessage({ message, author, files, answers = 0, reach }: MessageView, drawing: Drawing): Html {
  const { screen } = drawing
  const at = Number(message.ts) * 1000
  const blocks = message.blocks ?? []
  const body =
    blocks.length > 0 ? drawBlocks(blocks, drawing) : html`<div class="block">${drawMrkdwn(message.text, screen)}</div>`
  return html`<article class="message" data-ts="${message.ts}" data-channel="${message.channel}">
<div class="avatar ${author.isApp ? 'app' : 'person'}" aria-hidden="true">${author.name.charAt(0)}</div>
<div class="said"><div class="by"><b>${author.name}</b>${author.isApp && html`<span class="badge">APP</span>`}<time>${drawDate(at, '{time}', screen)}</time>${message.edited && html`<span class="edited">(edited)</span>`}${drawReach(message, reach)}</div>
${body}${files.map(drawFile)}${drawReactions(message)}${answers > 0 && html`<button type="button" class="thread-link" data-thread="${message.ts}">${answers} ${answers === 1 ? 'reply' : 'replies'}</button>`}</div></article>`
}

function drawFile({ id, name, bytes }: MessageView['files'][number]): Html {
  return html`<div class="attachment" data-file="${id}"><span aria-hidden="true">📄</span> <b>${name}</b> <small>${sizeOf(bytes)}</small></div>`
}

function sizeOf(bytes: number): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`
}

function drawReactions({ reactions }: Message): Html {
  if (reactions.size === 0) return html``
  return html`<div class="reactions">${[...reactions].map(([name, people]) => html`<span>${drawEmoji(name)} ${people.length}</span>`)}</div>`
}

/** What stands in a message's own menu: Slack's part of it, and the app's shortcuts. */
function drawReach({ ts, text, channel }: Message, reach: MessageView['reach']): Html {
  if (!reach || (reach.by === undefined && !reach.canShortcut)) return html``
  const shortcuts = MANIFEST.features.shortcuts.map(
    ({ name, callback_id }) =>
      html`<button type="button" role="menuitem" data-do="shortcut" data-name="${callback_id}">${name}</button>`,
  )
  const change =
    reach.by !== undefined &&
    html`<form class="revise" data-do="revise" data-by="${reach.by}" data-channel="${channel}" data-ts="${ts}"><textarea name="text" required rows="3" aria-label="The message">${unescapeText(text)}</textarea><button type="submit" class="button primary">Save changes</button><button type="button" class="button danger" data-do="remove">Delete message</button></form>`
  return html`<details class="menu reach"><summary role="button" aria-haspopup="true" aria-label="More actions for this message">⋯</summary><div role="group" class="pop">${reach.canShortcut && html`<div role="menu">${shortcuts}</div>`}${change}</div></details>`
}
