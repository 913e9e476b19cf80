// What an answer must repeat of the mail it answers. It travels through the core as text that only this folder reads.
import { firstHeader, type Header } from './header.ts'
import { isValidMessageId, messageIdOf, messageIdsIn } from './message-id.ts'

// Long chains break mailers, and RFC 5322 section 3.6.4 needs no more than enough to find the conversation again.
export const REFERENCES_MAX = 20
const REFERENCES_READ_MAX = 100

export interface ReplyHandle {
  messageId?: string
  /** Oldest first, valid ids only. */
  references: string[]
  subject?: string
}

export function replyHandle(headers: Header[], subject: string | undefined): string {
  const own = firstHeader(headers, 'message-id')
  const id = messageIdOf(own)
  const named = firstHeader(headers, 'references') ?? firstHeader(headers, 'in-reply-to') ?? ''
  const references = messageIdsIn(named, REFERENCES_READ_MAX).filter(isValidMessageId)
  const handle: ReplyHandle = {
    // An id with a space in it was never one; without the space it is another.
    ...(id && own?.includes(id) && isValidMessageId(id) && { messageId: id }),
    references: capped(references),
    ...(subject !== undefined && { subject }),
  }
  return JSON.stringify(handle)
}

/** The References of an answer: the conversation's first id and its newest ones. */
export function referencesOf(handle: ReplyHandle): string[] {
  const all = [
    ...handle.references.filter((id) => id !== handle.messageId),
    ...(handle.messageId ? [handle.messageId] : []),
  ]
  return capped(all.filter(isValidMessageId))
}

/** Checked again: what it says goes into a header, however old it is and whoever wrote it. */
export function readReplyHandle(text: string): ReplyHandle {
  const { messageId, references, subject } = JSON.parse(text || '{}') as Partial<ReplyHandle>
  return {
    ...(messageId !== undefined && isValidMessageId(messageId) && { messageId }),
    references: references ?? [],
    ...(subject !== undefined && { subject }),
  }
}

function capped(ids: string[]): string[] {
  return ids.length <= REFERENCES_MAX ? ids : [...ids.slice(0, 1), ...ids.slice(1 - REFERENCES_MAX)]
}
