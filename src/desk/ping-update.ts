// Brings a ping that was posted up to date: who has taken it, who has seen it, that it is answered.
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { listToldBy, tally } from '../telling.ts'
import { update } from './post.ts'
import type { TellOptions } from './tell-post.ts'
import { findLinks, readTold, renderTold } from './told.ts'

export function pingUpdateHandler(options: TellOptions): Handler {
  const { db, clock, room } = options
  return {
    async send(effect) {
      const notices = await listToldBy(db, tellOf(effect))
      const [first] = notices
      if (!first?.post_channel || !first.post_ts) return { kind: 'moot', reason: 'the ping was never posted' }
      const views = await readTold(options, notices)
      const counts = await tally(db, tellOf(effect), clock.now())
      const content = renderTold(views, counts, await findLinks(room.clients.read, views), clock.now())
      await update(room.clients.board, { channel: first.post_channel, ts: first.post_ts }, content, 'update the ping')
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }
}

function tellOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { tell: string }).tell
}
