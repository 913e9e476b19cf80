// A reply as the messages that will leave: cut to Discord's size, each with a nonce that is the same at every attempt.
import { type OutboundAttachment, type OutboundMessage, type Part, SendError } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { readDiscord } from './discord-markdown.ts'
import { nonceKey, nonceOf } from './external-id.ts'
import { packLetter, type Target } from './letter.ts'
import { writeDiscord } from './markdown.ts'
import { readReplyHandle } from './reply-handle.ts'
import { splitMessage } from './split.ts'

/** Discord's own limits: files of a message, bytes of a file, parts that a reader will bear. */
const FILES_MAX = 10
export const FILE_BYTES_MAX = 10 * 1024 * 1024
const REQUEST_BYTES_MAX = 24 * 1024 * 1024
const PARTS_MAX = 20
const THREAD_NAME_MAX = 80
const NO_NAMES = { users: new Map(), roles: new Map(), channels: new Map() }

/** Throws `SendError` with a sentence for the agent where it cannot leave. */
export function renderReply(
  message: OutboundMessage,
  options: { signature?: string; attachmentBytesMax: number },
): Part[] {
  const files = checkFiles(message.attachments ?? [], options.attachmentBytesMax)
  const target = targetOf(message)
  const text = writeDiscord(signed(message, options.signature))
  const texts = text ? splitMessage(text) : []
  if (texts.length > PARTS_MAX) {
    throw refused(
      `The text would be ${texts.length} messages in Discord, and ${PARTS_MAX} is the most. Shorten it, or attach it as a file.`,
    )
  }
  const batches = inBatches(files)
  if (texts.length + batches.length === 0) throw refused('There is nothing in it. Write something, or add a file.')
  const threadName = cleanLine(message.answers?.text ?? '', THREAD_NAME_MAX) || 'Support'
  const contents = texts.length === 0 ? [''] : texts
  // The files come with the last words, and what does not fit with them after those.
  const letters = contents.map((content, n) => ({
    content,
    files: n === contents.length - 1 ? (batches[0] ?? []) : [],
  }))
  letters.push(...batches.slice(1).map((batch) => ({ content: '', files: batch })))
  return letters.map((letter, n) => {
    const nonce = nonceOf(message.id, n)
    const reference = n === 0 && 'messageId' in target && target.to !== 'opened' ? target.messageId : undefined
    return {
      body: packLetter({ ...letter, target, nonce, threadName, ...(reference !== undefined && { reference }) }),
      preview: readDiscord(letter.content, NO_NAMES).text,
      recipients: message.to.slice(0, 1),
      ...(letter.files.length > 0 && {
        attachments: letter.files.map(({ name, content }) => ({ name, bytes: content.byteLength })),
      }),
      keys: [nonceKey(nonce)],
    }
  })
}

function targetOf({ answers, to }: OutboundMessage): Target {
  const handle = answers && readReplyHandle(answers.replyHandle)
  if (handle) return handle
  const userId = to[0]?.address
  if (userId === undefined || !/^\d{1,20}$/.test(userId)) {
    throw refused('Nobody in Discord is known by this address. Write to them on another channel.')
  }
  return { to: 'user', userId }
}

/** Whoever signs by hand is not signed for once more. */
function signed({ markdown, agentName, automated }: OutboundMessage, signature: string | undefined): string {
  const isSigned = agentName !== '' && markdown.trimEnd().slice(-200).includes(agentName)
  if (signature === undefined || automated !== undefined || agentName === '' || isSigned) return markdown
  return `${markdown.trimEnd()}\n\n${signature.replaceAll('{agent}', cleanLine(agentName).replace(/[\\`*_[\]<>~|#]/g, '\\$&'))}`
}

function checkFiles(files: readonly OutboundAttachment[], bytesMax: number): OutboundAttachment[] {
  const total = files.reduce((sum, { content }) => sum + content.byteLength, 0)
  if (total > bytesMax)
    throw refused(`The files have ${megabytes(total)}, and ${megabytes(bytesMax)} can leave. Send a link instead.`)
  return files.map(({ name: given, type, content }) => {
    const name = cleanLine(given.split(/[/\\]/).at(-1) ?? '') || 'file'
    if (content.byteLength === 0) throw refused(`${name} is empty. Add it again, or leave it out.`)
    if (content.byteLength > FILE_BYTES_MAX) {
      throw refused(
        `${name} has ${megabytes(content.byteLength)}, and Discord takes ${megabytes(FILE_BYTES_MAX)}. Send a link instead.`,
      )
    }
    return { name, type, content }
  })
}

function inBatches(files: readonly OutboundAttachment[]): OutboundAttachment[][] {
  const batches: OutboundAttachment[][] = []
  let bytes = 0
  for (const file of files) {
    const last = batches.at(-1)
    bytes += file.content.byteLength
    if (last && last.length < FILES_MAX && bytes <= REQUEST_BYTES_MAX) last.push(file)
    else {
      batches.push([file])
      bytes = file.content.byteLength
    }
  }
  return batches
}

function refused(sentence: string): SendError {
  return new SendError({ kind: 'rejected' }, sentence)
}

function megabytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`
}
