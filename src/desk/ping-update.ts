// Brings a ping that was posted up to date: who has taken it, who has seen it, that it is answered.

import { listToldBy } from '../notice.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { findWindow } from '../window-record.ts'
import { findLink } from './link.ts'
import { renderDigest, renderPing } from './ping.ts'
import { type PingView, readPing } from './ping-view.ts'
import { update } from './post.ts'
import type { TellOptions } from './tell-post.ts'

export function pingUpdateHandler(options: TellOptions): Handler {
  const { db, clock, room } = options
  return {
    async send(effect) {
      const notices = await listToldBy(db, tellOf(effect))
      const [first] = notices
      if (!first?.post_channel || !first.post_ts) return { kind: 'moot', reason: 'the ping was never posted' }
      const views: PingView[] = []
      for (const notice of notices) {
        const window = await findWindow(db, notice.window_id)
        if (window) views.push(await readPing(options, notice, window))
      }
      const [only] = views
      if (!only) return { kind: 'moot', reason: 'the window is gone' }
      const link = views.length === 1 && only.card ? await findLink(room.clients.read, only.card) : undefined
      const content = views.length === 1 ? renderPing(only, clock.now(), link) : renderDigest(views, clock.now())
      await update(room.clients.board, { channel: first.post_channel, ts: first.post_ts }, content, 'update the ping')
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }
}

function tellOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { tell: string }).tell
}
