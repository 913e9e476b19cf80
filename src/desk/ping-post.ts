// Brings a ping to its person by direct message, if it is still true at that moment; an answered customer needs no reminder.
import { SendError } from '../channel.ts'
import type { Reader, Trx } from '../db/open.ts'
import { appendFact, type FactKind } from '../fact.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Outcome, Settled } from '../outbox-attempt.ts'
import { findTrueWindow, pingOf } from '../ping.ts'
import { troubleOf } from '../slack/trouble.ts'
import type { StoredWindow } from '../window-record.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { findLink } from './link.ts'
import { type PingView, renderPing } from './ping.ts'
import { post } from './post.ts'
import { type CardView, findGlimpse, readCard } from './view.ts'

export function pingHandler({ db, clock, room }: Omit<DeskPosting, 'channelOfDesk'>): Handler {
  const { read, post: client } = room.clients
  const finder = makeFinder(read)
  /** Asked for every time, which changes nothing: Slack answers with the one channel it has with this person. */
  const openDm = async (person: string): Promise<string> => {
    const answer = await read.conversations.open({ users: person }).catch((error: unknown) => {
      throw notSent(error)
    })
    if (!answer.channel?.id) throw new SendError({ kind: 'temporary' }, 'Slack opened no direct message')
    return answer.channel.id
  }
  return {
    async send(effect) {
      const ping = pingOf(effect)
      if (!(await findTrueWindow(db, ping))) return MOOT
      const channel = await openDm(ping.to)
      const card = await readCard(db, conversationOf(effect))
      const link = card.card && (await findLink(read, card.card))
      // Slack took its time over those; the last look is the one that counts.
      const window = await findTrueWindow(db, ping)
      if (!window) return MOOT
      const content = renderPing(await readPing(db, card, window), clock.now(), link)
      const posted = await post(client, { channel }, content, { oid: effect.id, n: 0 }, 'send the ping')
      return { kind: 'accepted', ref: posted.ts }
    },
    async verify(effect) {
      const found = await finder.find(effect, { channel: await openDm(pingOf(effect).to) })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts } : { kind: 'absent' }
    },
    settle,
  }
}

const MOOT: Outcome = { kind: 'moot', reason: 'the customer has been answered' }

function conversationOf(effect: Effect): string {
  if (effect.conversationId === undefined) throw new Error(`ping ${effect.id} belongs to no conversation`)
  return effect.conversationId
}

/** No ping has left before the direct message is open. */
function notSent(error: unknown): SendError {
  const trouble = troubleOf(error, 'open a direct message')
  if (trouble.failure.kind !== 'uncertain') return trouble
  return new SendError({ kind: 'temporary' }, trouble.message, { cause: error })
}

async function readPing(db: Reader, card: CardView, window: StoredWindow): Promise<PingView> {
  const oldest = await findGlimpse(db, card.conversationId, window.started_by)
  return { ...card, waiting: { since: window.started_at, dueAt: window.due_at }, oldest }
}

const FACTS = {
  accepted: 'ping-accepted',
  moot: 'ping-withdrawn',
  rejected: 'ping-undelivered',
  parked: 'ping-undelivered',
  postponed: undefined,
  uncertain: undefined,
} satisfies Record<Settled['kind'], FactKind | undefined>

async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  const kind = FACTS[settled.kind]
  if (!kind) return
  const { windowId, step, to } = pingOf(effect)
  await appendFact(trx, { kind, conversationId: conversationOf(effect), data: { windowId, step, to } })
}
