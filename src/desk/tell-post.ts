// Tells one person, or a channel, who waits: one customer by a ping, many by a digest. What is not true any more never leaves.
import type { WebClient } from '@slack/web-api'
import { putAlarm } from '../alarm.ts'
import { SendError } from '../channel.ts'
import { MINUTE } from '../clock.ts'
import type { Trx } from '../db/open.ts'
import { addresseeOf, listToldBy, type Notice, owe } from '../notice.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Outcome, Settled } from '../outbox-attempt.ts'
import type { Policies } from '../policy.ts'
import { troubleOf } from '../slack/trouble.ts'
import { bind, type DigestLimits, settleTold, stillTrue } from '../telling.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { isPerson } from './page-post.ts'
import { post } from './post.ts'
import { readTold, renderTold } from './told.ts'
import { type Desk, getDesk } from './tools.ts'
import type { Posted } from './view.ts'

export interface TellOptions extends Omit<DeskPosting, 'channelOfDesk'> {
  desks: readonly Desk[]
  limits: DigestLimits
  policies: Policies
  /** Pings about these channels show nothing of their content where others may read along. */
  isRestricted(channel: string): boolean
}

/** After so long without Slack the alarm goes another way; the ping itself is tried on. */
const PATIENCE_MS = 10 * MINUTE

export function tellHandler(options: TellOptions): Handler {
  const { db, clock, room, limits } = options
  const { read, post: client } = room.clients
  const finder = makeFinder(read)
  return {
    async send(effect) {
      const telling = await db.transaction((trx) => bind(trx, effect, limits))
      if (typeof telling === 'string') return { kind: 'moot', reason: telling }
      const channel = await channelFor(read, addresseeOf(effect))
      const told = await readTold(options, await stillTrue(db, effect, clock))
      const content = await renderTold(read, told, clock.now())
      // Slack took its time over those; the last look is the one that counts.
      if (told.length === 0 || (await stillTrue(db, effect, clock)).length === 0) return MOOT
      const posted = await post(client, { channel }, content, { oid: effect.id, n: 0 }, 'send the ping')
      return { kind: 'accepted', ref: posted.ts, detail: posted }
    },
    async verify(effect) {
      const channel = await channelFor(read, addresseeOf(effect))
      const found = await finder.find(effect, { channel })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts, detail: { channel, ts: mine.ts } } : { kind: 'absent' }
    },
    settle: (trx, effect, settled) => settle(trx, effect, settled, options),
  }
}

const MOOT: Outcome = { kind: 'moot', reason: 'the customer has been answered' }

/** Asked for every time, which changes nothing: Slack answers with the one channel it has with this person. */
export async function channelFor(read: WebClient, to: string): Promise<string> {
  if (!isPerson(to)) return to
  const answer = await read.conversations.open({ users: to }).catch((error: unknown) => {
    throw notSent(error)
  })
  if (!answer.channel?.id) throw new SendError({ kind: 'temporary' }, 'Slack opened no direct message')
  return answer.channel.id
}

/** No ping has left before the direct message is open. */
function notSent(error: unknown): SendError {
  const trouble = troubleOf(error, 'open a direct message')
  if (trouble.failure.kind !== 'uncertain') return trouble
  return new SendError({ kind: 'temporary' }, trouble.message, { cause: error })
}

async function settle(trx: Trx, effect: Effect, settled: Settled, options: TellOptions): Promise<void> {
  switch (settled.kind) {
    case 'accepted':
      await settleTold(trx, effect, { kind: 'told', post: settled.detail as Posted })
      return
    case 'moot':
      await settleTold(trx, effect, { kind: 'withdrawn' })
      return
    case 'rejected':
    case 'parked':
      for (const notice of await settleTold(trx, effect, { kind: 'failed' })) {
        await passOn(trx, notice, settled.error, options)
      }
      return
    case 'postponed':
      if (trx.now() - effect.startedAt >= PATIENCE_MS) await sound(trx, effect, settled.error, options)
      return
    case 'uncertain':
  }
}

/** Who cannot be told directly is named in the desk's channel; when even that is shut, an alarm goes out by mail. */
async function passOn(trx: Trx, notice: Notice, error: string, { desks }: TellOptions): Promise<void> {
  const desk = getDesk({ desks }, notice.desk)
  if (notice.to !== desk.channel) {
    const owed = { to: desk.channel, insteadOf: notice.to, because: 'could not be reached' }
    return await owe(
      trx,
      { id: notice.window_id, conversation_id: notice.conversation_id, desk: desk.name },
      notice.step,
      [owed],
    )
  }
  await putAlarm(trx, {
    desk: desk.name,
    key: `ping:${notice.window_id}:${notice.step}`,
    subject: 'A ping could not be delivered in Slack',
    text: `A customer waits and Slack did not take the ping about it (${error}). Conversation ${notice.conversation_id}.`,
  })
}

async function sound(trx: Trx, effect: Effect, error: string, { desks }: TellOptions): Promise<void> {
  const bound = (await listToldBy(trx, effect.id)).filter(({ told_at }) => told_at === null)
  for (const name of new Set(bound.map(({ desk }) => desk))) {
    const ids = [...new Set(bound.filter(({ desk }) => desk === name).map((notice) => notice.conversation_id))]
    await putAlarm(trx, {
      desk: getDesk({ desks }, name).name,
      key: `tell:${effect.id}`,
      subject:
        ids.length === 1
          ? 'A customer waits, and Slack does not answer'
          : `${ids.length} customers wait, and Slack does not answer`,
      text: `Pings have not reached anybody for some minutes (${error}). Waiting: ${ids.join(', ')}.`,
    })
  }
}
