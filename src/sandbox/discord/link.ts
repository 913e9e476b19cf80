// Links to files are signed and end after a day: whoever keeps a link instead of the file loses it.
import { createHmac } from 'node:crypto'
import { DAY } from '../../clock.ts'
import type { Attachment } from './records.ts'
import type { World } from './world.ts'

export const LINK_MS = DAY

export function linkTo(
  world: Pick<World, 'origin' | 'clock' | 'linkKey' | 'settings'>,
  attachment: Attachment,
  placeId: string,
  room: '' | 'ephemeral-' = '',
): string {
  const path = `/${room}attachments/${placeId}/${attachment.id}/${encodeURIComponent(attachment.name)}`
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
export function findAttachment(world: Pick<World, 'channels' | 'uploads'>, path: string): Attachment | undefined {
  const [, room, channelId = '', id = ''] = path.split('/')
  // What was added to a form belongs to no message.
  if (room === 'ephemeral-attachments') return world.uploads.get(id)
  for (const message of world.channels.get(channelId)?.messages.values() ?? []) {
    const found = message.attachments.find((attachment) => attachment.id === id)
    if (found) return found
  }
  return undefined
}

function sign(key: string, path: string, until: string, since: string): string {
  return createHmac('sha256', key).update(`${path} ${until} ${since}`).digest('hex')
}
