// A file into a thread, in Slack's three steps. Only the last one shows it to anybody; before that nothing has happened.
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { SECOND } from '../clock.ts'
import { troubleOf } from './trouble.ts'

const UPLOAD_TIMEOUT_MS = 30 * SECOND
const UPLOAD_MS_PER_MB = 2 * SECOND

export interface Upload {
  channel: string
  /** Absent: into the channel itself. */
  threadTs?: string
  name: string
  title: string
  /** At least one byte: Slack refuses empty files. */
  bytes: Uint8Array
}

/**
 * Resolves to the file's id. Slack shows it a little later, under a ts it does not tell. `note` is told the id when the bytes
 * are there and before anybody sees them: after a lost answer Slack can be asked about it. Throws `SendError`.
 */
export async function uploadFile(
  client: WebClient,
  { channel, threadTs, name, title, bytes }: Upload,
  note: (id: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const id = await prepare(client, name, bytes).catch((error: unknown) => {
    throw notShown(error)
  })
  await note(id)
  try {
    const place = { channel_id: channel, ...(threadTs !== undefined && { thread_ts: threadTs }) }
    await client.files.completeUploadExternal({ files: [{ id, title }], ...place })
    return id
  } catch (error) {
    throw troubleOf(error, 'share the file')
  }
}

async function prepare(client: WebClient, filename: string, bytes: Uint8Array): Promise<string> {
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({ filename, length: bytes.length })
  if (!url || !id) throw new Error('Slack gave no address for the file')
  // The address itself is the permission: the token stays at home.
  const signal = AbortSignal.timeout(UPLOAD_TIMEOUT_MS + Math.ceil(bytes.length / 1024 ** 2) * UPLOAD_MS_PER_MB)
  // Nothing is said of what is in it: what a stranger sent is a row of bytes, whatever it calls itself.
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes), redirect: 'error', signal })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`Slack answered ${answer.status} to the file's bytes`)
  return id
}

/** What is uncertain here is only whether an unseen file lies about; it can be sent again. */
function notShown(error: unknown): SendError {
  const trouble = troubleOf(error, 'upload the file')
  if (trouble.failure.kind !== 'uncertain') return trouble
  return new SendError({ kind: 'temporary' }, trouble.message, { cause: error })
}
