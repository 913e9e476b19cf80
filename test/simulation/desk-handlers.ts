// The desk's side of a history: cards, entries in their threads and pings, posted where they can be found again.
import type { Trx } from '../../src/db/open.ts'
import type { Effect } from '../../src/outbox.ts'
import type { Handler, Look, Outcome } from '../../src/outbox-attempt.ts'
import type { Machine } from './machine.ts'
import { asking, request, type Wire } from './wire.ts'
import type { DeskPost, World } from './world.ts'

const ROOM = 'desk'

export function deskHandlers(machine: Machine, world: World): Record<'card' | 'entry' | 'ping', Handler> {
  return { card: cardHandler(machine, world), entry: entryHandler(machine, world), ping: pingHandler(machine, world) }
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

function pingHandler(machine: Machine, world: World): Handler {
  const { ping } = world.product
  return {
    async send(effect) {
      const owed = ping.pingOf(effect)
      const before = await windowNow(world, owed.windowId)
      const window = await ping.findTrueWindow(machine.db, owed)
      if (!window) return { kind: 'moot', reason: 'the window has ended' }
      const about = `${window.started_by} ${owed.step} ${owed.to}`
      if (before?.ended_at !== null) world.violations.push(`a ping left for ${about}, which had ended before`)
      return await post(machine, world, { kind: 'ping', about, effectId: effect.id, text: 'overdue' })
    },
    verify: (effect) => find(machine, world, effect),
  }
}

async function windowNow({ store }: World, id: string) {
  return await store.selectFrom('response_window').select('ended_at').where('id', '=', id).executeTakeFirst()
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
