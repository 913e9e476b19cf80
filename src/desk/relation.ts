// Why a conversation is possibly the same matter as another, as its card says it.
import type { Reader } from '../db/open.ts'
import type { Because } from '../evidence.ts'
import { type FactData, listFacts } from '../fact.ts'

const KEYS = {
  token: 'its reply address',
  'signed-id': 'the id of a reply of ours',
  reference: 'the id of a message of it',
  thread: 'its thread',
  place: 'the place it was written in',
  group: 'what they wrote just before',
} satisfies Record<NonNullable<FactData['conversation-opened']['relatedBy']>, string>

/** `key`: what this message carries of the other conversation. */
const REASONS: Record<Because, (key: string) => string> = {
  'no-participant': (key) => `the message carries ${key}, but its sender takes no part there`,
  'sender-failed': (key) => `the message carries ${key}, but it may not come from the address it names`,
  hearsay: (key) => `the message carries ${key}, but somebody else says who wrote it`,
  'other-desk': (key) => `the message carries ${key}, but it was not written to that desk`,
  'changed-subject': (key) =>
    `the message carries ${key}, but that one was closed long ago and this has another subject`,
  'closed-long-ago': () => 'they wrote in the same place, but that conversation was closed long ago',
  'same-subject': () => 'the same person wrote there under the same subject lately',
  'same-id': () => 'a message there has the same Message-ID and says something else',
}

/** Undefined where nothing is known of it, as for what was parted by hand. */
export async function findRelationReason(db: Reader, conversationId: string): Promise<string | undefined> {
  const [fact] = await listFacts(db, conversationId, ['conversation-opened'])
  if (fact?.kind !== 'conversation-opened' || fact.data.because === undefined) return undefined
  const { because, relatedBy } = fact.data
  return REASONS[because](relatedBy === undefined ? 'a mark' : KEYS[relatedBy])
}
