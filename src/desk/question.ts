// What an agent is about to answer: who asked, where, and the words that still wait.
import { channelKind } from '../channel.ts'
import { getIdentity, type Identity } from '../contact.ts'
import { type Conversation, getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { listFacts } from '../fact.ts'
import type { Message } from '../message.ts'

export interface Question {
  conversation: Conversation
  identity: Identity
  /** The newest unanswered messages, oldest first; at least the last one, if the customer ever wrote. */
  waiting: Message[]
  /** Nothing waits for an answer. */
  isAnswered: boolean
}

/** The composer shows the end of a long story; the thread has all of it. */
const WAITING_MAX = 3

/** Throws when there is no such conversation. */
export async function readQuestion(db: Reader, conversationId: string): Promise<Question> {
  const conversation = await getConversation(db, conversationId)
  const identity = await getIdentity(db, conversation.identity_id)
  const newest = await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .orderBy('seq', 'desc')
    .limit(WAITING_MAX)
    .execute()
  const answered = await findAnsweredSeq(db, conversationId)
  const open = newest.filter(({ seq }) => seq > answered)
  return {
    conversation,
    identity,
    waiting: (open.length > 0 ? open : newest.slice(0, 1)).reverse(),
    isAnswered: open.length === 0,
  }
}

/** Up to where a reply, or somebody's word that none is needed, has dealt with what the customer wrote. */
async function findAnsweredSeq(db: Reader, conversationId: string): Promise<number> {
  const row = await db
    .selectFrom('message')
    .select('answers_up_to')
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'outbound')
    .where('delivery', 'in', ['accepted', 'partly-delivered'])
    .orderBy('answers_up_to', 'desc')
    .limit(1)
    .executeTakeFirst()
  const waived = (await listFacts(db, conversationId, ['no-reply-needed'])).map(({ data }) =>
    'upTo' in data ? data.upTo : 0,
  )
  return Math.max(row?.answers_up_to ?? 0, ...waived)
}

const CHANNEL_WORDS: Record<string, string> = { email: 'email', discord: 'Discord', slack: 'Slack' }

/** As in "by email", "on Discord". */
export function channelWord(channel: string): string {
  const kind = channelKind(channel)
  return CHANNEL_WORDS[kind] ?? kind
}

/** What the customer is called where there is little room. */
export function customerName({ name, address }: { name?: string | undefined; address: string }): string {
  return name ?? address
}

/** What is new in a message; the quotes in it stand in the thread already. */
export function newWords({ unquoted, text }: Pick<Message, 'unquoted' | 'text'>): string {
  return unquoted ?? text
}
