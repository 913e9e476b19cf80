// Finds out who is there to have a conversation, and, once it is theirs, calls them in its thread.
import {
  allot,
  allotmentOf,
  type Choice,
  findPrevious,
  type Given,
  goOn,
  listCandidates,
  putAllotted,
  readAllotted,
} from '../allot.ts'
import { SendError } from '../channel.ts'
import { type Conversation, getConversation } from '../conversation.ts'
import type { Trx } from '../db/open.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Settled } from '../outbox-attempt.ts'
import type { Policies } from '../policy.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { listBackup } from '../stand-in.ts'
import { findOpenWindow } from '../window-record.ts'
import { nameOf } from './agents.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { quietEnd } from './page-post.ts'
import { type Content, inDesk, post } from './post.ts'
import type { Presence } from './presence.ts'
import { type Desk, deskOrFirst } from './tools.ts'
import { postedOf } from './view.ts'
import { type Inline, paragraph, word } from './words.ts'

export interface AllotOptions extends DeskPosting {
  desks: readonly Desk[]
  policies: Policies
  presence: Presence
}

/** Those who are there are looked for only until so many are found: the turn is among them. */
const PRESENT_MAX = 3

export function allotHandler(options: AllotOptions): Handler {
  const { db, desks } = options
  return {
    async send(effect) {
      const { conversationId, by } = allotmentOf(effect)
      const conversation = await getConversation(db, conversationId)
      const desk = deskOrFirst(desks, conversation.desk)
      if (!desk || !(await findOpenWindow(db, conversationId))) return { kind: 'moot', reason: 'nobody waits' }
      const choice = await choose(options, desk, conversation, by !== undefined)
      if (!choice) return { kind: 'moot', reason: 'it stays as it is' }
      return { kind: 'accepted', detail: choice }
    },
    /** Nothing has left: who is there is asked anew. */
    verify: async () => ({ kind: 'repeatable' }),
    settle,
  }
}

async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  if (settled.kind !== 'accepted' || !settled.detail) return
  const { conversationId } = allotmentOf(effect)
  const given = await allot(trx, conversationId, settled.detail as Choice)
  if (given) await putAllotted(trx, conversationId, effect.id, given)
  await goOn(trx, conversationId)
}

/** Undefined to leave it where it is. */
async function choose(
  options: AllotOptions,
  desk: Desk,
  conversation: Conversation,
  isAsked: boolean,
): Promise<Choice | undefined> {
  const seen = conversation.owner_id ?? undefined
  const look = await lookerFor(options, desk, conversation)
  const before = isAsked ? undefined : (seen ?? (await findPrevious(options.db, conversation)))
  if (before !== undefined) {
    const because = await look(before)
    if (because === undefined) return before === seen ? undefined : { seen, to: before, how: 'returning' }
    const backup = await listBackup(options.db, before, { backup: desk.backup, now: options.clock.now() })
    const [to] = await firstPresent(backup, look, 1)
    if (to !== undefined) return { seen, to, how: 'stand-in' }
    if (seen !== undefined && desk.assign !== 'round-robin') return { seen, to: undefined, because }
  }
  if (desk.assign !== 'round-robin' && !isAsked) return undefined
  const cap = desk.assign === 'round-robin' ? desk.cap : undefined
  const candidates = (await listCandidates(options.db, desk.name)).filter(({ id }) => id !== seen)
  const free = candidates.filter(({ waiting }) => cap === undefined || waiting < cap)
  const ids = (free.length > 0 ? free : candidates).map(({ id }) => id)
  return { seen, present: await firstPresent(ids, look, PRESENT_MAX), cap, how: 'next' }
}

type Look = (id: string) => Promise<string | undefined>

/** Why somebody cannot have it now; at night, what Slack keeps from people does not count where the desk has quiet hours. */
async function lookerFor(options: AllotOptions, desk: Desk, { id }: Conversation): Promise<Look> {
  const { db, clock, presence } = options
  const isQuiet = (await quietEnd(options, desk, id, clock.now())) !== undefined
  return async (person) => {
    const said = await presence.absenceOf(desk.name, person, { isQuiet, mustBeAgent: true })
    if (said) return said
    const agent = await db
      .selectFrom('agent')
      .select('id')
      .where('id', '=', person)
      .where('desk', '=', desk.name)
      .where('left_at', 'is', null)
      .executeTakeFirst()
    return agent ? undefined : 'left the desk'
  }
}

async function firstPresent(ids: readonly string[], look: Look, max: number): Promise<string[]> {
  const there: string[] = []
  for (const id of ids) {
    if (there.length >= max) break
    if ((await look(id)) === undefined) there.push(id)
  }
  return there
}

export function allottedHandler({ db, room }: DeskPosting): Handler {
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const { conversationId, ...given } = readAllotted(effect)
      const conversation = await getConversation(db, conversationId)
      const card = postedOf(conversation)
      if (!card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      if ((conversation.owner_id ?? undefined) !== given.to)
        return { kind: 'moot', reason: 'somebody else has it by now' }
      const name = given.instead === undefined ? undefined : await nameOf(db, given.instead)
      const place = { channel: card.channel, threadTs: card.ts }
      const mark = { oid: effect.id, n: 0 }
      const posted = await inDesk(post(room.clients.post, place, renderAllotted(given, name), mark, 'say whose it is'))
      return { kind: 'accepted', ref: posted.ts }
    },
    async verify(effect) {
      const card = postedOf(await getConversation(db, readAllotted(effect).conversationId))
      if (!card) return { kind: 'absent' }
      const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts } : { kind: 'absent' }
    },
  }
}

/** `name`: of whoever had it. */
export function renderAllotted({ to, how }: NonNullable<Given>, name: string | undefined): Content {
  const why = {
    next: 'This one is yours: you are next.',
    returning: 'This one is yours: you know this customer.',
    'stand-in': `This one is yours${name === undefined ? '' : ` in place of ${name}`}: whoever knows this customer is not there.`,
    queue: `${name ?? 'Whoever had this'} is not there, and nobody stands in. Who can take it?`,
  }[how]
  const call: Inline[] = to === undefined ? [] : [{ type: 'user', user_id: to }, word(' ')]
  return {
    text: `${to === undefined ? '' : `<@${to}> `}${escapeMrkdwn(why)}`,
    blocks: [paragraph([word('👉 '), ...call, word(why)])],
  }
}
