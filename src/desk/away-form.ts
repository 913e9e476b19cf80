// `/desk away` without a word more: until when, and who stands in meanwhile.
import type { KnownBlock, ModalView } from '@slack/types'
import { goAway } from '../away.ts'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import { AWAY_MAX_MS, objectTo, refuseAway } from './away-rule.ts'
import { shortForm, toldView } from './form.ts'
import { handOverAllView, readWaiting } from './hand-over-all.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { instant, plain, word } from './words.ts'

export const AWAY = 'away'
const TITLE = 'Away'

export async function openAway(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const text = await refuseAway(tools, click.who)
    if (text !== undefined) return { kind: 'refused', text }
    return { kind: 'view', view: awayView(click.place?.channel ?? '', tools.clock.now()) }
  }
  await openView(tools, click, { title: TITLE, prepare })
}

export function awayView(at: string, now: number): ModalView {
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: 'until',
      label: plain('Until when?'),
      element: {
        ...{ type: 'datetimepicker', action_id: 'until' },
        initial_date_time: Math.floor((Math.ceil(now / HOUR) * HOUR + DAY) / 1000),
      },
    },
    {
      type: 'input',
      block_id: 'stand_in',
      optional: true,
      label: plain('Who stands in for you?'),
      hint: plain(
        'They are called when your customers write, and get your reminders. If you choose nobody, the desk’s backup does.',
      ),
      element: { type: 'users_select', action_id: 'stand_in', placeholder: plain('Choose a colleague') },
    },
  ]
  return {
    ...{ type: 'modal', callback_id: AWAY, title: plain(TITLE), submit: plain('Save'), close: plain('Cancel') },
    private_metadata: JSON.stringify({ at }),
    blocks,
  }
}

async function submitAway(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const refused = await refuseAway(tools, who)
  if (refused !== undefined) return { kind: 'update', view: toldView(TITLE, refused) }
  const now = tools.clock.now()
  const until = view.chosenTime('until', 'until')
  if (until === undefined || until < now + MINUTE)
    return { kind: 'errors', blockId: 'until', text: 'Choose a time to come.' }
  if (until > now + AWAY_MAX_MS) return { kind: 'errors', blockId: 'until', text: 'That is more than 90 days away.' }
  const standIn = view.chosenPerson('stand_in', 'stand_in') || undefined
  const objection = standIn === undefined ? undefined : await objectTo(tools, who, standIn)
  if (objection !== undefined) return { kind: 'errors', blockId: 'stand_in', text: objection }
  await tools.db.transaction((trx) => goAway(trx, who.id, until, standIn))
  const waiting = await readWaiting(tools.db, who.id)
  const { at } = JSON.parse(view.metadata) as { at: string }
  if (waiting.length > 0) return { kind: 'update', view: handOverAllView(waiting, { at, standIn, until }) }
  const said = [word('You are away until '), instant(until), word('. /desk back ends it.')]
  return { kind: 'close', late: toldView(TITLE, said) }
}

export const awayForm = shortForm(TITLE, submitAway)
