// A file in the workspace: its bytes, who may see it, and where it has been shared so far.
import type { Json } from './json.ts'
import type { Channel, Message } from './workspace.ts'
import type { World } from './world.ts'

export interface FileRecord {
  id: string
  name: string
  title: string
  bytes: Uint8Array
  /** The length announced to files.getUploadURLExternal; the upload must match it. */
  length: number
  userId: string
  createdAt: number
  /** `promised`: only a URL was given; `uploaded`: bytes are there; `complete`: the app finished the upload. */
  state: 'promised' | 'uploaded' | 'complete'
  /** It lies at another provider, such as Google Drive: Slack knows a link and no bytes. */
  externalUrl?: string
  shares: { channel: Channel; ts: string; threadTs?: string }[]
}

const MIME_TYPES: Record<string, string> = {
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  eml: 'message/rfc822',
  zip: 'application/zip',
}

export function makeFile(
  world: World,
  file: { name: string; bytes?: Uint8Array; length?: number; userId: string; externalUrl?: string },
): FileRecord {
  const bytes = file.bytes ?? new Uint8Array()
  const record: FileRecord = {
    id: world.newId('F'),
    name: file.name,
    title: file.name,
    bytes,
    length: file.length ?? bytes.length,
    userId: file.userId,
    createdAt: world.clock.now(),
    state: file.bytes ? 'complete' : 'promised',
    shares: [],
    ...(file.externalUrl !== undefined && { externalUrl: file.externalUrl }),
  }
  world.workspace.files.set(record.id, record)
  return record
}

export function noteShare(file: FileRecord, channel: Channel, message: Message): void {
  file.shares.push({ channel, ts: message.ts, ...(message.threadTs && { threadTs: message.threadTs }) })
}

export function mimeType(name: string): string {
  return MIME_TYPES[extension(name)] ?? 'application/octet-stream'
}

function extension(name: string): string {
  return name.includes('.') ? (name.split('.').at(-1)?.toLowerCase() ?? '') : ''
}

/**
 * In a shared channel the file of another organisation is no more than an id: what else there is to know, and whether it may be
 * seen at all, files.info tells.
 */
export function fileStub(file: FileRecord): Json {
  return { id: file.id, mode: 'file_access', file_access: 'check_file_info', created: 0, timestamp: 0, user: '' }
}

export function fileWire(world: World, file: FileRecord): Json {
  const place = `${world.origin}/files-pri/${world.app.teamId}-${file.id}`
  const slug = encodeURIComponent(file.name.toLowerCase().replace(/\s+/g, '_'))
  const inKind = (...kinds: Channel['kind'][]) => [
    ...new Set(file.shares.filter(({ channel }) => kinds.includes(channel.kind)).map(({ channel }) => channel.id)),
  ]
  return {
    id: file.id,
    created: Math.floor(file.createdAt / 1000),
    timestamp: Math.floor(file.createdAt / 1000),
    name: file.name,
    title: file.title,
    mimetype: mimeType(file.name),
    filetype: extension(file.name) || 'binary',
    pretty_type: extension(file.name).toUpperCase() || 'Binary',
    user: file.userId,
    user_team: world.workspace.users.get(file.userId)?.teamId ?? world.app.teamId,
    editable: false,
    size: file.bytes.length,
    mode: file.externalUrl === undefined ? 'hosted' : 'external',
    is_external: file.externalUrl !== undefined,
    external_type: file.externalUrl === undefined ? '' : 'gdrive',
    is_public: inKind('channel').length > 0,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    file_access: 'visible',
    url_private: file.externalUrl ?? `${place}/${slug}`,
    ...(file.externalUrl === undefined && { url_private_download: `${place}/download/${slug}` }),
    permalink: `${world.origin}/files/${file.userId}/${file.id}/${slug}`,
    channels: inKind('channel'),
    groups: inKind('group'),
    ims: inKind('im', 'mpim'),
    shares: sharesWire(world, file),
    has_rich_preview: false,
  }
}

function sharesWire({ app }: World, file: FileRecord): Json {
  const shares: Record<string, Record<string, Json[]>> = {}
  for (const { channel, ts, threadTs } of file.shares) {
    const side = channel.kind === 'channel' ? 'public' : 'private'
    const share = { ts, thread_ts: threadTs, channel_name: channel.name, team_id: app.teamId, reply_count: 0 }
    const places = shares[side] ?? {}
    shares[side] = { ...places, [channel.id]: [...(places[channel.id] ?? []), share] }
  }
  return shares
}
