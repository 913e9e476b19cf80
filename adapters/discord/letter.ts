// One message as it will leave, frozen: where it goes, its words, its nonce and its files, as one run of bytes.
import { type OutboundAttachment, SendError } from '../../src/channel.ts'
import type { ReplyHandle } from './reply-handle.ts'

export type Target = ReplyHandle | { to: 'user'; userId: string }

export interface Letter {
  target: Target
  content: string
  /** Discord takes it once within some minutes. */
  nonce: string
  /** What a thread is called that this opens. */
  threadName: string
  /** The message it is shown to answer. */
  reference?: string
  files: OutboundAttachment[]
}

const encoder = new TextEncoder()
const NEWLINE = 0x0a

/** A line of JSON, and behind it the files one after the other. */
export function packLetter({ files, ...letter }: Letter): Uint8Array {
  const listed = files.map(({ name, type, content }) => ({ name, type, bytes: content.byteLength }))
  const head = encoder.encode(`${JSON.stringify({ ...letter, files: listed })}\n`)
  return Buffer.concat([head, ...files.map(({ content }) => content)])
}

export function openLetter(body: Uint8Array): Letter {
  const end = body.indexOf(NEWLINE)
  if (end < 0) throw new SendError({ kind: 'rejected' }, 'Not delivered: the stored message is damaged. Write it anew.')
  const { files, ...letter } = JSON.parse(new TextDecoder().decode(body.subarray(0, end))) as Omit<Letter, 'files'> & {
    files: { name: string; type: string; bytes: number }[]
  }
  let from = end + 1
  return {
    ...letter,
    files: files.map(({ name, type, bytes }) => {
      const content = body.subarray(from, from + bytes)
      from += bytes
      return { name, type, content }
    }),
  }
}
