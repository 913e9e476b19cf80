// Files in Slack's three steps - a URL, the bytes, the completion - and the share that follows when Slack is ready.
import { type Answer, isRefusal, type Methods, type Refusal, refuse, refuseBecause } from './answer.ts'
import { threadRoot } from './chat.ts'
import { acceptBlocks, readCostume } from './content.ts'
import { canSee, eventTs } from './conversations.ts'
import { emit } from './events.ts'
import { type FileRecord, fileWire, makeFile, noteShare } from './file-record.ts'
import { asNumber, asText, type Json, jsonList } from './json.ts'
import { addMessage } from './message.ts'
import { storeText } from './mrkdwn.ts'
import type { Channel } from './workspace.ts'
import type { World } from './world.ts'

const FILE_BYTES_MAX = 1024 * 1024 * 1024
const SNIPPET_BYTES_MAX = 1024 * 1024
const ALT_TEXT_MAX = 1000
const CHANNELS_MAX = 100

function getUploadUrl(world: World, args: Json): Answer {
  const length = asNumber(args.length)
  const name = asText(args.filename)
  // Slack says of an empty file that the argument is missing.
  if (!length || !name) return refuse('missing_argument')
  if (length > FILE_BYTES_MAX) return refuse('file_upload_size_restricted')
  if (args.snippet_type !== undefined && length > SNIPPET_BYTES_MAX) return refuse('snippet_too_large')
  if ((asText(args.alt_txt) ?? asText(args.alt_text) ?? '').length > ALT_TEXT_MAX) return refuse('alt_txt_too_large')
  const file = makeFile(world, { name, length, userId: world.app.botUserId })
  return { ok: true, upload_url: `${world.origin}/upload/v1/${file.id}`, file_id: file.id }
}

/** Takes the bytes posted to an upload URL. Undefined when they are not what was announced. */
export function acceptUpload(world: World, fileId: string, bytes: Uint8Array): FileRecord | undefined {
  const file = world.workspace.files.get(fileId)
  if (file?.state !== 'promised' || bytes.length !== file.length) return undefined
  file.bytes = bytes
  file.state = 'uploaded'
  world.changed()
  return file
}

function complete(world: World, args: Json): Answer {
  const entries = jsonList(args.files)
  if (entries.length === 0)
    return refuseBecause('invalid_arguments', ['no less than 1 items required [json-pointer:/files]'])
  const files: FileRecord[] = []
  for (const entry of entries) {
    const file = world.workspace.files.get(asText(entry.id) ?? '')
    if (!file || file.state === 'promised') return refuse('file_not_found')
    if (file.userId !== world.app.botUserId) return refuse('access_denied')
    files.push(file)
  }
  const share = readShare(world, args)
  if (isRefusal(share)) return share
  files.forEach((file, index) => {
    file.state = 'complete'
    file.title = asText(entries[index]?.title) ?? file.name
  })
  for (const channel of share.channels) shareLater(world, channel, files, share.message)
  return { ok: true, files: files.map((file) => ({ ...fileWire(world, file) })) }
}

interface Share {
  channels: Channel[]
  message: { text: string; blocks?: Json[]; threadTs?: string; username?: string; icons?: Json }
}

function readShare(world: World, args: Json): Share | Refusal {
  const ids = [asText(args.channel_id), ...(asText(args.channels) ?? '').split(',')].filter((id) => id)
  if (ids.length > CHANNELS_MAX) return refuse('channels_limit_exceeded')
  const channels: Channel[] = []
  for (const id of ids) {
    const channel = world.workspace.channels.get(id ?? '')
    if (!channel || !canSee(world, channel)) return refuse('channel_not_found')
    if (!channel.members.has(world.app.botUserId)) return refuse('not_in_channel')
    if (channel.isArchived || channel.isRestricted) return refuse('posting_to_channel_denied')
    channels.push(channel)
  }
  const first = channels[0]
  const root = first && threadRoot(world, first, args.thread_ts)
  if (isRefusal(root)) return root
  const comment = asText(args.initial_comment) ?? ''
  const blocks = comment ? undefined : acceptBlocks(world, args.blocks)
  if (isRefusal(blocks)) return refuse('invalid_blocks')
  const costume = readCostume(world, args)
  const thread = root && { threadTs: root.ts }
  return { channels, message: { text: storeText(comment), ...(blocks && { blocks }), ...thread, ...costume } }
}

/** Slack checks files before it shows them; the answer to the call knows no ts yet. */
function shareLater(world: World, channel: Channel, files: FileRecord[], draft: Share['message']): void {
  const share = () => {
    cancel()
    if (!world.pendingShares.delete(share)) return
    const present = files.filter(({ id }) => world.workspace.files.has(id))
    if (present.length > 0)
      postFiles(world, channel, present, { ...draft, user: world.app.botUserId, botId: world.app.botId })
  }
  world.pendingShares.add(share)
  const cancel = Number.isFinite(world.settings.shareAfterMs)
    ? world.after(world.settings.shareAfterMs, share)
    : () => undefined
}

/** One message with all the files, and an event for each file. */
export function postFiles(
  world: World,
  channel: Channel,
  files: FileRecord[],
  draft: { text: string; user: string; botId?: string; blocks?: Json[]; threadTs?: string; clientMsgId?: string },
) {
  const fileIds = files.map(({ id }) => id)
  const message = addMessage(world, channel, { ...draft, subtype: 'file_share', fileIds })
  for (const file of files) {
    noteShare(file, channel, message)
    const event = {
      type: 'file_shared',
      file_id: file.id,
      user_id: draft.user,
      file: { id: file.id },
      channel_id: channel.id,
    }
    emit(world, { ...event, event_ts: eventTs(world) }, { on: 'file_shared', channel })
  }
  world.changed()
  return message
}

function info(world: World, args: Json): Answer {
  const file = world.workspace.files.get(asText(args.file) ?? '')
  if (file?.state !== 'complete') return refuse('file_not_found')
  return { ok: true, file: fileWire(world, file), comments: [], response_metadata: { next_cursor: '' } }
}

function remove(world: World, args: Json): Answer {
  const file = world.workspace.files.get(asText(args.file) ?? '')
  if (!file) return refuse('file_not_found')
  if (file.userId !== world.app.botUserId) return refuse('cant_delete_file')
  world.workspace.files.delete(file.id)
  return { ok: true }
}

const WRITE = { token: 'bot', scope: 'files:write' } as const

export const fileMethods: Methods = {
  'files.getUploadURLExternal': { ...WRITE, tier: 4, run: getUploadUrl },
  'files.completeUploadExternal': { ...WRITE, tier: 4, required: ['files'], json: ['files', 'blocks'], run: complete },
  'files.info': { tier: 4, token: 'bot', scope: 'files:read', required: ['file'], run: info },
  'files.delete': { ...WRITE, tier: 3, required: ['file'], run: remove },
}
