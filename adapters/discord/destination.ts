// Where a message goes: the channel is found, or opened, before anything is posted. Doing it twice opens nothing twice.
import { createHash } from 'node:crypto'
import { type Api, ask } from './api.ts'
import type { Letter, Target } from './letter.ts'
import { listOf, payloadOf, textOf } from './payload.ts'
import { isSnowflake } from './snowflake.ts'
import { codeOf, troubleOf } from './trouble.ts'

const PRIVATE_THREAD = 12
const THREAD_EXISTS = 160004
const ARCHIVE_MINUTES = 4320
const NAME_MAX = 100

/** Resolves to a channel's id. Throws `SendError`. */
export async function openDestination(api: Api, { target, threadName }: Letter): Promise<string> {
  if (target.to === 'user') return await openDirect(api, target.userId)
  if (target.to !== 'opened') return target.channelId
  return await openThreadAt(api, target.channelId, target.messageId, threadName)
}

export async function openDirect(api: Api, userId: string): Promise<string> {
  const channel = await ask(api, 'POST', '/users/@me/channels', { body: { recipient_id: userId } }).catch(
    (error: unknown) => {
      throw troubleOf(error, { what: 'open the direct messages', isRepeatable: true })
    },
  )
  if (!isSnowflake(channel.id))
    throw troubleOf(new Error('no id'), { what: 'open the direct messages', isRepeatable: true })
  return channel.id
}

/** The thread of a message has the message's id. */
export async function openThreadAt(api: Api, channelId: string, messageId: string, name: string): Promise<string> {
  const body = { name: name.slice(0, NAME_MAX).toWellFormed(), auto_archive_duration: ARCHIVE_MINUTES }
  await api.call('POST', `/channels/${channelId}/messages/${messageId}/threads`, { body }).catch((error: unknown) => {
    if (codeOf(error) !== THREAD_EXISTS) throw troubleOf(error, { what: 'open a thread', isRepeatable: true })
  })
  return messageId
}

/** Where to look for what may have been sent; undefined where nothing can be, since there is no such place yet. */
export async function findDestination(api: Api, target: Target): Promise<string> {
  if (target.to === 'user') return await openDirect(api, target.userId)
  return target.to === 'opened' ? target.messageId : target.channelId
}

/** A private thread for an answer that found the direct messages closed: the same one for the same answer. */
export async function openFallback(api: Api, parentId: string, letter: Letter): Promise<string> {
  const attempt = { what: 'open a private thread', isRepeatable: true }
  const { userId } = letter.target
  const found = await findFallback(api, parentId, letter)
  const id = found ?? (await openPrivateThread(api, parentId, fallbackName(letter)))
  await api.call('PUT', `/channels/${id}/thread-members/${userId}`).catch((error: unknown) => {
    throw troubleOf(error, attempt)
  })
  return id
}

export async function findFallback(api: Api, parentId: string, letter: Letter): Promise<string | undefined> {
  try {
    const parent = await ask(api, 'GET', `/channels/${parentId}`)
    const active = await ask(api, 'GET', `/guilds/${textOf(parent.guild_id)}/threads/active`)
    const name = fallbackName(letter)
    return (
      textOf(listOf(active.threads).find((thread) => thread.parent_id === parentId && thread.name === name)?.id) ||
      undefined
    )
  } catch (error) {
    throw troubleOf(error, { what: 'look for a private thread', isRepeatable: true })
  }
}

export async function openPrivateThread(api: Api, parentId: string, name: string): Promise<string> {
  const body = { name, type: PRIVATE_THREAD, invitable: false, auto_archive_duration: ARCHIVE_MINUTES }
  const thread = payloadOf(
    await api.call('POST', `/channels/${parentId}/threads`, { body }).catch((error: unknown) => {
      throw troubleOf(error, { what: 'open a private thread', isRepeatable: true })
    }),
  )
  return textOf(thread.id)
}

function fallbackName({ nonce }: Letter): string {
  const [reply = ''] = nonce.split('.')
  return `Support ${createHash('sha256').update(reply).digest('hex').slice(0, 8)}`
}
