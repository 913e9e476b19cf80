// A conversation that was reopened stands at the bottom of the channel again: its card from before leads there, and back.
import type { KnownBlock } from '@slack/types'
import { deskRate } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import { type Effect, put } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { codeOf } from '../slack/trouble.ts'
import { nameParts, shortName, subjectParts } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { findLink } from './link.ts'
import { type Content, inDesk, update } from './post.ts'
import { channelWord } from './question.ts'
import { type CardView, type Posted, readCard } from './view.ts'
import { paragraph, word } from './words.ts'

/** A conversation has rarely been reopened more often than that. */
const EARLIER_MAX = 5

/** Never one in another desk's channel: what is said here is not for there, nor the other way round. */
const listEarlier = (db: Reader, conversationId: string, { channel, ts }: { channel: string; ts?: string }) =>
  db
    .selectFrom('desk_post')
    .select(['channel', 'ts'])
    .where('conversation_id', '=', conversationId)
    .where('message_id', 'is', null)
    .where('channel', '=', channel)
    .where('ts', '<>', ts ?? '')
    .orderBy('ts', 'desc')
    .limit(EARLIER_MAX)
    .execute()

/** Call it once a new card stands. */
export async function pointOn(trx: Trx, conversationId: string, card: Posted): Promise<void> {
  for (const { channel, ts } of await listEarlier(trx, conversationId, card)) {
    const payload = { conversationId, channel, ts }
    const coalesceKey = `moved-card:${channel}:${ts}`
    const due = { rateKey: deskRate.update, dueAt: trx.now() }
    await put(trx, { kind: 'moved-card', conversationId, payload, coalesceKey, ...due })
  }
}

/** The last one in this channel before the card of now, be that posted already or not; undefined where there was no other. */
export async function findEarlierCard(
  db: Reader,
  { conversationId, card }: Pick<CardView, 'conversationId' | 'card'>,
  channel: string,
): Promise<Posted | undefined> {
  return (await listEarlier(db, conversationId, { channel, ...(card && { ts: card.ts }) }))[0]
}

export function earlierBlock(link: string | undefined): KnownBlock[] {
  if (link === undefined) return []
  return [paragraph([word('🧵 Reopened. '), { type: 'link', url: link, text: 'What was said before' }])]
}

export function movedCardHandler({ db, room }: DeskPosting): Handler {
  return {
    async send(effect) {
      const { conversationId, ...old } = payloadOf(effect)
      const view = await readCard(db, conversationId)
      if (!view.card || view.card.ts === old.ts)
        return { kind: 'moot', reason: 'it is the card, or the next one is not posted' }
      const content = renderMoved(view, await findLink(room.clients.read, view.card))
      try {
        await inDesk(update(room.clients.board, old, content, 'say where the conversation goes on'))
      } catch (error) {
        if (!GONE.has(codeOf(error))) throw error
        return { kind: 'moot', reason: 'the card from before is not there any more' }
      }
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }
}

const GONE = new Set<string | undefined>(['message_not_found', 'edit_window_closed', 'cant_update_message'])

function payloadOf({ payload }: Effect): { conversationId: string } & Posted {
  return JSON.parse(payload)
}

export function renderMoved({ contact, channelKind, subject }: CardView, link: string | undefined): Content {
  const on = link === undefined ? word('further down') : ({ type: 'link', url: link, text: 'further down' } as const)
  return {
    text: `${escapeMrkdwn(shortName(contact))}: this conversation was reopened and goes on further down`,
    blocks: [
      paragraph([...nameParts(contact), word(` · ${channelWord(channelKind)}`), ...subjectParts(subject)]),
      paragraph([word('↪️ This conversation was reopened and goes on '), on, word('.')]),
    ],
  }
}
