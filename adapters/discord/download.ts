// The bytes of a customer's file, from Discord's own hosts alone: the link came from outside, and may lead anywhere.
import { type AttachmentRef, SendError } from '../../src/channel.ts'
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import { type Api, ask } from './api.ts'
import { type FileRef, findFile, goodUntil, readRef } from './attachment.ts'
import { textOf } from './payload.ts'
import { troubleOf } from './trouble.ts'

const HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']
const EXPIRES_SOON_MS = MINUTE
const ANSWER_MS_MAX = 30 * SECOND
const GONE = 'discord: the file is gone; its message was deleted'

export interface DownloadTools {
  api: Api
  apiUrl: string
  clock: Clock
  bytesMax: number
}

/** Throws `SendError`; a link that has ended, or soon will, is asked for anew. */
export async function* download(tools: DownloadTools, ref: AttachmentRef): AsyncIterable<Uint8Array> {
  const file = readRef(ref)
  const isFresh = goodUntil(file.url) - tools.clock.now() > EXPIRES_SOON_MS
  const first = isFresh ? await open(tools, file.url) : undefined
  const response = first ?? (await open(tools, await renew(tools, file)))
  if (!response) throw new SendError({ kind: 'rejected' }, GONE)
  let bytes = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > tools.bytesMax)
      throw new SendError({ kind: 'rejected' }, 'discord: the file is larger than it was said to be')
    yield chunk
  }
}

/** Undefined when the link is good no more. No redirect is followed, and no token is sent. */
async function open({ apiUrl }: DownloadTools, url: string): Promise<Response | undefined> {
  if (!isTheirs(url, apiUrl))
    throw new SendError({ kind: 'rejected' }, 'discord: the file is not on a server of Discord')
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch(
    (error: unknown) => {
      throw troubleOf(error, { what: 'fetch a file', isRepeatable: true })
    },
  )
  if (response.ok && response.body) return response
  await response.body?.cancel()
  if (response.status === 403 || response.status === 404) return undefined
  throw new SendError({ kind: 'temporary' }, `discord: cannot fetch a file now: HTTP ${response.status}`)
}

function isTheirs(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, host } = new URL(url)
  // A stand-in keeps the files beside its interface.
  return (protocol === 'https:' && HOSTS.includes(hostname)) || (isStandIn(apiUrl) && host === new URL(apiUrl).host)
}

function isStandIn(apiUrl: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(apiUrl).hostname)
}

async function renew({ api }: DownloadTools, { channelId, messageId, fileId }: FileRef): Promise<string> {
  const message = await ask(api, 'GET', `/channels/${channelId}/messages/${messageId}`).catch((error: unknown) => {
    const trouble = troubleOf(error, { what: 'ask for a file', isRepeatable: true })
    throw trouble.failure.kind === 'rejected' ? new SendError({ kind: 'rejected' }, GONE, { cause: error }) : trouble
  })
  const file = findFile(message, fileId)
  if (!file) throw new SendError({ kind: 'rejected' }, GONE)
  return textOf(file.url)
}
