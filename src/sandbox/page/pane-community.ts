// The help channel on Discord: what was asked, with the thread below it, and who can be played there.
import type { Community, Said } from './community.ts'
import { drawDate } from './draw-date.ts'
import { drawDiscord } from './draw-discord.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

const NAME_LENGTH_MAX = 40

export function drawCommunity(community: Community, screen: Screen): Html {
  const said = ({ author, isApp, text, at }: Said) =>
    html`<div class="line"><b>${author}</b>${isApp && html` <span class="badge">APP</span>`} <small>${drawDate(at, '{time}', screen)}</small><div>${drawDiscord(text)}</div></div>`
  const topics = community.topics()
  return html`<div class="mails discord" role="log" aria-label="# help on Discord" tabindex="0">${topics.map(
    (topic) =>
      html`<article class="topic" id="topic-${topic.id}">${said(topic)}${topic.hasThread && html`<div class="answers">${topic.answers.map(said)}</div>`}</article>`,
  )}${topics.length === 0 && html`<p class="empty">Nobody has asked anything yet.</p>`}</div>
<form class="write" data-do="discord" id="write-discord">
<label>As <select name="person">${community.people.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label>
<label>Where <select name="topic"><option value="">in # help</option>${topics
    .filter(({ hasThread }) => hasThread)
    .map(
      ({ id, text }) => html`<option value="${id}">in the thread “${text.slice(0, NAME_LENGTH_MAX)}”</option>`,
    )}</select></label>
<label>Message <textarea name="text" required rows="2" maxlength="2000"></textarea></label>
<button type="submit" class="button primary">Write on Discord</button></form>`
}
