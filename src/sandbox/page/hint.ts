// What the player is told above the panes: what to do next, and what has just come of what they did.
import { type Html, html } from './html.ts'
import type { Playhouse } from './playhouse.ts'
import { SCENES } from './scenes.ts'
import type { Seat } from './seat.ts'

/** After a button that makes trouble, by its name. */
export const TROUBLE_WORDS = {
  'slack-busy':
    'Slack refuses the next posts for three seconds. Write as a customer: below, the card waits in the outbox, and comes when Slack takes it.',
  'mail-away':
    'Mail can neither be fetched nor sent. Answer somebody, or write a mail: the answer waits in the outbox, the mail in the mailbox. Then bring the server back.',
  'mail-back': 'The mail server is back: what waited is fetched and sent now, each once.',
  kill: 'The program is dead, as after kill -9: nothing was finished, nothing was said. Write as a customer, then start it again: everything comes.',
  start: 'The program has started anew, from what is on disk, and goes on where it was torn away.',
} as const

export const TIME_WORDS = {
  hour: 'An hour has gone by, for the program too.',
  day: 'A day has gone by. Whoever waited for longer than was promised is overdue now: look at the cards, and at Lena’s pings.',
  due: 'The next answer is due this very moment: the card says so, and Lena has her ping.',
} as const

/** Whether the player has done what the scene is for: then they are told what there is to see. */
export function lookAtScene({ program }: Pick<Playhouse, 'program'>, seat: Seat): void {
  const { scene } = seat
  const done = SCENES.find(({ name }) => name === scene?.name)?.done
  if (!scene || !done) return
  const isDone = program.inside().facts.some(({ kind, at, name, actor }) => {
    const isTheirs = kind !== 'reply-accepted' || actor === seat.agent.person || actor === seat.lead.person
    return kind === done.fact && name === done.about && at >= scene.since && isTheirs
  })
  if (!isDone) return
  seat.scene = undefined
  seat.hint = { kind: 'done', text: done.next }
}

export function drawHint({ hint }: Seat): Html {
  if (!hint) return html``
  const begin =
    hint.kind === 'welcome' &&
    html` <button type="button" class="button primary" data-do="scene" data-name="first-mail">Begin here</button>`
  return html`<p class="${hint.kind}">${hint.kind === 'done' && html`<span aria-hidden="true">✓ </span>`}${hint.text}${begin}</p>`
}
