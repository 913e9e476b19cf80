// Shows people their home tab as the queue is now, and only when it is not what they have before them already.
import { createHash } from 'node:crypto'
import type { HomeView } from '@slack/types'
import { sql } from 'kysely'
import { countAgentQueue, listAgentQueue } from '../agent-queue.ts'
import { type Clock, DAY } from '../clock.ts'
import type { Db, Reader } from '../db/open.ts'
import { listOwnFollowUps } from '../follow-up.ts'
import { closeHome, findHome, type Home, rememberShown } from '../home.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import type { QueueRow } from '../queue.ts'
import type { SlackRoom } from '../slack/room.ts'
import { troubleOf } from '../slack/trouble.ts'
import { listTagsOf } from '../tag.ts'
import { listOwnDesks } from './admission.ts'
import { oneLine } from './card.ts'
import { closedHome, HOME_PAGE, homeView } from './home-view.ts'
import { type LinkTo, linkMaker } from './link.ts'
import { type Desk, deskTitle } from './tools.ts'
import { postedOf } from './view.ts'

export interface HomeOptions {
  db: Db
  clock: Clock
  room: Pick<SlackRoom, 'clients'>
  desks: readonly Desk[]
}

const WORDS_LENGTH = 600
const FOLLOW_UPS_MAX = 6
/** What is due later than that needs no place at the top. */
const AHEAD_MS = DAY

export function homeHandler(options: HomeOptions): Handler {
  const { board, read } = options.room.clients
  const linkTo = linkMaker(read)
  return {
    async send(effect) {
      const person = personOf(effect)
      const home = await findHome(options.db, person)
      if (!home) return { kind: 'moot', reason: 'nobody has opened it' }
      const view = await renderHome(options, home, linkTo)
      const digest = createHash('sha256').update(JSON.stringify(view)).digest('base64url')
      if (digest === home.shown) return { kind: 'moot', reason: 'they have it before them' }
      try {
        await board.views.publish({ user_id: person, view })
      } catch (error) {
        throw troubleOf(error, 'show the home tab')
      }
      return { kind: 'accepted', detail: digest }
    },
    verify: async () => ({ kind: 'repeatable' }),
    async settle(trx, effect, settled) {
      if (settled.kind === 'accepted' && typeof settled.detail === 'string')
        await rememberShown(trx, personOf(effect), settled.detail)
      if (settled.kind === 'rejected' || settled.kind === 'parked') await closeHome(trx, personOf(effect))
    },
  }
}

function personOf({ payload }: Effect): string {
  return (JSON.parse(payload) as { person: string }).person
}

async function renderHome({ db, clock, desks }: HomeOptions, home: Home, linkTo: LinkTo): Promise<HomeView> {
  const { person, cut, after } = home
  const own = await listOwnDesks({ db, desks }, person)
  if (own.length === 0) return closedHome()
  const looking = { desks: own.map(({ name }) => name), person, now: clock.now() }
  const counts = await countAgentQueue(db, looking)
  const page = await listAgentQueue(db, looking, { cut, limit: HOME_PAGE, ...(after && { after }) })
  const words = await readWords(db, page.rows)
  const tags = await listTagsOf(
    db,
    page.rows.map(({ conversationId }) => conversationId),
  )
  const titleOf = (name: string) => own.filter((desk) => desk.name === name).map(deskTitle)[0]
  const rows = await Promise.all(
    page.rows.map(async (row) => {
      const card = postedOf({ card_channel: row.cardChannel, card_ts: row.cardTs })
      return {
        ...row,
        words: words.get(row.startedBy) ?? '',
        tags: (tags.get(row.conversationId) ?? []).map(({ name }) => name),
        deskTitle: own.length > 1 ? titleOf(row.desk) : undefined,
        link: card && (await linkTo(card)),
      }
    }),
  )
  const last = page.rows.at(-1)
  const next =
    page.isMore && last
      ? { dueAt: last.dueAt, startedAt: last.startedAt, conversationId: last.conversationId }
      : undefined
  const followUps = await Promise.all(
    (await listOwnFollowUps(db, { ...looking, until: clock.now() + AHEAD_MS, limit: FOLLOW_UPS_MAX })).map(
      async (row) => {
        const card = postedOf({ card_channel: row.cardChannel, card_ts: row.cardTs })
        return { ...row, link: card && (await linkTo(card)) }
      },
    ),
  )
  const title = own.length === 1 ? own.map(deskTitle).join() : 'Your desks'
  return homeView({ title, counts, cut, rows, next, isFirst: after === undefined, now: clock.now(), followUps })
}

/** How what waits longest begins, by message. */
async function readWords(db: Reader, rows: readonly QueueRow[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map()
  const messages = await db
    .selectFrom('message')
    .select(['id', sql<string>`substr(coalesce(unquoted, text), 1, ${sql.lit(WORDS_LENGTH)})`.as('text')])
    .where(
      'id',
      'in',
      rows.map(({ startedBy }) => startedBy),
    )
    .execute()
  return new Map(messages.map(({ id, text }) => [id, oneLine(text)]))
}
