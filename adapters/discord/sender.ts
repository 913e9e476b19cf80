// Takes replies to Discord, message by message, and looks for those whose answer was lost.
import type { ExternalId, Part, Progress, Sent } from '../../src/channel.ts'
import { type Api, ask } from './api.ts'
import { openDestination, openDirect, openFallback } from './destination.ts'
import { messageId } from './external-id.ts'
import { type Letter, openLetter } from './letter.ts'
import { isSnowflake } from './snowflake.ts'
import { codeOf, troubleOf } from './trouble.ts'

/** Nobody is pinged by what we send, whatever stands in it; Discord asks for it at every edit again. */
export const NOBODY = { parse: [], replied_user: false } as const
const CLOSED = [50007, 50278]
const UNKNOWN_CHANNEL = 10003
const ARCHIVED = 50083

export interface SenderOptions {
  api: Api
  /** Where a private thread takes what direct messages do not. */
  fallback?: string
}

export async function sendParts(options: SenderOptions, parts: Part[], progress: Progress): Promise<Sent> {
  const externalIds: ExternalId[] = []
  let channelId: string | undefined
  for (const [index, part] of parts.entries()) {
    const known = progress.accepted.get(index)
    if (known === undefined) {
      const posted = await postLetter(options, openLetter(part.body), channelId)
      channelId = posted.channelId
      await progress.accept(index, posted.externalId)
      externalIds.push(posted.externalId)
    } else externalIds.push(known)
  }
  return { externalIds, recipients: acceptedIn(parts) }
}

export function acceptedIn(parts: readonly Part[]): Sent['recipients'] {
  return (parts[0]?.recipients ?? []).map(({ address }) => ({ address, accepted: true }))
}

interface Posted {
  channelId: string
  externalId: ExternalId
}

async function postLetter(options: SenderOptions, letter: Letter, known: string | undefined): Promise<Posted> {
  const { api } = options
  let channelId = known ?? (await openOr(options, letter))
  try {
    return await post(api, channelId, letter)
  } catch (error) {
    channelId = await wayOut(options, letter, channelId, error)
    return await post(api, channelId, letter)
  }
}

/** Some servers refuse to open the direct messages already. */
async function openOr(options: SenderOptions, letter: Letter): Promise<string> {
  try {
    return await openDestination(options.api, letter)
  } catch (error) {
    return await wayOut(options, letter, undefined, error)
  }
}

/** Another way for the same message, where there is one. Throws the error again where there is none. */
async function wayOut(
  { api, fallback }: SenderOptions,
  letter: Letter,
  channelId: string | undefined,
  error: unknown,
): Promise<string> {
  const code = codeOf(error) ?? 0
  const { target } = letter
  const isDirect = target.to === 'dm' || target.to === 'user'
  if (isDirect && CLOSED.includes(code) && fallback !== undefined) return await openFallback(api, fallback, letter)
  if (target.to === 'dm' && code === UNKNOWN_CHANNEL) {
    const anew = await openDirect(api, target.userId)
    if (anew !== channelId) return anew
  }
  if (code === ARCHIVED && channelId !== undefined) {
    await api.call('PATCH', `/channels/${channelId}`, { body: { archived: false } }).catch(() => {
      throw error
    })
    return channelId
  }
  throw error
}

async function post(api: Api, channelId: string, letter: Letter): Promise<Posted> {
  const { content, nonce, reference, files } = letter
  const isHere = letter.target.to !== 'user' && letter.target.channelId === channelId
  const body = {
    content,
    nonce,
    enforce_nonce: true,
    allowed_mentions: NOBODY,
    ...(reference !== undefined &&
      isHere && { message_reference: { message_id: reference, fail_if_not_exists: false } }),
    ...(files.length > 0 && { attachments: files.map(({ name }, id) => ({ id, filename: name })) }),
  }
  const raw = files.map(({ name, type, content: data }) => ({ name, contentType: type, data: Buffer.from(data) }))
  const answer = await ask(api, 'POST', `/channels/${channelId}/messages`, {
    body,
    ...(raw.length > 0 && { files: raw }),
  }).catch((error: unknown) => {
    throw troubleOf(error, { what: 'post the answer' })
  })
  if (!isSnowflake(answer.id)) throw troubleOf(new Error('no message came back'), { what: 'post the answer' })
  return { channelId, externalId: messageId(channelId, answer.id) }
}
