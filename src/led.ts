// Why messages are in their conversation: what each carried, what decided, and what was passed over and why. In ids, never in words.
import type { Reader } from './db/open.ts'
import type { PassedOver } from './evidence.ts'
import { type FactData, type Led, listFacts, type StoredFact } from './fact.ts'

const MESSAGES_MAX = 20

/** A line that begins with `# ` is a heading. Empty where nothing is known. */
export async function explainPlaces(db: Reader, conversationId: string): Promise<string[]> {
  const facts = await listFacts(db, conversationId, ['conversation-opened', 'message-received'])
  const received = facts.filter((fact) => fact.kind === 'message-received')
  if (received.length === 0) return []
  const opened = facts.find((fact) => fact.kind === 'conversation-opened')
  const older = Math.max(0, received.length - MESSAGES_MAX)
  return [
    '# Why these messages are here',
    ...(older > 0 ? [`The ${older} oldest are left out here.`] : []),
    ...received
      .slice(-MESSAGES_MAX)
      .map((fact) => sentenceOf(fact, opened?.kind === 'conversation-opened' ? opened.data : {})),
  ]
}

const KEYS: Record<NonNullable<Led['by']>, string> = {
  token: 'the reply address of this conversation',
  'signed-id': 'the id of a reply of ours, which we had signed',
  reference: 'the id of a message of this conversation',
  thread: 'the thread of this conversation',
  place: 'where this person and we talk',
  group: 'what this person wrote just before',
}

function sentenceOf(
  fact: Extract<StoredFact, { kind: 'message-received' }>,
  opened: FactData['conversation-opened'],
): string {
  const { by, rank, via, passed = [], forwardedBy, blocked } = fact.data
  const led =
    by === undefined
      ? beginning(opened, via)
      : via === undefined
        ? `it carries ${KEYS[by]}${rank === undefined ? '' : ` (${rank === 1 ? 'first' : `number ${rank}`} of what it carries)`}`
        : `its sender had begun this conversation beside ${via}`
  const passedOn = forwardedBy === undefined ? [] : [`passed on by ${forwardedBy}`]
  const held = blocked ? ['its sender was blocked, so it opened no window'] : []
  const over = passed.map(passedWords)
  return `Message ${fact.messageId}: ${[led, ...passedOn, ...held].join(', ')}.${over.length > 0 ? ` Passed over: ${over.join('; ')}.` : ''}`
}

function beginning({ relatedTo, because }: FactData['conversation-opened'], via: string | undefined): string {
  if (via !== undefined) return `its sender had begun this conversation beside ${via}`
  const related =
    relatedTo === undefined || because === undefined ? '' : `, possibly related to ${relatedTo} (${because})`
  return `nothing led it elsewhere${related}`
}

const WHY: Record<PassedOver['why'], string> = {
  unknown: 'which nobody knows',
  weaker: 'as something stronger had decided',
  'no-participant': 'as the sender takes no part there',
  'sender-failed': 'as the sender failed verification',
  hearsay: 'as somebody else says who wrote it',
  'other-desk': 'as that is at another desk',
  'changed-subject': 'as that was closed long ago and the subject is another',
  'closed-long-ago': 'as that was closed long ago',
  'same-subject': 'as a subject alone decides nothing',
  'same-id': 'as it says something else',
}

function passedWords({ by, why, to }: PassedOver): string {
  return `${by}${to === undefined ? '' : ` to ${to}`}, ${WHY[why]}`
}
