// Files that an agent adds to a reply: the field in the composer, what may not leave, and the bytes, fetched when a preview is made.
import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { type OutboundAttachment, SendError } from '../channel.ts'
import { downloadFile, learnFile, type SlackFile } from '../slack/download.ts'
import { fileName, shownName, sizeWords } from './file-name.ts'
import type { OpenView } from './interaction.ts'
import { note, plain } from './words.ts'

export const FILES_BLOCK = 'files'
const FILES_ACTION = 'files'
/** Slack takes no more in one field. */
const FILES_MAX = 10

export interface FileLimits {
  attachmentBytesMax: number
  /** Slack opens no form with this field for an app that may not read files. */
  mayRead: boolean
}

export function fileInput({ attachmentBytesMax, mayRead }: FileLimits): KnownBlock[] {
  if (attachmentBytesMax === 0) return []
  if (!mayRead)
    return [note('To add files, an administrator has to install the app again with the permission files:read.')]
  return [
    {
      type: 'input',
      block_id: FILES_BLOCK,
      optional: true,
      label: plain('Files'),
      hint: plain(`Up to ${FILES_MAX}, together no more than ${sizeWords(attachmentBytesMax)}.`),
      element: { type: 'file_input', action_id: FILES_ACTION, max_files: FILES_MAX },
    },
  ]
}

export function filesIn(view: OpenView): SlackFile[] {
  return view.files(FILES_BLOCK, FILES_ACTION)
}

/** The bytes, or why these files may not leave, in a sentence for whoever added them. */
export async function takeFiles(
  client: WebClient,
  chosen: readonly SlackFile[],
  limits: { attachmentBytesMax: number },
): Promise<OutboundAttachment[] | string> {
  try {
    const files = await Promise.all(chosen.map((file) => learnFile(client, file)))
    return findObjection(files, limits) ?? (await fetchAll(client, files))
  } catch (error) {
    if (error instanceof SendError) return error.message
    throw error
  }
}

/** A sentence for the agent, or undefined when nothing stands in the way. */
function findObjection(
  files: readonly SlackFile[],
  { attachmentBytesMax }: { attachmentBytesMax: number },
): string | undefined {
  const empty = files.find(({ bytes }) => bytes === 0)
  if (empty) return `${shownName(empty.name)} is empty (0 bytes): the customer would get nothing. Take it out.`
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total <= attachmentBytesMax) return undefined
  const subject = files.length === 1 ? `${shownName(files[0]?.name ?? '')} has` : 'These files have together'
  return `${subject} ${sizeWords(total)}; no more than ${sizeWords(attachmentBytesMax)} can leave. Send a link instead.`
}

async function fetchAll(client: WebClient, files: readonly SlackFile[]): Promise<OutboundAttachment[]> {
  const contents = await Promise.all(files.map((file) => downloadFile(client, file)))
  return files.map(({ name, type }, n) => ({
    name: fileName(name),
    type,
    content: contents[n] ?? new Uint8Array(),
  }))
}
