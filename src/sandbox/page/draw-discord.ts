// Discord's marks as HTML: bold, italic, struck out, code and quotes. Everything else is the words themselves.
import { lines } from './draw-text.ts'
import { type Html, html } from './html.ts'

const MARK =
  /```(?:\w*\n)?([\s\S]+?)```|`([^`\n]+)`|\*\*([^\n]+?)\*\*|~~([^\n]+?)~~|\*([^*\n]+)\*|(?<!\w)_([^_\n]+)_(?!\w)|\\([\\*_~`>|#.()[\]!<-])/g

export function drawDiscord(text: string): Html {
  const rows = text.split('\n')
  const drawn: Html[] = []
  while (rows.length > 0) {
    const quoted = rows.findIndex((row) => row.startsWith('> '))
    const plain = rows.splice(0, quoted < 0 ? rows.length : quoted)
    if (plain.length > 0) drawn.push(drawMarks(plain.join('\n')))
    const end = rows.findIndex((row) => !row.startsWith('> '))
    const quote = rows.splice(0, end < 0 ? rows.length : end)
    if (quote.length > 0)
      drawn.push(html`<blockquote>${drawMarks(quote.map((row) => row.slice(2)).join('\n'))}</blockquote>`)
  }
  return html`${drawn}`
}

function drawMarks(text: string): Html {
  const drawn: Html[] = []
  let from = 0
  for (const match of text.matchAll(MARK)) {
    const [whole, block, code, bold, struck, starred, italic, escaped] = match
    drawn.push(lines(text.slice(from, match.index)))
    from = match.index + whole.length
    if (block !== undefined) drawn.push(html`<pre>${block}</pre>`)
    else if (code !== undefined) drawn.push(html`<code>${code}</code>`)
    else if (bold !== undefined) drawn.push(html`<b>${drawMarks(bold)}</b>`)
    else if (struck !== undefined) drawn.push(html`<s>${drawMarks(struck)}</s>`)
    else if (escaped !== undefined) drawn.push(html`${escaped}`)
    else drawn.push(html`<i>${drawMarks(starred ?? italic ?? '')}</i>`)
  }
  return html`${drawn}${lines(text.slice(from))}`
}
