// Why a conversation is possibly the same matter as another, as its card says it.
import type { Reader } from '../db/open.ts'
import type { Because } from '../evidence.ts'
import { type FactData, listFacts } from '../fact.ts'

const KEYS = {
  token: 'it was sent to its reply address',
  'signed-id': 'it answers a reply of ours there',
  reference: 'it answers a message there',
  thread: 'it was written in its thread',
  place: 'it was written in the same place',
  group: 'they wrote it just after a message there',
} satisfies Record<NonNullable<FactData['conversation-opened']['relatedBy']>, string>

/** `key`: what ties this message to the other conversation. */
const REASONS: Record<Because, (key: string) => string> = {
  'no-participant': (key) => `${key}, but its sender takes no part in it`,
  'sender-failed': (key) => `${key}, but it may not come from the address it names`,
  hearsay: (key) => `${key}, but somebody else says who wrote it`,
  'other-desk': (key) => `${key}, but it was not written to that desk`,
  'changed-subject': (key) => `${key}, but that one was closed long ago, and this has another subject`,
  'closed-long-ago': () => 'they wrote in the same place, but that conversation was closed long ago',
  'same-subject': () => 'the same person wrote there under the same subject lately',
  'same-id': () => 'a mail there has the same id and says something else',
}

/** Undefined where nothing is known of it, as for what was parted by hand. */
export async function findRelationReason(db: Reader, conversationId: string): Promise<string | undefined> {
  const [fact] = await listFacts(db, conversationId, ['conversation-opened'])
  if (fact?.kind !== 'conversation-opened' || fact.data.because === undefined) return undefined
  const { because, relatedBy } = fact.data
  return REASONS[because](relatedBy === undefined ? 'it belongs there by its marks' : KEYS[relatedBy])
}
