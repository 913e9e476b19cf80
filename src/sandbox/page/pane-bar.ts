// The bar above all: the clock, the scenes, and the trouble that can be made.
import { SECOND, systemClock } from '../../clock.ts'
import { drawDate } from './draw-date.ts'
import { type Html, html } from './html.ts'
import type { Playhouse } from './playhouse.ts'
import { SCENES } from './scenes.ts'
import type { Screen } from './screen.ts'

const TIMES = [
  ['hour', '+1 hour'],
  ['due', 'To the next due time'],
  ['day', '+24 hours'],
] as const

export function drawBar({ program, troubles }: Playhouse, screen: Screen): Html {
  const trouble = (name: string, title: string) =>
    html`<button type="button" class="button plain" data-do="trouble" data-name="${name}">${title}</button>`
  // The browser shows the seconds by itself: nothing is drawn anew for them.
  const aheadMs = Math.round((screen.now - systemClock().now()) / SECOND) * SECOND
  return html`<div class="clock"><span aria-hidden="true">🕰</span> <b>${drawDate(screen.now, '{date_short}', screen)}</b> <time id="clock" data-ahead="${aheadMs}" data-zone="${screen.zone}">${drawDate(screen.now, '{time}', screen)}</time></div>
<div class="group" role="group" aria-label="Let time go by"><small>Time</small>${TIMES.map(
    ([time, title]) =>
      html`<button type="button" class="button plain" data-do="pass" data-time="${time}">${title}</button>`,
  )}</div>
<div class="group" role="group" aria-label="Trouble"><small>Trouble</small>${trouble('slack-busy', 'Slack too busy (429)')}${
    troubles.isMailAway ? trouble('mail-back', 'Bring the mail server back') : trouble('mail-away', 'Mail server down')
  }${program.isRunning() ? trouble('kill', 'Kill the program') : trouble('start', 'Start the program again')}</div>
<div class="group" role="group" aria-label="Scenes"><small>Scenes</small>${SCENES.map(
    ({ name, title }) =>
      html`<button type="button" class="button plain" data-do="scene" data-name="${name}">${title}</button>`,
  )}</div>
<div class="group" role="group" aria-label="Learning"><button type="button" class="button primary" data-do="training" data-name="start">Train me</button></div>`
}
