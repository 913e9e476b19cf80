// Takes replies to Discord, message by message, and looks for those whose answer was lost.
import { type ExternalId, type Part, type Progress, SendError, type Sent } from '../../src/channel.ts'
import { MINUTE } from '../../src/clock.ts'
import { type Api, ask, askList } from './api.ts'
import { findDestination, findFallback, openDestination, openDirect, openFallback } from './destination.ts'
import { messageId, readMessageId } from './external-id.ts'
import { type Letter, openLetter } from './letter.ts'
import { listOf, type Payload, payloadOf, textOf } from './payload.ts'
import { isSnowflake, snowflakeAt } from './snowflake.ts'
import { codeOf, isGone, troubleOf } from './trouble.ts'

/** Nobody is pinged by what we send, whatever stands in it; Discord asks for it at every edit again. */
export const NOBODY = { parse: [], replied_user: false } as const
const CLOSED = [50007, 50278]
const UNKNOWN_CHANNEL = 10003
const ARCHIVED = 50083
const PAGE = 100
const PAGES_MAX = 20
const CLOCKS_DIFFER_MS = MINUTE
const LONGER = 'A corrected reply cannot be more messages than it was. Shorten it, or send another one.'

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

function acceptedIn(parts: readonly Part[]): Sent['recipients'] {
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

/** Looks through what we have posted since the first attempt began. */
export async function findParts(
  options: SenderOptions & { self(): Promise<string> },
  parts: Part[],
  progress: Progress,
): Promise<Sent | 'absent'> {
  const missing = [...parts.entries()].filter(([index]) => !progress.accepted.has(index))
  const found = new Map(progress.accepted)
  const first = missing[0]
  const ours = first ? await listOurs(options, openLetter(first[1].body), progress.startedAt) : []
  for (const [index, part] of missing) {
    const letter = openLetter(part.body)
    const at = ours.findIndex((message) => isCopyOf(message, letter))
    const [copy] = at < 0 ? [] : ours.splice(at, 1)
    if (!copy) return 'absent'
    const externalId = messageId(textOf(copy.channel_id), textOf(copy.id))
    await progress.accept(index, externalId)
    found.set(index, externalId)
  }
  return { externalIds: [...parts.keys()].flatMap((index) => found.get(index) ?? []), recipients: acceptedIn(parts) }
}

async function listOurs(
  options: SenderOptions & { self(): Promise<string> },
  letter: Letter,
  startedAt: number,
): Promise<Payload[]> {
  const { api, fallback } = options
  const attempt = { what: 'look for the answer', isRepeatable: true }
  const self = await options.self()
  const isDirect = letter.target.to === 'dm' || letter.target.to === 'user'
  const elsewhere = isDirect && fallback !== undefined ? await findFallback(api, fallback, letter) : undefined
  const places = [await findDestination(api, letter.target), ...(elsewhere === undefined ? [] : [elsewhere])]
  const found: Payload[] = []
  for (const place of places) {
    const messages = await listSince(api, place, snowflakeAt(startedAt - CLOCKS_DIFFER_MS)).catch((error: unknown) => {
      if (isGone(error)) return [] // Where there is no thread there is no answer in it.
      throw troubleOf(error, attempt)
    })
    found.push(...messages.filter(({ author }) => payloadOf(author).id === self))
  }
  return found
}

async function listSince(api: Api, channelId: string, after: string): Promise<Payload[]> {
  const found: Payload[] = []
  let from = after
  for (let page = 0; page < PAGES_MAX; page++) {
    const messages = await askList(api, `/channels/${channelId}/messages`, { after: from, limit: PAGE })
    found.push(...messages)
    if (messages.length < PAGE) break
    from = String(messages.map(({ id }) => BigInt(textOf(id))).reduce((a, b) => (a > b ? a : b)))
  }
  return found
}

/** By its nonce; where the history does not tell it, by all that a reader would see. */
function isCopyOf(message: Payload, { nonce, content, files }: Letter): boolean {
  if (message.nonce !== undefined && message.nonce !== null) return message.nonce === nonce
  return textOf(message.content).trim() === content.trim() && listOf(message.attachments).length === files.length
}

/** Files stay as they were sent. Throws `SendError`. */
export async function reviseParts(api: Api, sent: readonly ExternalId[], parts: Part[]): Promise<void> {
  if (parts.length > sent.length) throw new SendError({ kind: 'rejected' }, LONGER)
  const attempt = { what: 'correct the answer', isRepeatable: true }
  for (const [index, externalId] of sent.entries()) {
    const part = parts[index]
    if (!part) await retractParts(api, [externalId])
    else {
      const { channelId, id } = placeOf(externalId)
      const body = { content: openLetter(part.body).content, allowed_mentions: NOBODY }
      await api.call('PATCH', `/channels/${channelId}/messages/${id}`, { body }).catch((error: unknown) => {
        throw troubleOf(error, attempt)
      })
    }
  }
}

/** Throws `SendError`. */
export async function retractParts(api: Api, sent: readonly ExternalId[]): Promise<void> {
  for (const externalId of sent) {
    const { channelId, id } = placeOf(externalId)
    await api.call('DELETE', `/channels/${channelId}/messages/${id}`).catch((error: unknown) => {
      if (codeOf(error) === UNKNOWN_CHANNEL || codeOf(error) === 10008) return
      throw troubleOf(error, { what: 'take the answer back', isRepeatable: true })
    })
  }
}

function placeOf(externalId: ExternalId): { channelId: string; id: string } {
  const place = readMessageId(externalId)
  if (!place) throw new SendError({ kind: 'rejected' }, 'This is no message that Discord has. Send another one.')
  return place
}
