// Says in the thread, by name, that a promise or a reminder is due, then to the person directly, and keeps both up to date.
import { SendError } from '../channel.ts'
import type { Reader, Trx } from '../db/open.ts'
import { appendFact } from '../fact.ts'
import {
  addPost,
  type Call,
  callOf,
  conversationOf,
  type FollowUp,
  findFollowUp,
  hasAnsweredSince,
  idOf,
  listPosts,
  type Ping,
  putPings,
} from '../follow-up.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Outcome, Settled } from '../outbox-attempt.ts'
import type { Policies } from '../policy.ts'
import { codeOf } from '../slack/trouble.ts'
import { type Reached, resolveAddressees } from './addressee.ts'
import { nameOf } from './agents.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { type CallWords, type FollowUpView, renderFollowUp } from './follow-up-view.ts'
import { findLink } from './link.ts'
import { isPerson, quietEnd } from './page-post.ts'
import { inDesk, post, update } from './post.ts'
import type { Presence } from './presence.ts'
import { standingOf } from './standing.ts'
import { channelFor } from './tell-post.ts'
import { type Desk, deskOrFirst } from './tools.ts'
import { type Posted, postedOf } from './view.ts'

export interface FollowUpPosting extends DeskPosting {
  desks: readonly Desk[]
  policies: Policies
  presence: Presence
}

const MOOT: Outcome = { kind: 'moot', reason: 'it is over, or due at another time' }

interface Said {
  posted: Posted
  /** Who also gets it directly. */
  people: readonly string[]
  quietUntil: number | undefined
}

export function followUpCallHandler(options: FollowUpPosting): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  const placeOf = async (row: FollowUp) => {
    const card = postedOf(await conversationOf(db, row))
    return card && { channel: card.channel, threadTs: card.ts }
  }
  return {
    async send(effect) {
      const call = callOf(effect)
      const row = await findStill(db, call)
      if (!row) return MOOT
      const place = await placeOf(row)
      if (!place) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      const { words, ...said } = await whoHears(options, row, call)
      const content = renderFollowUp(await readFollowUp(options, row), words)
      const mark = { oid: effect.id, n: 0 }
      const posted = await inDesk(post(room.clients.post, place, content, mark, 'say what is due'))
      return { kind: 'accepted', ref: posted.ts, detail: { posted, ...said } satisfies Said }
    },
    async verify(effect) {
      const call = callOf(effect)
      const row = await findFollowUp(db, call.followUp)
      const place = row && (await placeOf(row))
      if (!place) return { kind: 'absent' }
      const mine = await finder.find(effect, place)
      if (!mine) return { kind: 'unknown' }
      const found = mine.find(({ n }) => n === 0)
      if (!found) return { kind: 'absent' }
      const { words: _, ...said } = await whoHears(options, row, call)
      const posted = { channel: place.channel, ts: found.ts }
      return { kind: 'accepted', ref: found.ts, detail: { posted, ...said } satisfies Said }
    },
    settle: settleCall,
  }
}

/** Undefined once it is over, or has been put off. */
async function findStill(db: Reader, { followUp, dueAt }: Call): Promise<FollowUp | undefined> {
  const row = await findFollowUp(db, followUp)
  return row && row.ended_at === null && row.due_at === dueAt ? row : undefined
}

async function readFollowUp({ db, clock }: DeskPosting, followUp: FollowUp): Promise<FollowUpView> {
  const conversation = await conversationOf(db, followUp)
  const identity = await db
    .selectFrom('identity')
    .select(['name', 'address'])
    .where('id', '=', conversation.identity_id)
    .executeTakeFirstOrThrow()
  return {
    followUp,
    contact: { name: identity.name ?? undefined, address: identity.address },
    conversationId: conversation.id,
    hasAnswered: await hasAnsweredSince(db, followUp),
    now: clock.now(),
  }
}

/** Whose it is, or who comes next; that a promise is broken the leads are to know too. */
async function whoHears(
  options: FollowUpPosting,
  row: FollowUp,
  { step }: Call,
): Promise<Omit<Said, 'posted'> & { words: CallWords }> {
  const conversation = await conversationOf(options.db, row)
  const desk = deskOrFirst(options.desks, conversation.desk)
  if (step === 'made' || !desk) {
    const people = row.for !== null && row.for !== row.by ? [row.for] : []
    return { people: [], quietUntil: undefined, words: { step, people, also: [] } }
  }
  const owner = row.for ?? conversation.owner_id ?? undefined
  const quietUntil = await quietEnd(options, desk, conversation.id, options.clock.now())
  const standing = await standingOf(options, desk, owner, { isQuiet: quietUntil !== undefined })
  const reached = await resolveAddressees([{ kind: 'assignee' }], standing)
  const people = peopleIn(reached)
  const isBroken = step === 'due' && row.kind === 'promise'
  const leads = isBroken ? peopleIn(await resolveAddressees([{ kind: 'leads' }], standing)) : []
  const [first] = reached
  const words: CallWords = {
    ...{ step, people, also: leads.filter((id) => !people.includes(id)) },
    ...(owner !== undefined && first && first.to !== owner && { insteadOf: await nameOf(options.db, owner) }),
    ...(first?.because && { because: first.because }),
  }
  return { people, quietUntil, words }
}

function peopleIn(reached: readonly Reached[]): string[] {
  return reached.map(({ to }) => to).filter(isPerson)
}

async function settleCall(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  if (settled.kind !== 'accepted') return
  const { posted, people, quietUntil } = settled.detail as Said
  const call = callOf(effect)
  await addPost(trx, call.followUp, posted)
  await putPings(trx, effect.id, call, people, quietUntil)
}

export function followUpPingHandler(options: FollowUpPosting): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const ping = callOf<Ping>(effect)
      const row = await findStill(db, ping)
      if (!row) return MOOT
      const channel = await channelFor(room.clients.read, ping.to)
      const card = postedOf(await conversationOf(db, row))
      const link = card && (await findLink(room.clients.read, card))
      const still = await findStill(db, ping) // Asking took its time.
      if (!still) return MOOT
      const words = { step: ping.step, people: [], also: [] }
      const content = renderFollowUp(await readFollowUp(options, still), words, link)
      const posted = await post(room.clients.post, { channel }, content, { oid: effect.id, n: 0 }, 'remind of it')
      return { kind: 'accepted', ref: posted.ts, detail: posted }
    },
    async verify(effect) {
      const channel = await channelFor(room.clients.read, callOf<Ping>(effect).to)
      const found = await finder.find(effect, { channel })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts, detail: { channel, ts: mine.ts } } : { kind: 'absent' }
    },
    async settle(trx, effect, settled) {
      if (settled.kind !== 'accepted') return
      const { followUp, to } = callOf<Ping>(effect)
      await addPost(trx, followUp, settled.detail as Posted)
      const row = await findFollowUp(trx, followUp)
      const about = row ? { conversationId: row.conversation_id } : {}
      await appendFact(trx, { kind: 'follow-up-told', ...about, data: { followUp, to } })
    },
  }
}

/** All that speaks of it shows how it stands. */
export function followUpUpdateHandler(options: FollowUpPosting): Handler {
  const { db, room } = options
  return {
    async send(effect) {
      const row = await findFollowUp(db, idOf(effect))
      if (!row) return MOOT
      const view = await readFollowUp(options, row)
      const card = postedOf(await conversationOf(db, row))
      const link = card && (await findLink(room.clients.read, card))
      for (const posted of await listPosts(db, row.id)) {
        const content = renderFollowUp(view, undefined, posted.channel === card?.channel ? undefined : link)
        await update(room.clients.board, posted, content, 'show how the promise stands').catch((error: unknown) => {
          if (codeOf(error) !== 'message_not_found') throw error // Deleted in Slack: that was somebody's decision.
        })
      }
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }
}
