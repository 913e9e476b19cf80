// The page's panes for one seat: the customers on the left, the agent's Slack in the middle, the lead's on the right, and the inside.
import { agentsOf, CUSTOMERS } from './cast.ts'
import { drawDate } from './draw-date.ts'
import { lines } from './draw-text.ts'
import { type Html, html } from './html.ts'
import type { Playhouse } from './playhouse.ts'
import type { Exchanged } from './post.ts'
import { SCENES } from './scenes.ts'
import type { Screen } from './screen.ts'
import type { Seat } from './seat.ts'
import { slackWindow } from './slack-window.ts'

export const PANES = ['bar', 'hint', 'customers', 'agent', 'lead', 'inside'] as const
export type Pane = (typeof PANES)[number]

export function drawPanes(house: Playhouse, seat: Seat, zone: string): Record<Pane, Html> {
  const { workspace } = house.stage.slack
  const screen: Screen = {
    now: house.clock.now(),
    zone,
    name: (id) => workspace.users.get(id)?.realName ?? workspace.channels.get(id)?.name,
    people: () =>
      [...workspace.users.values()].filter(({ isBot }) => !isBot).map(({ id, realName }) => ({ id, name: realName })),
  }
  return {
    bar: drawBar(house, screen),
    hint: drawHint(seat),
    customers: drawCustomers(house, seat, screen),
    agent: drawAgent(house, seat, screen),
    lead: drawLead(house, screen),
    inside: drawInside(house, screen),
  }
}

function drawBar({ program, troubles }: Playhouse, screen: Screen): Html {
  const trouble = (name: string, title: string) =>
    html`<button type="button" class="button plain" data-do="trouble" data-name="${name}">${title}</button>`
  return html`<div class="clock"><span aria-hidden="true">🕰</span> <b>${drawDate(screen.now, '{date_short}', screen)}</b> ${drawDate(screen.now, '{time_secs}', screen)}</div>
<div class="group" role="group" aria-label="Let time go by"><small>Time</small>${[
    ['hour', '+1 hour'],
    ['due', 'To the next due time'],
    ['day', '+24 hours'],
  ].map(
    ([time, title]) =>
      html`<button type="button" class="button plain" data-do="pass" data-time="${time}">${title}</button>`,
  )}</div>
<div class="group" role="group" aria-label="Scenes"><small>Scenes</small>${SCENES.map(
    ({ name, title }) =>
      html`<button type="button" class="button plain" data-do="scene" data-name="${name}">${title}</button>`,
  )}</div>
<div class="group" role="group" aria-label="Trouble"><small>Trouble</small>${trouble('slack-busy', 'Slack: too many requests')}${
    troubles.isMailAway ? trouble('mail-back', 'Bring the mail server back') : trouble('mail-away', 'Mail server down')
  }${program.isRunning() ? trouble('kill', 'Kill the program') : trouble('start', 'Start the program again')}</div>`
}

function drawHint({ hint }: Seat): Html {
  return html`${hint && html`<p class="${hint.kind}">${hint.text}</p>`}`
}

function drawCustomers({ post }: Playhouse, seat: Seat, screen: Screen): Html {
  const mails = post.of(seat.customer)
  const last = mails.at(-1)
  const subject = last === undefined ? '' : `Re: ${last.subject.replace(/^(Re: )+/, '')}`
  return html`<div class="people" role="tablist" aria-label="Customers">${CUSTOMERS.map(
    ({ address, name }) =>
      html`<button type="button" role="tab" aria-selected="${address === seat.customer ? 'true' : 'false'}" data-do="customer" data-address="${address}">${name}</button>`,
  )}</div>
<div class="mails" aria-live="polite">${mails.map((mail) => drawMail(mail, screen))}${mails.length === 0 && html`<p class="empty">No mail yet.</p>`}</div>
<form class="write" data-do="mail" id="mail-${seat.customer}">
<label>Subject <input name="subject" required maxlength="200" value="${subject}"></label>
<label>Text <textarea name="text" required rows="4"></textarea></label>
${last && html`<label class="tick"><input type="checkbox" name="isAnswer" checked> as an answer to the last one</label>`}
<button type="submit" class="button primary">Send to support@example.com</button></form>`
}

function drawMail({ way, at, from, to, subject, text, attachments }: Exchanged, screen: Screen): Html {
  return html`<article class="mail ${way}"><header><b>${subject}</b><small>${way === 'sent' ? `to ${to}` : `from ${from}`} · ${drawDate(at, '{date_short_pretty} {time}', screen)}</small></header><div>${lines(text)}</div>${attachments.map(({ name }) => html`<div class="attachment">📎 ${name}</div>`)}</article>`
}

function drawAgent(house: Playhouse, seat: Seat, screen: Screen): Html {
  const { slack } = house.stage
  const window = slackWindow(slack, screen)
  const tab = (name: Seat['tab'], title: string) =>
    html`<button type="button" role="tab" aria-selected="${seat.tab === name ? 'true' : 'false'}" data-do="tab" data-tab="${name}">${title}</button>`
  const modal = window.modal(seat.agent)
  return html`<div class="people" role="tablist" aria-label="Slack">${tab('desk', '# desk-support')}${tab('home', 'Deskbell home')}
<label class="who">You are <select data-do="agent" aria-label="You are">${agentsOf(house.stage).map(
    ({ id, name }) => html`<option value="${id}" ${id === seat.agent && html`selected`}>${name}</option>`,
  )}</select></label></div>
<div class="slack" data-person="${seat.agent}">${seat.tab === 'home' ? (window.home(seat.agent) ?? html`<p class="empty">Deskbell shows nothing here yet.</p>`) : drawDeskChannel(house, seat, window)}${modal && html`<div class="veil">${modal}</div>`}</div>`
}

function drawDeskChannel({ stage: { desk } }: Playhouse, seat: Seat, window: ReturnType<typeof slackWindow>): Html {
  const thread = seat.thread === undefined ? undefined : window.thread(desk, seat.thread)
  const isOpen = thread !== undefined && thread.html !== ''
  const write = (to: string | undefined, placeholder: string) =>
    html`<form class="say" data-do="say" data-channel="${desk}" data-thread="${to}" id="say-${to ?? 'desk'}"><input name="text" autocomplete="off" maxlength="4000" placeholder="${placeholder}" aria-label="${placeholder}"><button type="submit" class="button plain">Send</button></form>`
  return html`<div class="columns ${isOpen && 'two'}"><div class="column"><div class="messages" aria-live="polite">${window.channel(desk)}</div>${window.whisper(seat.agent, desk)}${write(undefined, 'Message #desk-support, or /desk queue')}</div>${
    isOpen &&
    html`<div class="column thread"><header><b>Thread</b><button type="button" class="button plain" data-do="thread" aria-label="Close the thread">×</button></header><div class="messages" aria-live="polite">${thread}</div>${write(seat.thread, 'Reply in the thread: internal, reaches no customer')}</div>`
  }</div>`
}

function drawLead({ stage }: Playhouse, screen: Screen): Html {
  const window = slackWindow(stage.slack, screen)
  const modal = window.modal(stage.lead)
  const messages = window.directMessages(stage.lead)
  return html`<div class="slack" data-person="${stage.lead}"><div class="messages" aria-live="polite">${messages}${messages.html === '' && html`<p class="empty">No pings: nobody waits too long.</p>`}</div>${modal && html`<div class="veil">${modal}</div>`}</div>`
}

function drawInside({ program }: Playhouse, screen: Screen): Html {
  const { problems, facts, effects } = program.inside()
  const time = (at: number) => drawDate(at, '{time_secs}', screen)
  return html`<div class="state ${program.isRunning() && problems.length === 0 ? 'well' : 'unwell'}">${problems.length > 0 ? problems.join(' ') : 'The program runs, and everything answers.'}</div>
<div class="tables"><section aria-label="Facts"><h3>What happened <small>facts, never changed</small></h3><ol>${facts.map(
    ({ id, at, kind, actor, subject }) =>
      html`<li id="${id}"><time>${time(at)}</time> <b>${kind}</b> ${actor && html`<span>by ${screen.name(actor) ?? actor}</span>`} <small>${subject}</small></li>`,
  )}</ol></section>
<section aria-label="Outbox"><h3>What is owed <small>the outbox: rows outlive a crash</small></h3><ol>${effects.map(
    ({ id, kind, state, dueAt, attempts, subject }) =>
      html`<li id="${id}"><time>${time(dueAt)}</time> <b>${kind}</b> <span class="tag ${state}">${state}</span>${attempts > 1 && html` <small>attempt ${attempts}</small>`} <small>${subject}</small></li>`,
  )}</ol></section></div>`
}
