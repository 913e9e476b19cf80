// One of our people's Slack: the desk's channel with a thread, what Deskbell tells them alone, and the home tab.
import { agentsOf } from './cast.ts'
import { type Html, html } from './html.ts'
import type { Playhouse } from './playhouse.ts'
import type { Screen } from './screen.ts'
import type { Desktop, Seat } from './seat.ts'
import { type SlackWindow, slackWindow } from './slack-window.ts'

type Which = 'agent' | 'lead'
const TABS: [Desktop['tab'], string][] = [
  ['desk', '# desk-support'],
  ['direct', 'Deskbell'],
  ['home', 'Home'],
]
const EMPTY = { agent: 'Deskbell has told you nothing yet.', lead: 'No pings: nobody waits too long.' }

export function drawSlack(house: Playhouse, seat: Seat, which: Which, screen: Screen): Html {
  const { slack } = house.stage
  const person = seat[which].person
  const desktop = seat[which]
  const window = slackWindow(slack, screen, person)
  const modal = window.modal(person)
  const told = window.toldCount(person)
  if (desktop.tab === 'direct') desktop.told = told
  const unread = Math.max(told - desktop.told, 0)
  const tab = ([name, title]: (typeof TABS)[number]) => {
    const isOpen = desktop.tab === name
    return html`<button type="button" role="tab" id="${which}-${name}" aria-controls="${which}-panel" aria-selected="${isOpen ? 'true' : 'false'}" tabindex="${isOpen ? 0 : -1}" data-do="tab" data-pane="${which}" data-tab="${name}">${title}${name === 'direct' && unread > 0 && html` <span class="unread">${unread} new</span>`}</button>`
  }
  const who =
    which === 'agent' &&
    html`<label class="who">You are <select data-do="agent">${agentsOf(house.stage).map(
      ({ id, name }) => html`<option value="${id}" ${id === person && html`selected`}>${name}</option>`,
    )}</select></label>`
  return html`<div class="people"><div role="tablist" aria-label="${which === 'agent' ? 'The agent’s Slack' : 'The lead’s Slack'}">${TABS.map(tab)}</div>${who}</div>
<div class="slack" data-person="${person}" data-pane="${which}"><div class="panel" role="tabpanel" id="${which}-panel" aria-labelledby="${which}-${desktop.tab}" ${modal && html`inert`}>${drawTab(house, desktop, which, window)}</div>${modal && html`<div class="veil">${modal}</div>`}</div>`
}

function drawTab(house: Playhouse, desktop: Desktop, which: Which, window: SlackWindow): Html {
  if (desktop.tab === 'home')
    return window.home(desktop.person) ?? html`<p class="empty">Deskbell shows nothing here yet.</p>`
  if (desktop.tab === 'desk') return drawDesk(house.stage.desk, desktop, window)
  const messages = window.directMessages(desktop.person)
  return html`<div class="messages" role="log" aria-label="Deskbell" tabindex="0">${messages}${messages.html === '' && html`<p class="empty">${EMPTY[which]}</p>`}</div>`
}

function drawDesk(desk: string, { thread: ts }: Desktop, window: SlackWindow): Html {
  const thread = ts === undefined ? undefined : window.thread(desk, ts)
  const isOpen = thread !== undefined && thread.html !== ''
  const cards = window.channel(desk)
  const nothing =
    cards.html === '' &&
    html`<p class="empty">Nobody has written yet. Whatever a customer writes, and wherever, becomes a card here.</p>`
  return html`<div class="columns ${isOpen && 'two'}"><div class="column"><div class="messages" role="log" aria-label="# desk-support" tabindex="0">${cards}${nothing}</div>${drawWriting(desk, undefined, 'Message #desk-support, or /desk queue')}</div>${
    isOpen &&
    html`<div class="column thread"><header><b>Thread</b><button type="button" class="button plain" data-do="thread" aria-label="Close the thread">×</button></header><div class="messages" role="log" aria-label="Thread" tabindex="0">${thread}</div>${drawWriting(desk, ts, 'Reply in the thread: internal, reaches no customer')}</div>`
  }</div>`
}

function drawWriting(desk: string, to: string | undefined, placeholder: string): Html {
  return html`<form class="say" data-do="say" data-channel="${desk}" data-thread="${to}" id="say-${to ?? 'desk'}"><input name="text" autocomplete="off" maxlength="4000" placeholder="${placeholder}" aria-label="${placeholder}"><button type="submit" class="button plain">Send</button></form>`
}
