// What one post tells of those who wait: a single customer, or all of them in a digest, with ways to their cards.
import type { WebClient } from '@slack/web-api'
import type { Notice } from '../notice.ts'
import type { Tally } from '../telling.ts'
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

/** By conversation. */
export async function findLinks(read: WebClient, views: readonly PingView[]): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>()
  for (const { card, conversationId } of views.slice(0, LINKS_MAX)) {
    const link = card && (await findLink(read, card))
    if (link !== undefined) links.set(conversationId, link)
  }
  return links
}

export function renderTold(
  views: readonly PingView[],
  counts: Tally,
  links: ReadonlyMap<string, string>,
  now: number,
): Content {
  const [first] = views
  if (!first) return renderGonePing()
  return counts.all > 1
    ? renderDigest(views, counts, now, links)
    : renderPing(first, now, links.get(first.conversationId))
}
