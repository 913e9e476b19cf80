// A file's bytes out of Slack. The token goes to Slack and nowhere else, and a login page is no file.
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { SECOND } from '../clock.ts'
import { troubleOf } from './trouble.ts'

export interface SlackFile {
  id: string
  name: string
  type: string
  bytes: number
  url: string
  /** Slack tells the rest only when asked: a file from another organisation. */
  mustAsk: boolean
}

const TIMEOUT_MS = 60 * SECOND
const HOSTS = new Set(['files.slack.com', 'slack-files.com', 'www.slack-files.com'])

/** The file with all that is known of it. Throws `SendError`. */
export async function learnFile(client: WebClient, file: SlackFile): Promise<SlackFile> {
  if (!file.mustAsk && file.url !== '') return file
  try {
    const { file: known } = await client.files.info({ file: file.id })
    return {
      id: file.id,
      name: known?.name ?? file.name,
      type: known?.mimetype ?? file.type,
      bytes: known?.size ?? file.bytes,
      url: known?.url_private_download ?? known?.url_private ?? '',
      mustAsk: false,
    }
  } catch (error) {
    throw troubleOf(error, 'read the file')
  }
}

/** Exactly as many bytes as Slack has announced. Throws `SendError` with a sentence for the person who attached it. */
export async function downloadFile(client: WebClient, file: SlackFile): Promise<Uint8Array> {
  const name = file.name.slice(0, 120)
  const url = addressOf(client, file.url)
  if (!url) throw refused(`${name} does not lie in Slack. Download it and add the file itself.`)
  const answer = await get(client, url, name)
  const type = answer.headers.get('content-type') ?? ''
  const isRedirect = answer.status >= 300 && answer.status < 400
  if (isRedirect || answer.status === 401 || answer.status === 403) throw await closed(answer, name)
  if (answer.status === 404) throw await drop(answer, refused(`${name} is gone from Slack. Add it again.`))
  if (!answer.ok) throw await drop(answer, later(`Slack answered ${answer.status} instead of ${name}.`))
  const content = await read(answer, file.bytes, name)
  if (content.byteLength === file.bytes) return content
  // Without the permission Slack shows a page to sign in, and calls that a success.
  if (type.startsWith('text/html')) throw await closed(answer, name)
  throw later(`${name} came from Slack incomplete.`)
}

/** Undefined for an address that is not Slack's. A stand-in hands out its own. */
function addressOf({ slackApiUrl }: WebClient, text: string): URL | undefined {
  const url = URL.parse(text)
  const api = URL.parse(slackApiUrl)
  if (!url || !api || url.username !== '' || url.password !== '') return undefined
  const isStandIn = api.hostname !== 'slack.com' && url.origin === api.origin
  const isSlack =
    url.protocol === 'https:' &&
    url.port === '' &&
    (HOSTS.has(url.hostname) || url.hostname === `files.${api.hostname}`)
  return isStandIn || isSlack ? url : undefined
}

async function get({ token }: WebClient, url: URL, name: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token ?? ''}` }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    // Wherever a redirect leads, the token would go with it.
    return await fetch(url, { headers, redirect: 'manual', signal })
  } catch (error) {
    throw later(`${name} could not be fetched from Slack.`, error)
  }
}

/** Never more than was announced: the next byte is one too many already. */
async function read(answer: Response, bytesMax: number, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.byteLength
      chunks.push(chunk)
      if (bytes > bytesMax) break
    }
  } catch (error) {
    throw later(`${name} could not be fetched from Slack.`, error)
  }
  return Buffer.concat(chunks)
}

async function closed(answer: Response, name: string): Promise<SendError> {
  const said = `Slack does not let Deskbell read ${name}. An administrator has to install the app again with the permission files:read.`
  return await drop(answer, refused(said))
}

async function drop(answer: Response, error: SendError): Promise<SendError> {
  await answer.body?.cancel().catch(() => undefined)
  return error
}

function refused(said: string): SendError {
  return new SendError({ kind: 'rejected' }, said)
}

function later(said: string, cause?: unknown): SendError {
  return new SendError({ kind: 'temporary' }, `${said} Please try again.`, { cause })
}
