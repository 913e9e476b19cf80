// Keys lead a later mail back to its conversation, or name where a mail lies. They are made here only, so that what we store and
// what we look for agree.
import { createHash } from 'node:crypto'
import type { ConversationKey } from '../../src/channel.ts'

const KEY_BYTES_MAX = 200 // PostgreSQL refuses long index entries, and a sender may write a Message-ID of any length.

export function messageIdKey(messageId: string): ConversationKey {
  return bounded('mid:', messageId) as ConversationKey
}

export function tokenKey(token: string): ConversationKey {
  return bounded('token:', token) as ConversationKey
}

/** Where a mail lies on the server. It never changes meaning: a folder that renumbers its mails gets a new UIDVALIDITY. */
export function placeKey(account: string, folder: string, uidValidity: string, uid: number): string {
  return bounded('', `${account}/${folder}/${uidValidity}/${uid}`)
}

function bounded(prefix: string, value: string): string {
  const key = prefix + value
  if (Buffer.byteLength(key) <= KEY_BYTES_MAX) return key
  return `${prefix}#${createHash('sha256').update(value).digest('hex')}`
}
