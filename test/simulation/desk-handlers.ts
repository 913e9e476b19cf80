// The desk's side of a history: cards, entries in their threads and pings, posted where they can be found again.
import type { Reader, Trx } from '../../src/db/open.ts'
import type { Effect } from '../../src/outbox.ts'
import type { Handler, Look, Outcome } from '../../src/outbox-attempt.ts'
import { LEADS } from './leads.ts'
import type { Machine } from './machine.ts'
import { asking, request, type Wire } from './wire.ts'
import type { DeskPost, World } from './world.ts'

const ROOM = 'desk'

export function deskHandlers(machine: Machine, world: World): Record<string, Handler> {
  return {
    card: cardHandler(machine, world),
    entry: entryHandler(machine, world),
    page: pageHandler(machine, world),
    tell: tellHandler(machine, world),
    returned: { send: async () => ({ kind: 'accepted' }), verify: async () => ({ kind: 'repeatable' }) },
    // Whose turn it is, is for people who are there or not; here everybody is, and whoever had it keeps it.
    allot: {
      send: async () => ({ kind: 'moot', reason: 'it stays as it is' }),
      verify: async () => ({ kind: 'repeatable' }),
    },
    'ping-update': { send: async () => ({ kind: 'accepted' }), verify: async () => ({ kind: 'repeatable' }) },
  }
}

/** The desk's own program never refuses a post for good, and gives up on an answer sooner than a mail server. */
function wireOf(world: World): Wire {
  const answerMaxMs = Math.min(world.wireFaults.answerMaxMs, DESK_ANSWER_MAX_MS)
  return { ...world, faults: { ...world.wireFaults, forGood: 0, answerMinMs: 1, answerMaxMs } }
}

const DESK_ANSWER_MAX_MS = 10_000

/** What the card should show, so that its end can be compared with the store. */
export const cardText = (conversation: { state: string; owner_id: string | null }) =>
  `${conversation.state} ${conversation.owner_id ?? 'nobody'}`

export const entryText = (message: { delivery: string | null }) => message.delivery ?? 'received'

function cardHandler(machine: Machine, world: World): Handler {
  const { db } = machine
  const conversationOf = (effect: Effect) =>
    db
      .selectFrom('conversation')
      .selectAll()
      .where('id', '=', effect.conversationId ?? '')
      .executeTakeFirstOrThrow()
  return {
    async send(effect) {
      const conversation = await conversationOf(effect)
      const text = cardText(conversation)
      if (conversation.card_ts !== null) return await update(machine, world, conversation.card_ts, text)
      return await post(machine, world, { kind: 'card', about: conversation.id, effectId: effect.id, text })
    },
    async verify(effect) {
      return (await conversationOf(effect)).card_ts === null
        ? await find(machine, world, effect)
        : { kind: 'repeatable' }
    },
    async settle(trx, effect, settled) {
      if (settled.kind !== 'accepted' || settled.ref === undefined) return
      await trx
        .updateTable('conversation')
        .set({ card_channel: ROOM, card_ts: settled.ref })
        .where('id', '=', effect.conversationId ?? '')
        .where('card_ts', 'is', null)
        .execute()
    },
  }
}

function entryHandler(machine: Machine, world: World): Handler {
  const { db } = machine
  const messageIdOf = (effect: Effect) => (JSON.parse(effect.payload) as { messageId: string }).messageId
  const postOf = (effect: Effect) =>
    db.selectFrom('desk_post').select('ts').where('message_id', '=', messageIdOf(effect)).executeTakeFirst()
  return {
    async send(effect) {
      const messageId = messageIdOf(effect)
      const message = await db
        .selectFrom('message')
        .innerJoin('conversation', 'conversation.id', 'message.conversation_id')
        .select(['message.delivery', 'conversation.card_ts'])
        .where('message.id', '=', messageId)
        .executeTakeFirstOrThrow()
      // The lane runs in order: the card a thread hangs on was posted first.
      if (message.card_ts === null) throw new world.product.channel.SendError({ kind: 'rejected' }, 'there is no card')
      const posted = await postOf(effect)
      const text = entryText(message)
      if (posted) return await update(machine, world, posted.ts, text)
      return await post(machine, world, { kind: 'entry', about: messageId, effectId: effect.id, text })
    },
    async verify(effect) {
      return (await postOf(effect)) ? { kind: 'repeatable' } : await find(machine, world, effect)
    },
    async settle(trx, effect, settled) {
      if (settled.kind !== 'accepted' || settled.ref === undefined) return
      await keepPost(trx, settled.ref, effect.conversationId ?? '', messageIdOf(effect))
    },
  }
}

async function keepPost(trx: Trx, ts: string, conversationId: string, messageId: string): Promise<void> {
  await trx
    .insertInto('desk_post')
    .values({ channel: ROOM, ts, conversation_id: conversationId, message_id: messageId })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** Every lead is there. */
function pageHandler(machine: Machine, { product }: World): Handler {
  const openWindow = async (db: Reader, effect: Effect) => {
    const window = await product.windowRecord.findWindow(db, product.ping.pageOf(effect).windowId)
    return window?.ended_at === null ? window : undefined
  }
  return {
    send: async (effect) =>
      (await openWindow(machine.db, effect)) ? { kind: 'accepted' } : { kind: 'moot', reason: 'the window has ended' },
    verify: async () => ({ kind: 'repeatable' }),
    async settle(trx, effect, settled) {
      const window = settled.kind === 'accepted' ? await openWindow(trx, effect) : undefined
      if (!window) return
      const owed = LEADS.map((to) => ({ to }))
      await product.notice.owe(trx, { ...window, desk: ROOM }, product.ping.pageOf(effect).step, owed)
    },
  }
}

/** Each notice by a post of its own, so that it shows when one comes twice. */
const ONE_BY_ONE = { digestAbove: 1_000_000, digestWithinMs: 1 }

function tellHandler(machine: Machine, world: World): Handler {
  const { telling } = world.product
  const { db, clock } = machine
  return {
    async send(effect) {
      const told = await db.transaction((trx) => telling.bind(trx, effect, ONE_BY_ONE))
      if (typeof told === 'string') return MOOT
      const before = told.notices[0] && (await windowNow(world, told.notices[0].window_id))
      const [owed] = await telling.stillTrue(db, effect, clock)
      if (!owed) return MOOT
      const about = `${before?.started_by} ${owed.step} ${owed.to}`
      if (before && before.ended_at !== null) world.violations.push(`a ping left for ${about}, which had ended before`)
      return await post(machine, world, { kind: 'ping', about, effectId: effect.id, text: 'overdue' })
    },
    verify: (effect) => find(machine, world, effect),
    async settle(trx, effect, settled) {
      if (settled.kind === 'accepted') {
        await telling.settleTold(trx, effect, { kind: 'told', post: { channel: ROOM, ts: settled.ref ?? '' } })
      } else if (settled.kind === 'moot') await telling.settleTold(trx, effect, { kind: 'withdrawn' })
      else if (settled.kind === 'parked' || settled.kind === 'rejected')
        await telling.settleTold(trx, effect, { kind: 'failed' })
    },
  }
}

const MOOT: Outcome = { kind: 'moot', reason: 'the window has ended' }

async function windowNow({ store }: World, id: string) {
  return await store
    .selectFrom('response_window')
    .select(['ended_at', 'started_by'])
    .where('id', '=', id)
    .executeTakeFirst()
}

async function post(machine: Machine, world: World, what: Omit<DeskPost, 'ts' | 'shownAt'>): Promise<Outcome> {
  const ts = await request(wireOf(world), machine, (lateMs) => {
    const shownAt = world.time.elapsed() + lateMs
    const made = { ...what, ts: `${world.posts.length + 1}.0`, shownAt }
    world.posts.push(made)
    world.note(`desk gets ${what.kind} ${what.about} by ${what.effectId}${lateMs > 0 ? `, shown in ${lateMs} ms` : ''}`)
    return made.ts
  })
  return { kind: 'accepted', ref: ts }
}

async function update(machine: Machine, world: World, ts: string, text: string): Promise<Outcome> {
  await request(wireOf(world), machine, () => {
    const known = world.posts.find((one) => one.ts === ts)
    if (known) known.text = text
  })
  return { kind: 'accepted' }
}

async function find(machine: Machine, world: World, effect: Effect): Promise<Look> {
  const found = await request({ ...world, faults: asking(world.wireFaults) }, machine, () =>
    world.posts.find((one) => one.effectId === effect.id && one.shownAt <= world.time.elapsed()),
  )
  return found ? { kind: 'accepted', ref: found.ts } : { kind: 'absent' }
}
