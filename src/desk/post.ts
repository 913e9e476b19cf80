// Putting something into Slack, quietly, and so marked that it can be found again when the answer is lost.
import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { channelIdOf } from '../slack/field.ts'
import { codeOf, troubleOf } from '../slack/trouble.ts'
import type { Posted } from './view.ts'

/** What people see: blocks, and the text for notifications and screen readers. */
export interface Content {
  text: string
  blocks: KnownBlock[]
}

/** By which a post is recognised: the effect, and which of its posts it is. */
export interface Mark {
  oid: string
  n: number
}

export const EVENT_TYPE = 'deskbell_outbox'
/** Links in a customer's words are neither fetched nor shown as previews. */
const QUIET = { unfurl_links: false, unfurl_media: false }

/** Throws `SendError`; `what` names the deed, such as `post the card`. */
export async function post(
  client: WebClient,
  place: { channel: string; threadTs?: string },
  content: Content,
  mark: Mark,
  what: string,
): Promise<Posted> {
  const { channel, threadTs } = place
  const metadata = { event_type: EVENT_TYPE, event_payload: { oid: mark.oid, n: mark.n } }
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs }
  try {
    const answer = await client.chat.postMessage({ channel, ...thread, ...content, ...QUIET, metadata })
    if (!answer.ts) throw new Error('Slack answered without a ts')
    return { channel: channelIdOf(answer.channel) ?? channel, ts: answer.ts }
  } catch (error) {
    throw troubleOf(error, what)
  }
}

/** Throws `SendError`. Doing it twice changes nothing, so nobody ever has to look. */
export async function update(client: WebClient, at: Posted, content: Content, what: string): Promise<void> {
  try {
    await client.chat.update({ ...at, ...content })
  } catch (error) {
    throw troubleOf(error, what)
  }
}

/** The desk's channel is shut to us. It says nothing of what was to be shown there, which waits until it is opened. */
const SHUT = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'is_inactive',
  'restricted_action',
  'posting_to_channel_denied',
])

/** For work in the desk's own channel: nothing a customer wrote is given up because the channel is misconfigured. */
export async function inDesk<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    if (!isShut(error) || error.failure.kind === 'temporary') throw error
    throw new SendError({ kind: 'temporary', account: true }, error.message, { cause: error.cause })
  })
}

export function isShut(error: unknown): error is SendError {
  return error instanceof SendError && SHUT.has(codeOf(error) ?? '')
}

/** Slack objects to the form: other words might pass. */
export function isMalformed(error: unknown): boolean {
  return MALFORMED.has(codeOf(error) ?? '')
}

const MALFORMED = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_arguments',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'markdown_text_conflict',
])
