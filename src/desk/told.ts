// What one post tells of those who wait: a single customer, or all of them in a digest, with ways to their cards.
import type { WebClient } from '@slack/web-api'
import type { Notice } from '../notice.ts'
import { findWindow } from '../window-record.ts'
import { findLink } from './link.ts'
import { renderDigest, renderGonePing, renderPing } from './ping.ts'
import { type PingReading, type PingView, readPing } from './ping-view.ts'
import type { Content } from './post.ts'

/** The worst of a digest have links; Slack is asked for each. */
const LINKS_MAX = 10

/** In the order of the notices. */
export async function readTold(reading: PingReading, notices: readonly Notice[]): Promise<PingView[]> {
  const views: PingView[] = []
  for (const notice of notices) {
    const window = await findWindow(reading.db, notice.window_id)
    if (window) views.push(await readPing(reading, notice, window))
  }
  return views
}

export async function renderTold(read: WebClient, views: readonly PingView[], now: number): Promise<Content> {
  const [first, ...others] = views
  if (!first) return renderGonePing()
  const links: (string | undefined)[] = []
  for (const { card } of views.slice(0, LINKS_MAX)) links.push(card && (await findLink(read, card)))
  return others.length > 0 ? renderDigest(views, now, links) : renderPing(first, now, links[0])
}
