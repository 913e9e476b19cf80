// Keeps a conversation's card in the desk's channel up to its newest state.

import { isAllHeld } from '../block.ts'
import { SendError } from '../channel.ts'
import type { Clock } from '../clock.ts'
import type { Db, Trx } from '../db/open.ts'
import { putCardLeft } from '../desk-move.ts'
import { listFacts } from '../fact.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Settled } from '../outbox-attempt.ts'
import type { SlackRoom } from '../slack/room.ts'
import { codeOf } from '../slack/trouble.ts'
import { renderCard, renderPlainCard } from './card.ts'
import { makeFinder } from './find-post.ts'
import { findLink } from './link.ts'
import { findEarlierCard, pointOn } from './moved-card.ts'
import { type Content, inDesk, isMalformed, isShut, post, update } from './post.ts'
import { newStoryOf, tellStory } from './story-told.ts'
import { type CardView, type Posted, readCard } from './view.ts'

export interface DeskPosting {
  db: Db
  clock: Clock
  room: Pick<SlackRoom, 'clients'>
  /** The id of the desk's channel. Throws for a desk that is not configured any more. */
  channelOfDesk(desk: string): string
}

export function cardHandler(options: DeskPosting): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const view = await readCard(db, conversationOf(effect))
      if (view.card) return await renew(options, view, view.card)
      if (await isAllHeld(db, view.conversationId)) return { kind: 'moot', reason: 'its customer is blocked' }
      const posted = await postNew(options, view, effect.id)
      return { kind: 'accepted', ref: posted.ts, detail: shownBy(options, view, posted) }
    },
    async verify(effect) {
      const view = await readCard(db, conversationOf(effect))
      if (view.card) return { kind: 'repeatable' }
      const channel = channelOf(options, view.desk)
      const found = await finder.find(effect, { channel })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      if (!mine) return { kind: 'absent' }
      return { kind: 'accepted', ref: mine.ts, detail: shownBy(options, view, { channel, ts: mine.ts }) }
    },
    settle: (trx, effect, settled) => settleCard(trx, effect, settled, options),
  }
}

interface Shown {
  /** Where a new one stands. */
  posted?: Posted
  /** What is new in it for the person's other cards. */
  story?: string
}

function shownBy({ clock }: DeskPosting, view: CardView, posted?: Posted): Shown {
  const story = newStoryOf(view, clock.now())
  return { ...(posted && { posted }), ...(story !== undefined && { story }) }
}

function conversationOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { conversationId: string }).conversationId
}

/** A desk that was taken out of the configuration keeps its conversations until it is back. */
function channelOf({ channelOfDesk }: DeskPosting, desk: string): string {
  try {
    return channelOfDesk(desk)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new SendError({ kind: 'temporary', account: true }, message, { cause: error })
  }
}

async function render(options: DeskPosting, view: CardView) {
  const { clock, db, room } = options
  const { related } = view
  const link = related?.card && (await findLink(room.clients.read, related.card))
  const earlier = await findEarlierCard(db, view, view.card?.channel ?? channelOf(options, view.desk))
  const before = earlier && (await findLink(room.clients.read, earlier))
  return renderCard(view, clock.now(), link, before)
}

async function postNew(options: DeskPosting, view: CardView, oid: string): Promise<Posted> {
  const { post: client } = options.room.clients
  const place = { channel: channelOf(options, view.desk) }
  const put = (content: Content) => inDesk(post(client, place, content, { oid, n: 0 }, 'post the card'))
  const content = await render(options, view)
  return await put(content).catch((error: unknown) => {
    // Better a bare card than a customer nobody sees.
    if (isMalformed(error)) return put(renderPlainCard(view))
    throw error
  })
}

async function renew(options: DeskPosting, view: CardView, card: Posted) {
  const content = await render(options, view)
  try {
    await inDesk(update(options.room.clients.board, card, content, 'update the card'))
  } catch (error) {
    // The desk has moved to another channel, and where this card stands nobody can reach it any more.
    const isLeft = isShut(error) && card.channel !== channelOf(options, view.desk)
    if (!GONE.has(codeOf(error)) && !isLeft) throw error
    await options.db.transaction((trx) => forgetCard(trx, view.conversationId, card))
    throw new SendError({ kind: 'temporary' }, 'the card cannot be changed any more; posting it anew', { cause: error })
  }
  return { kind: 'accepted', ref: card.ts, detail: shownBy(options, view) } as const
}

const GONE = new Set<string | undefined>(['message_not_found', 'edit_window_closed', 'cant_update_message'])

/** The next attempt posts a new one. */
async function forgetCard(trx: Trx, conversationId: string, card: Posted): Promise<void> {
  await trx
    .updateTable('conversation')
    .set({ card_channel: null, card_ts: null })
    .where('id', '=', conversationId)
    .where('card_ts', '=', card.ts)
    .execute()
}

/** From here on the thread below the card is the conversation's. */
async function settleCard(trx: Trx, effect: Effect, settled: Settled, options: DeskPosting): Promise<void> {
  if (settled.kind !== 'accepted' || !settled.detail) return
  const conversationId = conversationOf(effect)
  const { posted, story } = settled.detail as Shown
  if (posted) await settlePosted(trx, conversationId, posted, options)
  if (story !== undefined) await tellStory(trx, conversationId, story)
}

async function settlePosted(
  trx: Trx,
  conversationId: string,
  { channel, ts }: Posted,
  options: DeskPosting,
): Promise<void> {
  await trx
    .insertInto('desk_post')
    .values({ channel, ts, conversation_id: conversationId, message_id: null })
    .onConflict((oc) => oc.doNothing())
    .execute()
  if (await closeMoved(trx, conversationId, { channel, ts }, options)) return
  await trx
    .updateTable('conversation')
    .set({ card_channel: channel, card_ts: ts })
    .where('id', '=', conversationId)
    .where('card_ts', 'is', null)
    .execute()
  await pointOn(trx, conversationId, { channel, ts })
}

/** The conversation went to another desk while its card was on its way to this one. */
async function closeMoved(trx: Trx, id: string, card: Posted, options: DeskPosting): Promise<boolean> {
  const [fact] = (await listFacts(trx, id, ['conversation-moved'])).slice(-1)
  if (fact?.kind !== 'conversation-moved' || channelOf(options, fact.data.to) === card.channel) return false
  await putCardLeft(trx, id, { ...card, to: fact.data.to, by: fact.actor ?? '' })
  return true
}
