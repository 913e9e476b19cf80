// Tells one person, or a channel, who waits: one customer by a ping, many by a digest. What is not true any more never leaves.
import type { WebClient } from '@slack/web-api'
import { putAlarm } from '../alarm.ts'
import { SendError } from '../channel.ts'
import { MINUTE } from '../clock.ts'
import type { Trx } from '../db/open.ts'
import { addresseeOf, type Notice, owe } from '../notice.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Outcome, Settled } from '../outbox-attempt.ts'
import type { Policies } from '../policy.ts'
import { codeOf, troubleOf } from '../slack/trouble.ts'
import { bind, type DigestLimits, hold, keepTrue, listBound, settleTold, stillTrue, tally } from '../telling.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { isPerson, quietEnd } from './page-post.ts'
import { post } from './post.ts'
import { findLinks, readTold, renderTold } from './told.ts'
import { type Desk, deskOrFirst } from './tools.ts'
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
      await holdForQuiet(options, effect)
      const channel = await channelFor(read, addresseeOf(effect))
      // Opening took its time, and so does asking for links: the last look is the one that counts.
      const told = await readTold(options, await stillTrue(db, effect, clock))
      const links = await findLinks(read, told)
      if (!(await db.transaction((trx) => keepTrue(trx, effect)))) return MOOT
      const still = await readTold(options, await stillTrue(db, effect, clock))
      const content = renderTold(still, await tally(db, effect.id, clock.now()), links, clock.now())
      const posted = await post(client, { channel }, content, { oid: effect.id, n: 0 }, 'send the ping')
      return { kind: 'accepted', ref: posted.ts, detail: posted }
    },
    async verify(effect) {
      try {
        const channel = await channelFor(read, addresseeOf(effect))
        const found = await finder.find(effect, { channel })
        if (!found) return { kind: 'unknown' }
        const mine = found.find(({ n }) => n === 0)
        return mine ? { kind: 'accepted', ref: mine.ts, detail: { channel, ts: mine.ts } } : { kind: 'absent' }
      } catch (error) {
        // A look that fails is repeated for long; whoever waits meanwhile should not.
        await db.transaction((trx) => soundIfLate(trx, effect, String(error), options))
        throw error
      }
    },
    settle: (trx, effect, settled) => settle(trx, effect, settled, options),
  }
}

const MOOT: Outcome = { kind: 'moot', reason: 'the customer has been answered' }

/** Quiet hours may have begun since it was owed, as when Slack was away or an answer bounced at night. */
async function holdForQuiet(options: TellOptions, effect: Effect): Promise<void> {
  const { db, clock, desks } = options
  if (!isPerson(addresseeOf(effect))) return
  const isQuiet = desks.some(({ quiet }) => quiet?.until(clock.now()) !== undefined)
  if (!isQuiet) return
  const held: { id: string; until: number }[] = []
  for (const { id, desk: name, conversation_id } of await listBound(db, effect.id)) {
    const desk = deskOrFirst(desks, name)
    const until = desk && (await quietEnd(options, desk, conversation_id, clock.now()))
    if (until !== undefined) held.push({ id, until })
  }
  await db.transaction((trx) => hold(trx, held))
}

/** Asked for every time, which changes nothing: Slack answers with the one channel it has with this person. */
export async function channelFor(read: WebClient, to: string): Promise<string> {
  if (!isPerson(to)) return to
  const answer = await read.conversations.open({ users: to }).catch((error: unknown) => {
    // Without the permission to open one Slack takes the person's own id, too.
    if (UNOPENED.has(codeOf(error) ?? '')) return { channel: { id: to } }
    throw notSent(error)
  })
  return answer.channel?.id ?? to
}

const UNOPENED = new Set(['missing_scope', 'unknown_method'])

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
    case 'uncertain':
      await soundIfLate(trx, effect, settled.error, options)
  }
}

/** Who cannot be told directly is named in the desk's channel; when that is shut, or has been told already, an alarm sounds. */
async function passOn(trx: Trx, notice: Notice, error: string, { desks }: TellOptions): Promise<void> {
  const desk = deskOrFirst(desks, notice.desk)
  if (desk && notice.to !== desk.channel) {
    const owed = { to: desk.channel, insteadOf: notice.to, because: 'could not be reached' }
    const window = { id: notice.window_id, conversation_id: notice.conversation_id, desk: notice.desk }
    if ((await owe(trx, window, notice.step, [owed])) > 0) return
  }
  await putAlarm(trx, {
    desk: desk?.name ?? notice.desk,
    key: `ping:${notice.window_id}:${notice.step}:${notice.to}`,
    subject: 'A ping could not be delivered in Slack',
    text: `A customer waits, and Slack did not take the ping about it for ${notice.to} (${error}). Conversation ${notice.conversation_id}.`,
  })
}

/** Once per effect and desk. */
async function soundIfLate(trx: Trx, effect: Effect, error: string, { desks }: TellOptions): Promise<void> {
  if (trx.now() - effect.startedAt < PATIENCE_MS) return
  const bound = Map.groupBy(await listBound(trx, effect.id), ({ desk }) => desk)
  for (const [name, notices] of bound) {
    const ids = [...new Set(notices.map((notice) => notice.conversation_id))]
    await putAlarm(trx, {
      desk: deskOrFirst(desks, name)?.name ?? name,
      key: `tell:${effect.id}:${name}`,
      subject:
        ids.length === 1
          ? 'A customer waits, and Slack does not answer'
          : `${ids.length} customers wait, and Slack does not answer`,
      text: `Pings have not reached anybody for some minutes (${error}). Waiting: ${ids.slice(0, IDS_MAX).join(', ')}.`,
    })
  }
}

const IDS_MAX = 20
