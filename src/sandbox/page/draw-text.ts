// Slack's two kinds of text as HTML: plain text, and mrkdwn with its mentions, dates, links and marks.
import { controlSequences, unescapeText } from '../slack/mrkdwn.ts'
import { drawDate } from './draw-date.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

const EMOJI: Record<string, string> = {
  hourglass_flowing_sand: '⏳',
  red_circle: '🔴',
  white_check_mark: '✅',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  warning: '⚠️',
  eyes: '👀',
  wave: '👋',
  bell: '🔔',
  email: '📧',
  package: '📦',
}

export function drawEmoji(name: string): string {
  return EMOJI[name] ?? `:${name}:`
}

export function drawPlain(text: string): Html {
  const shown = text.replace(/:([a-z0-9_+-]+):/g, (_, name: string) => drawEmoji(name))
  return html`${lines(shown)}`
}

export function drawMrkdwn(text: string, screen: Screen): Html {
  const fences = text.split('```')
  return html`${fences.map((piece, n) => (n % 2 === 1 && n < fences.length - 1 ? html`<pre>${unescapeText(piece).trim()}</pre>` : drawRunning(piece, screen)))}`
}

/** Lines that begin with `>` are a quote. */
function drawRunning(text: string, screen: Screen): Html {
  const rows = text.split('\n')
  const drawn: Html[] = []
  for (let n = 0; n < rows.length; n++) {
    const quoted: string[] = []
    while (rows[n]?.startsWith('&gt;')) quoted.push((rows[n++] ?? '').slice(4).trimStart())
    if (quoted.length > 0) drawn.push(html`<blockquote>${drawMarks(quoted.join('\n'), screen)}</blockquote>`)
    const row = rows[n]
    if (row !== undefined) drawn.push(html`${drawMarks(row, screen)}${n < rows.length - 1 && html`<br>`}`)
  }
  return html`${drawn}`
}

/** Marks count at the edges of words only. */
const MARK = /(?<![\p{L}\p{N}])(?:`([^`\n]+)`|\*([^*\n]+)\*|_([^_\n]+)_|~([^~\n]+)~)(?![\p{L}\p{N}])/gu

function drawMarks(text: string, screen: Screen): Html {
  const drawn: Html[] = []
  let from = 0
  for (const match of text.matchAll(MARK)) {
    const [whole, code, bold, italic, strike] = match
    drawn.push(drawControls(text.slice(from, match.index), screen))
    if (code !== undefined) drawn.push(html`<code>${drawControls(code, screen)}</code>`)
    else if (bold !== undefined) drawn.push(html`<b>${drawMarks(bold, screen)}</b>`)
    else if (italic !== undefined) drawn.push(html`<i>${drawMarks(italic, screen)}</i>`)
    else drawn.push(html`<s>${drawMarks(strike ?? '', screen)}</s>`)
    from = match.index + whole.length
  }
  return html`${drawn}${drawControls(text.slice(from), screen)}`
}

function drawControls(text: string, screen: Screen): Html {
  const parts = [...controlSequences(text)]
  return html`${parts.map((part) => ('plain' in part ? drawPlain(unescapeText(part.plain)) : drawControl(part, screen)))}`
}

function drawControl({ body, label }: { body: string; label?: string }, screen: Screen): Html {
  if (body.startsWith('@')) return drawMention(`@${screen.name(body.slice(1)) ?? label ?? body.slice(1)}`)
  if (body.startsWith('#')) return drawMention(`#${label ?? screen.name(body.slice(1)) ?? body.slice(1)}`)
  if (body.startsWith('!date')) {
    const [, seconds = '0', format = ''] = body.split('^')
    return html`<time>${drawDate(Number(seconds) * 1000, format, screen)}</time>`
  }
  if (body.startsWith('!subteam^')) return drawMention(`@${label ?? screen.name(body.slice(9)) ?? body.slice(9)}`)
  if (body.startsWith('!')) return drawMention(`@${body.slice(1)}`)
  return drawLink(unescapeText(body), label === undefined ? undefined : unescapeText(label))
}

export function drawMention(text: string): Html {
  return html`<span class="mention">${text}</span>`
}

/** It leads nowhere here: nothing that a customer wrote is opened by the page. */
export function drawLink(url: string, label?: string): Html {
  return html`<a title="${url}" role="link" tabindex="0">${label ?? url.replace(/^mailto:/, '')}</a>`
}

export function lines(text: string): Html {
  return html`${text.split('\n').map((line, n) => html`${n > 0 && html`<br>`}${line}`)}`
}
