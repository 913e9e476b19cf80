// The card of a conversation that went to another desk: it says where, and nothing any more of what is said there.

import type { Reader } from '../db/open.ts'
import type { CardLeft } from '../desk-move.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { codeOf } from '../slack/trouble.ts'
import { nameParts } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { type Content, inDesk, update } from './post.ts'
import { channelWord } from './question.ts'
import { type Inline, paragraph, word } from './words.ts'

export interface CardLeftOptions extends DeskPosting {
  desks: readonly { name: string; title?: string }[]
}

export function cardLeftHandler(options: CardLeftOptions): Handler {
  const { db, room } = options
  return {
    async send(effect) {
      const left = JSON.parse(effect.payload) as CardLeft
      const content = await render(options, effect, left)
      try {
        await inDesk(update(room.clients.board, left, content, 'close the card'))
      } catch (error) {
        if (codeOf(error) !== 'message_not_found') throw error // Somebody deleted it: it says nothing any more, too.
      }
      return { kind: 'accepted', ref: left.ts }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }

  async function render(
    { desks }: CardLeftOptions,
    { conversationId = '' }: Effect,
    { to, by }: CardLeft,
  ): Promise<Content> {
    const desk = desks.find(({ name }) => name === to)
    const title = desk?.title ?? to
    const contact = await readContact(db, conversationId)
    const who: Inline[] = by === '' ? [] : [word(' by '), { type: 'user', user_id: by }]
    const blocks = [
      paragraph([...nameParts(contact), word(` · ${channelWord(contact.channelKind)}`)]),
      paragraph([word('📦 Moved to the desk '), word(title, { bold: true }), ...who, word('. It goes on there.')]),
    ]
    return { text: `Moved to the desk ${escapeMrkdwn(title)}`, blocks }
  }
}

async function readContact(db: Reader, conversationId: string) {
  const row = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select(['identity.name', 'identity.address', 'identity.channel_kind'])
    .where('conversation.id', '=', conversationId)
    .executeTakeFirstOrThrow()
  return { name: row.name ?? undefined, address: row.address, channelKind: row.channel_kind }
}
