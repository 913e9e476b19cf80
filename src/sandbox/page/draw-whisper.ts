// What the app says to one person only, in the midst of a channel that others read.
import type { Ephemeral } from '../slack/workspace.ts'
import { drawBlocks } from './draw-block.ts'
import { drawMrkdwn } from './draw-text.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

export function drawWhisper({ ts, channel, text, blocks }: Ephemeral, screen: Screen): Html {
  const body = blocks?.length
    ? drawBlocks(blocks, { screen })
    : html`<div class="block">${drawMrkdwn(text, screen)}</div>`
  return html`<article class="message whisper" data-ts="${ts}" data-channel="${channel}">
<div class="avatar app" aria-hidden="true">D</div>
<div class="said"><small><span aria-hidden="true">👁</span> Only visible to you</small><div class="by"><b>Deskbell</b><span class="badge">APP</span></div>${body}<button type="button" class="thread-link" data-do="dismiss">Dismiss message</button></div></article>`
}
