// One line at the end of a card's thread that is posted once and found again when the answer is lost.
import { SendError } from '../channel.ts'
import type { Reader } from '../db/open.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { type Content, inDesk, post } from './post.ts'
import type { Posted } from './view.ts'

export interface ThreadLine {
  content: Content
  card: Posted | undefined
}

/** `read` resolves to undefined when it is no longer true. `what` names the deed, such as `tell of an edit`. */
export function lineHandler(
  { db, room }: DeskPosting,
  what: string,
  read: (db: Reader, effect: Effect) => Promise<ThreadLine | undefined>,
): Handler {
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const line = await read(db, effect)
      if (!line) return { kind: 'moot', reason: 'it is not true any more' }
      if (!line.card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      const place = { channel: line.card.channel, threadTs: line.card.ts }
      const posted = await inDesk(post(room.clients.post, place, line.content, { oid: effect.id, n: 0 }, what))
      return { kind: 'accepted', ref: posted.ts }
    },
    async verify(effect) {
      const line = await read(db, effect)
      if (!line?.card) return { kind: 'absent' }
      const found = await finder.find(effect, { channel: line.card.channel, threadTs: line.card.ts })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts } : { kind: 'absent' }
    },
  }
}
