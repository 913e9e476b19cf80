// What customers see in their own Slack: the channel they share with us, or their direct messages, each answer below its question.
import type { SlackStandIn } from '../slack/server.ts'
import type { Lounge } from './guests.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'
import { slackWindow } from './slack-window.ts'

const NAME_LENGTH_MAX = 40

export function drawLounge(slack: SlackStandIn, { id, title, people }: Lounge, screen: Screen): Html {
  const { workspace } = slack
  const window = slackWindow(slack, screen)
  const roots = workspace.messages(id)
  const ownOf = people.map((person) => person.id)
  return html`<div class="mails lounge" role="log" aria-label="${title}" tabindex="0">${roots.map(
    ({ ts }) => html`<div class="topic" id="lounge-${ts}">${window.exchange(id, ts, ownOf)}</div>`,
  )}${roots.length === 0 && html`<p class="empty">Nobody has written here yet.</p>`}</div>
<form class="write" data-do="guest" data-channel="${id}" id="write-${id}">
${people.length > 1 ? html`<label>As <select name="person">${people.map((person) => html`<option value="${person.id}">${person.name}</option>`)}</select></label>` : html`<input type="hidden" name="person" value="${people[0]?.id}">`}
<label>Where <select name="thread"><option value="">a new message</option>${roots.map(
    ({ ts, text }) => html`<option value="${ts}">in the thread “${text.slice(0, NAME_LENGTH_MAX)}”</option>`,
  )}</select></label>
<label>Message <textarea name="text" required rows="2" maxlength="12000"></textarea></label>
<div class="row"><label class="file"><input type="file" name="files" multiple aria-label="Files"><span>Add files</span></label><button type="submit" class="button primary">Write in Slack</button></div></form>`
}
