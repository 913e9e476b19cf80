// The inside: what the program says is wrong, what happened as facts, and what it owes the outside world.
import { drawDate } from './draw-date.ts'
import { type Html, html } from './html.ts'
import type { Playhouse } from './playhouse.ts'
import type { Screen } from './screen.ts'

export function drawInside({ program }: Playhouse, screen: Screen): Html {
  const { problems, facts, effects } = program.inside()
  const time = (at: number) => drawDate(at, '{time_secs}', screen)
  return html`<div class="state ${program.isRunning() && problems.length === 0 ? 'well' : 'unwell'}" role="status">${problems.length > 0 ? problems.join(' ') : 'The program runs, and everything answers.'}</div>
<div class="tables"><section aria-label="Facts" tabindex="0"><h3>What happened <small>facts, never changed</small></h3><ol>${facts.map(
    ({ id, at, kind, actor, subject, name }) =>
      html`<li id="${id}"><time>${time(at)}</time> <b>${kind}</b> ${actor && html`<span>by ${screen.name(actor) ?? actor}</span>`} <small>${aboutOf(name, subject)}</small></li>`,
  )}</ol></section>
<section aria-label="Outbox" tabindex="0"><h3>What is owed <small>the outbox: rows outlive a crash</small></h3><ol>${effects.map(
    ({ id, kind, state, dueAt, attempts, subject, name }) =>
      html`<li id="${id}"><time>${time(dueAt)}</time> <b>${kind}</b> <span class="tag ${state}">${state}</span>${attempts > 1 && html` <small>attempt ${attempts}</small>`} <small>${aboutOf(name, subject)}</small></li>`,
  )}</ol></section></div>`
}

/** Who and what: a chat has no subject. */
const aboutOf = (name: string | null, subject: string | null) => [name, subject].filter(Boolean).join(': ')
