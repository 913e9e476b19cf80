// The page's panes for one seat: the customers on the left, the agent's Slack in the middle, the lead's on the right, and the inside.
import { CUSTOMERS } from './cast.ts'
import { COMMUNITY } from './community.ts'
import { drawHint } from './hint.ts'
import { type Html, html } from './html.ts'
import { drawBar } from './pane-bar.ts'
import { drawCommunity } from './pane-community.ts'
import { drawLounge } from './pane-guests.ts'
import { drawInside } from './pane-inside.ts'
import { drawMailbox } from './pane-mailbox.ts'
import { drawSlack } from './pane-slack.ts'
import { drawTraining } from './pane-training.ts'
import type { Playhouse } from './playhouse.ts'
import type { Screen } from './screen.ts'
import type { Seat } from './seat.ts'

export const PANES = ['bar', 'hint', 'training', 'customers', 'agent', 'lead', 'inside'] as const
export type Pane = (typeof PANES)[number]

export function drawPanes(house: Playhouse, seat: Seat, zone: string): Record<Pane, Html> {
  const screen = screenOf(house, zone)
  return {
    bar: drawBar(house, screen),
    hint: drawHint(seat),
    training: drawTraining(house.trainer.training()),
    customers: drawCustomers(house, seat, screen),
    agent: drawSlack(house, seat, 'agent', screen),
    lead: drawSlack(house, seat, 'lead', screen),
    inside: drawInside(house, screen),
  }
}

function screenOf({ stage, clock }: Playhouse, zone: string): Screen {
  const { workspace, app } = stage.slack
  return {
    now: clock.now(),
    zone,
    name: (id) => workspace.users.get(id)?.realName ?? workspace.channels.get(id)?.name,
    people: () =>
      [...workspace.users.values()]
        .filter(({ isBot, isGuest, teamId }) => !isBot && !isGuest && teamId === app.teamId)
        .map(({ id, realName }) => ({ id, name: realName })),
  }
}

function drawCustomers(house: Playhouse, { customer }: Seat, screen: Screen): Html {
  const { post, community, guests, stage } = house
  const tab = (address: string, name: string) =>
    html`<button type="button" role="tab" id="customer-${address}" aria-controls="customer-panel" aria-selected="${address === customer ? 'true' : 'false'}" tabindex="${address === customer ? 0 : -1}" data-do="customer" data-address="${address}">${name}</button>`
  const tabs = [
    ...CUSTOMERS.map(({ address, name }) => tab(address, name.split(' ')[0] ?? name)),
    tab(COMMUNITY, 'Discord'),
    ...guests.lounges.map(({ id, title }) => tab(id, title)),
  ]
  const lounge = guests.lounges.find(({ id }) => id === customer)
  const shown = lounge
    ? drawLounge(stage.slack, lounge, screen)
    : customer === COMMUNITY
      ? drawCommunity(community, screen)
      : drawMailbox(post, customer, screen)
  return html`<div class="people" role="tablist" aria-label="Customers">${tabs}</div>
<div class="panel" role="tabpanel" id="customer-panel" aria-labelledby="customer-${customer}">${shown}</div>`
}
