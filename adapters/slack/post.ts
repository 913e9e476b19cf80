// Posting one part, changing it and taking it back. Nothing in it can ping: every word is text that Slack does not parse.
import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { type ExternalId, type Part, SendError } from '../../src/channel.ts'
import { channelIdOf } from '../../src/slack/field.ts'
import { codeOf } from '../../src/slack/trouble.ts'
import { uploadFile } from '../../src/slack/upload.ts'
import { externalIdOf, fileIdOf, type Sent } from './conversation-key.ts'
import { EVENT_TYPE, readPart, userOf } from './outbound.ts'
import { sendErrorOf } from './send-error.ts'

const QUIET = { unfurl_links: false, unfurl_media: false, parse: 'none', link_names: false } as const

/** Throws `SendError`. */
export async function postPart(client: WebClient, part: Part, tokenName?: string): Promise<ExternalId> {
  try {
    return await postAt(client, readPart(part)).catch(async (error: unknown) => {
      const at = elsewhere(part, error)
      if (!at) throw error
      return await postAt(client, at)
    })
  } catch (error) {
    throw sendErrorOf(error, 'post the reply', tokenName)
  }
}

/** The app's bot may be another one than the one they wrote to, and has a direct message of its own with them. */
function elsewhere(part: Part, error: unknown): Post | undefined {
  const { threadTs: _of, ...post } = readPart(part)
  const user = userOf(part.recipients[0]?.address)
  if (!post.channel.startsWith('D') || user === undefined) return undefined
  return codeOf(error) === 'channel_not_found' ? { ...post, channel: user } : undefined
}

type Post = ReturnType<typeof readPart>

async function postAt(client: WebClient, post: Post): Promise<ExternalId> {
  const { channel, threadTs, username, text = '', blocks, file, content, oid, n } = post
  if (file) {
    const at = await roomOf(client, channel)
    const upload = { channel: at, name: file.name, title: file.name, bytes: content }
    return fileIdOf(await uploadFile(client, { ...upload, ...(threadTs !== undefined && { threadTs }) }))
  }
  const answer = await client.chat.postMessage({
    channel,
    text,
    ...(blocks && { blocks: blocks as KnownBlock[] }),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(username !== undefined && { username }),
    metadata: { event_type: EVENT_TYPE, event_payload: { oid, n } },
    ...QUIET,
  })
  if (!answer.ts) throw new Error('Slack answered without a ts')
  return externalIdOf(channelIdOf(answer.channel) ?? channel, answer.ts)
}

/** A person's id stands for the direct message with them. */
export async function roomOf(client: WebClient, channel: string): Promise<string> {
  if (!/^[UW]/.test(channel)) return channel
  const opened = await client.conversations.open({ users: channel })
  return opened.channel?.id ?? channel
}

/** Doing it twice changes nothing, so nobody ever has to look. Throws `SendError`. */
export async function changePost(client: WebClient, at: { channel: string; ts: string }, part: Part): Promise<void> {
  const { text = '', blocks } = readPart(part)
  try {
    const content = { text, ...(blocks && { blocks: blocks as KnownBlock[] }) }
    await client.chat.update({ channel: at.channel, ts: at.ts, ...content, parse: 'none', link_names: false })
  } catch (error) {
    throw repeatable(sendErrorOf(error, 'change the reply'))
  }
}

const GONE = new Set(['message_not_found', 'file_not_found', 'file_deleted', 'thread_not_found'])

/** What is gone already is no failure. Throws `SendError`. */
export async function takeBack(client: WebClient, sent: Sent): Promise<void> {
  try {
    if (sent.kind === 'file') await client.files.delete({ file: sent.id })
    else await client.chat.delete({ channel: sent.channel, ts: sent.ts })
  } catch (error) {
    const trouble = sendErrorOf(error, 'take the reply back')
    if (!GONE.has(codeOf(trouble) ?? '')) throw repeatable(trouble)
  }
}

function repeatable(trouble: SendError): SendError {
  if (trouble.failure.kind !== 'uncertain') return trouble
  return new SendError({ kind: 'temporary' }, trouble.message, { cause: trouble.cause })
}
