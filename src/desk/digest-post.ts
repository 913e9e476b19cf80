// The morning digest as a lead reads it: the queue in figures, and the worst of it by name.
import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import type { DeskDay } from '../desk-day.ts'
import { digestOf } from '../digest.ts'
import type { Handler } from '../outbox-attempt.ts'
import { countQueue, listQueue, type QueueCounts, type QueueRow } from '../queue.ts'
import { escapeMrkdwn, shorten } from '../slack/mrkdwn.ts'
import type { SlackRoom } from '../slack/room.ts'
import { shortName } from './card.ts'
import { makeFinder } from './find-post.ts'
import { linkMaker } from './link.ts'
import { spanWords } from './ping.ts'
import { type Content, post } from './post.ts'
import { channelWord } from './question.ts'
import { channelFor } from './tell-post.ts'
import { type Desk, deskTitle, getDesk } from './tools.ts'
import { postedOf } from './view.ts'
import { heading, type Inline, instant, note, paragraph, word } from './words.ts'

export interface DigestOptions {
  db: Reader
  clock: Clock
  room: Pick<SlackRoom, 'clients'>
  desks: readonly Desk[]
  dayOf(desk: string): DeskDay
}

const WORST_MAX = 15
const NAME_LENGTH = 100

export function digestHandler(options: DigestOptions): Handler {
  const { db, clock, room, desks } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const { desk: name, to } = digestOf(effect)
      const channel = await channelFor(room.clients.read, to)
      const now = clock.now()
      const counts = await countQueue(db, name, now, options.dayOf(name).end(now))
      const worst = await listQueue(db, name, { limit: WORST_MAX, filter: { withSnoozed: true } })
      const links = await linksTo(room.clients.read, worst)
      const content = renderMorning(deskTitle(getDesk({ desks }, name)), counts, worst, now, links)
      const posted = await post(room.clients.post, { channel }, content, { oid: effect.id, n: 0 }, 'send the digest')
      return { kind: 'accepted', ref: posted.ts }
    },
    async verify(effect) {
      const found = await finder.find(effect, { channel: await channelFor(room.clients.read, digestOf(effect).to) })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts } : { kind: 'absent' }
    },
  }
}

/** By conversation, to their cards. */
async function linksTo(read: WebClient, rows: readonly QueueRow[]): Promise<ReadonlyMap<string, string>> {
  const linkTo = linkMaker(read)
  const links = new Map<string, string>()
  for (const { conversationId, cardChannel, cardTs } of rows) {
    const card = postedOf({ card_channel: cardChannel, card_ts: cardTs })
    const link = card && (await linkTo(card))
    if (link !== undefined) links.set(conversationId, link)
  }
  return links
}

export function renderMorning(
  desk: string,
  counts: QueueCounts,
  worst: readonly QueueRow[],
  now: number,
  links: ReadonlyMap<string, string> = new Map(),
): Content {
  const { waiting, overdue } = counts
  const name = shorten(desk, NAME_LENGTH)
  const title = waiting === 0 ? `${name}: nobody waits` : `${name}: ${customers(waiting)} for an answer`
  const blocks: KnownBlock[] = [
    heading(title),
    paragraph(
      figures(counts).flatMap(([figure, words], n) => [
        word(n === 0 ? '' : '\n'),
        word(String(figure), { bold: true }),
        word(` ${words}`),
      ]),
    ),
    ...(worst.length > 0
      ? [
          paragraph(
            worst.flatMap((row, n) => [
              word(n === 0 ? '' : '\n'),
              ...rowWords(row, now, links.get(row.conversationId)),
            ]),
          ),
        ]
      : []),
    ...(waiting > worst.length ? [note(`and ${waiting - worst.length} more`)] : []),
    paragraph([word('As of '), instant(now)]),
  ]
  return { text: `${escapeMrkdwn(title)}${overdue > 0 ? `, ${overdue} overdue` : ''}`, blocks }
}

function customers(count: number): string {
  return count === 1 ? '1 customer waits' : `${count} customers wait`
}

/** What is rarely there is not spoken of while it is not. */
function figures(counts: QueueCounts): [number, string][] {
  const rare: [number, string][] = [
    [counts.snoozed, 'snoozed, still waiting'],
    [
      counts.undelivered,
      counts.undelivered === 1 ? 'whose last reply did not arrive' : 'whose last replies did not arrive',
    ],
    [counts.broken, counts.broken === 1 ? 'broken promise' : 'broken promises'],
  ]
  return [
    [counts.overdue, 'overdue'],
    [counts.dueToday, 'due later today'],
    [counts.unassigned, 'that nobody has'],
    ...rare.filter(([figure]) => figure > 0),
  ]
}

function rowWords(row: QueueRow, now: number, link: string | undefined): Inline[] {
  const late = now >= row.dueAt ? `${spanWords(now - row.dueAt)} late` : `due in ${spanWords(row.dueAt - now)}`
  const name = shortName({ name: row.contactName ?? undefined, address: row.address })
  const rest = ` · ${channelWord(row.channelKind)}${row.ownerId === null ? ' · nobody has it' : ' · '}`
  return [
    word(late, { bold: true }),
    word(' · '),
    link === undefined || name === '' ? word(name) : { type: 'link', url: link, text: name },
    word(rest),
    ...(row.ownerId === null ? [] : [{ type: 'user' as const, user_id: row.ownerId }]),
  ]
}
