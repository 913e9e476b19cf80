// Links to files are signed and end after a day: whoever keeps a link instead of the file loses it.
import { createHmac } from 'node:crypto'
import { DAY } from '../../clock.ts'
import type { Attachment, Channel } from './records.ts'
import type { World } from './world.ts'

export const LINK_MS = DAY

export function linkTo(
  world: Pick<World, 'origin' | 'clock' | 'linkKey' | 'settings'>,
  attachment: Attachment,
  channelId: string,
): string {
  const path = `/attachments/${channelId}/${attachment.id}/${encodeURIComponent(attachment.name)}`
  const issuedAt = Math.floor(world.clock.now() / 1000)
  const until = (issuedAt + Math.floor(world.settings.linkMs / 1000)).toString(16)
  const since = issuedAt.toString(16)
  return `${world.origin}${path}?ex=${until}&is=${since}&hm=${sign(world.linkKey, path, until, since)}&`
}

/** The file behind a link that was signed here and is still good. */
export function openLink(world: World, url: URL): Attachment | undefined {
  const path = url.pathname.replace(/^\/media/, '')
  const [ex, is, hm] = ['ex', 'is', 'hm'].map((name) => url.searchParams.get(name) ?? '')
  if (hm !== sign(world.linkKey, path, ex ?? '', is ?? '')) return undefined
  if (Number.parseInt(ex ?? '', 16) * 1000 <= world.clock.now()) return undefined
  return findAttachment(world, path)
}

/** The file a path names, whatever its signature; it ends with its message. */
export function findAttachment(world: { channels: Map<string, Channel> }, path: string): Attachment | undefined {
  const [, , channelId = '', id] = path.split('/')
  for (const message of world.channels.get(channelId)?.messages.values() ?? []) {
    const found = message.attachments.find((attachment) => attachment.id === id)
    if (found) return found
  }
  return undefined
}

function sign(key: string, path: string, until: string, since: string): string {
  return createHmac('sha256', key).update(`${path} ${until} ${since}`).digest('hex')
}
