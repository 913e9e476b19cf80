// A conversation came from another desk after the last step of its ladder had fired there: here nobody would ever hear that its
// customer waits. A line in its thread calls the leads, and those who do not see the thread get the ping itself.
import { getConversation } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import type { LateArrival } from '../desk-move.ts'
import { owe } from '../notice.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Settled } from '../outbox-attempt.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { findWindow, type StoredWindow } from '../window-record.ts'
import { resolveAddressees } from './addressee.ts'
import { oneLine } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { isPerson } from './page-post.ts'
import type { Presence } from './presence.ts'
import { standingOf } from './standing.ts'
import { lineHandler, type ThreadLine } from './thread-line.ts'
import { type Desk, deskTitle, getDesk } from './tools.ts'
import { postedOf } from './view.ts'
import { type Inline, instant, paragraph, word } from './words.ts'

export interface LateArrivalOptions extends DeskPosting {
  desks: readonly Desk[]
  presence: Presence
}

export function lateArrivalHandler(options: LateArrivalOptions): Handler {
  const line = lineHandler(options, 'call the leads about an overdue arrival', (db, effect) =>
    readLine(options, db, effect),
  )
  return { ...line, settle: (trx, effect, settled) => settle(options, trx, effect, settled) }
}

const arrivalOf = (effect: Effect) => JSON.parse(effect.payload) as LateArrival

/** Undefined once the customer has been answered, or it went on to yet another desk. */
async function findStill(db: Reader, { windowId, to }: LateArrival): Promise<StoredWindow | undefined> {
  const window = await findWindow(db, windowId)
  return window?.ended_at === null && window.desk === to ? window : undefined
}

async function readLine(options: LateArrivalOptions, db: Reader, effect: Effect): Promise<ThreadLine | undefined> {
  const arrival = arrivalOf(effect)
  const window = await findStill(db, arrival)
  if (!window) return undefined
  const conversation = await getConversation(db, window.conversation_id)
  const desk = getDesk(options, arrival.to)
  const standing = await standingOf(options, desk, undefined, { isQuiet: false })
  const leads = (await resolveAddressees([{ kind: 'leads' }], standing)).map(({ to }) => to).filter(isPerson)
  const from = options.desks.find(({ name }) => name === arrival.from)
  const title = oneLine(from ? deskTitle(from) : arrival.from)
  const isOverdue = window.due_at <= options.clock.now()
  const state = isOverdue ? 'An answer is overdue since ' : 'An answer is due by '
  const then = `, and all reminders of it went to the desk ${title}. No other one comes by itself: please see that somebody takes it.`
  const called = leads.flatMap((id): Inline[] => [{ type: 'user', user_id: id }, word(' ')])
  return {
    card: postedOf(conversation),
    content: {
      text: `${leads.map((id) => `<@${id}> `).join('')}${isOverdue ? 'This came here overdue' : 'This came here late'} from ${escapeMrkdwn(title)}`,
      blocks: [
        paragraph([word(isOverdue ? '🔴 ' : '⏳ '), ...called, word(state), instant(window.due_at), word(then)]),
      ],
    },
  }
}

/** Leads need not be in the desk's channel, and Slack tells only those who are of a line in it. */
async function settle(options: LateArrivalOptions, trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  if (settled.kind !== 'accepted') return
  const arrival = arrivalOf(effect)
  const window = await findStill(trx, arrival)
  if (!window) return
  const { leads } = getDesk(options, arrival.to)
  const members = await trx
    .selectFrom('agent')
    .select('id')
    .where('desk', '=', arrival.to)
    .where('left_at', 'is', null)
    .where('id', 'in', [...leads, ''])
    .execute()
  const outside = leads.filter((id) => !members.some((member) => member.id === id))
  await owe(
    trx,
    window,
    arrival.step,
    outside.map((to) => ({ to })),
  )
}
