// Brings a ping that was posted up to date: who has taken it, who has seen it, that it is answered.

import { listToldBy } from '../notice.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { findWindow } from '../window-record.ts'
import { findLink } from './link.ts'
import { renderDigest, renderGonePing, renderPing } from './ping.ts'
import { type PingView, readPing } from './ping-view.ts'
import { type Content, update } from './post.ts'
import type { TellOptions } from './tell-post.ts'

export function pingUpdateHandler(options: TellOptions): Handler {
  const { db, room } = options
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
      const content = await render(options, views)
      await update(room.clients.board, { channel: first.post_channel, ts: first.post_ts }, content, 'update the ping')
      return { kind: 'accepted' }
    },
    verify: async () => ({ kind: 'repeatable' }),
  }
}

async function render({ clock, room }: TellOptions, views: readonly PingView[]): Promise<Content> {
  const [first, ...others] = views
  if (!first) return renderGonePing()
  if (others.length > 0) return renderDigest(views, clock.now())
  const link = first.card && (await findLink(room.clients.read, first.card))
  return renderPing(first, clock.now(), link)
}

function tellOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { tell: string }).tell
}
