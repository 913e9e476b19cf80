// A customer's mail program: what they sent and got, and the form for the next one.
import { drawDate } from './draw-date.ts'
import { lines } from './draw-text.ts'
import { type Html, html } from './html.ts'
import type { Exchanged, Post } from './post.ts'
import type { Screen } from './screen.ts'

export function drawMailbox(post: Post, address: string, screen: Screen): Html {
  const mails = post.of(address)
  const last = mails.at(-1)
  const subject = last === undefined ? '' : `Re: ${last.subject.replace(/^(Re: )+/, '')}`
  return html`<div class="mails" role="log" aria-label="Mails" tabindex="0">${mails.map((mail) => drawMail(mail, screen))}${mails.length === 0 && html`<p class="empty">No mail yet.</p>`}</div>
<form class="write" data-do="mail" id="mail-${address}">
<label>Subject <input name="subject" required maxlength="200" value="${subject}"></label>
<label>Text <textarea name="text" required rows="4"></textarea></label>
${last && html`<label class="tick"><input type="checkbox" name="isAnswer" checked> as an answer to the last one</label>`}
<button type="submit" class="button primary">Send to support@example.com</button></form>`
}

function drawMail({ way, at, from, to, subject, text, attachments }: Exchanged, screen: Screen): Html {
  const { own, quoted } = partedIn(text)
  const history =
    quoted !== '' && html`<details class="quoted"><summary>what it answers</summary>${lines(quoted)}</details>`
  return html`<article class="mail ${way}"><header><b>${subject}</b><small>${way === 'sent' ? `to ${to}` : `from ${from}`} · ${drawDate(at, '{date_short_pretty} {time}', screen)}</small></header><div>${lines(own)}${history}</div>${attachments.map(({ name }) => html`<div class="attachment">📎 ${name}</div>`)}</article>`
}

/** As a mail program folds it: the quoted lines at the end, with the line that says whose they are. */
function partedIn(text: string): { own: string; quoted: string } {
  const rows = text.trimEnd().split('\n')
  let from = rows.length
  while (from > 0 && /^(>|\s*$)/.test(rows[from - 1] ?? '')) from--
  if (!rows.slice(from).some((row) => row.startsWith('>'))) return { own: rows.join('\n'), quoted: '' }
  if (rows[from - 1]?.endsWith(':')) from--
  return { own: rows.slice(0, from).join('\n').trimEnd(), quoted: rows.slice(from).join('\n') }
}
