// The inside: what the program says is wrong, what happened as facts, and what it owes the outside world.
import { drawDate } from './draw-date.ts'
import { type Html, html } from './html.ts'
import type { Playhouse } from './playhouse.ts'
import type { Screen } from './screen.ts'

/** What the rows of the outbox are for, where their name does not say it. */
const DUTIES: Record<string, string> = {
  card: 'card in #desk-support',
  entry: 'message into the card’s thread',
  reply: 'reply to the customer',
  scheduled: 'reply that waits for its time',
  ladder: 'look whether an answer is late',
  wake: 'end of a snooze',
  digest: 'several pings in one',
  home: 'somebody’s Home tab',
  daily: 'the leads’ figures each morning',
  'writing-end': 'forget who is writing',
  tell: 'word to an agent',
  whisper: 'word to one person alone',
}

export function drawInside({ program }: Playhouse, screen: Screen): Html {
  const { problems, facts, effects } = program.inside()
  const time = (at: number) => drawDate(at, '{time_secs}', screen)
  return html`<div class="state ${program.isRunning() && problems.length === 0 ? 'well' : 'unwell'}" role="status">${problems.length > 0 ? problems.join(' ') : 'The program runs, and everything answers.'}</div>
<div class="tables"><section aria-label="Facts" tabindex="0"><h3>What happened <small>facts: added to, never changed</small></h3><ol>${facts.map(
    ({ id, at, kind, actor, subject, name }) =>
      html`<li id="${id}"><time>${time(at)}</time> <b>${worded(kind)}</b> ${actor && html`<span>by ${screen.name(actor) ?? actor}</span>`} <small>${aboutOf(name, subject)}</small></li>`,
  )}</ol></section>
<section aria-label="Outbox" tabindex="0"><h3>What is owed, and when <small>the outbox: its rows outlive a crash</small></h3><ol>${effects.map(
    ({ id, kind, state, dueAt, attempts, subject, name }) =>
      html`<li id="${id}"><time>${whenOf(dueAt, screen)}</time> <b>${DUTIES[kind] ?? worded(kind)}</b> <span class="tag ${state}">${state}</span>${attempts > 1 && html` <small>attempt ${attempts}</small>`} <small>${aboutOf(name, subject)}</small></li>`,
  )}</ol></section></div>`
}

const worded = (kind: string) => kind.replaceAll('-', ' ')

/** What is owed on another day has its day told. */
function whenOf(at: number, screen: Screen): string {
  const isToday = drawDate(at, '{date_short_pretty}', screen) === 'today'
  return drawDate(at, isToday ? '{time_secs}' : '{date_short_pretty} {time}', screen)
}

/** Who and what: a chat has no subject. */
const aboutOf = (name: string | null, subject: string | null) => [name, subject].filter(Boolean).join(': ')
