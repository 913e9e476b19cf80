// What an agent is about to answer: who asked, where, and the words that still wait.
import { channelKind } from '../channel.ts'
import { getIdentity, type Identity } from '../contact.ts'
import { findDetailValue } from '../contact-detail.ts'
import { type Conversation, getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { listFacts } from '../fact.ts'
import type { Message } from '../message.ts'
import { countsNow } from '../reclassify.ts'
import { listTakenBack } from '../response-window.ts'

export interface Question {
  conversation: Conversation
  identity: Identity
  /** The newest unanswered messages, oldest first; at least the last one, if the customer ever wrote. */
  waiting: Message[]
  /** Nothing waits for an answer. */
  isAnswered: boolean
  /** Up to where there is anything to see of what others wrote. */
  upTo: number
  /** The names of those who wrote what waits, by their address. */
  authors: ReadonlyMap<string, string>
  /** Which they are answered in, where somebody has said so. */
  language: string | undefined
}

/** The composer shows the end of a long story; the thread has all of it. */
const WAITING_MAX = 3
/** Among what others wrote in between. */
const READ_MAX = 20

/** Throws when there is no such conversation. */
export async function readQuestion(db: Reader, conversationId: string): Promise<Question> {
  const conversation = await getConversation(db, conversationId)
  const identity = await getIdentity(db, conversation.identity_id)
  const read = await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .where('held_at', 'is', null)
    .orderBy('seq', 'desc')
    .limit(READ_MAX)
    .execute()
  const newest = await leaveOutBystanders(db, await leaveOutNeedless(db, read))
  const answered = await findAnsweredSeq(db, conversationId)
  const open = newest.filter(({ seq }) => seq > answered)
  const waiting = (open.length > 0 ? open : newest.slice(0, 1)).reverse()
  const authors = new Map<string, string>()
  for (const message of waiting) authors.set(message.author, await nameOfWriter(db, message, identity))
  const language = await findDetailValue(db, identity.contactId, 'language')
  return { conversation, identity, waiting, upTo: read[0]?.seq ?? 0, authors, isAnswered: open.length === 0, language }
}

/** Of which a person has said last that they need no answer. */
async function leaveOutNeedless(db: Reader, messages: readonly Message[]): Promise<Message[]> {
  const [first] = messages
  if (!first) return []
  const facts = await listFacts(db, first.conversation_id, ['message-reclassified'])
  const last = new Map(facts.map((fact) => [fact.messageId, 'counts' in fact.data && fact.data.counts]))
  return messages.filter(({ id, automated }) => automated !== null || last.get(id) !== false)
}

/** Unless a person has said that one of them needs an answer. */
async function leaveOutBystanders(db: Reader, messages: readonly Message[]): Promise<Message[]> {
  const kept: Message[] = []
  for (const message of messages) {
    if (kept.length >= WAITING_MAX) break
    if (message.bystander === null || (await countsNow(db, message.conversation_id, message.id))) kept.push(message)
  }
  return kept
}

/** Who wrote it: the contact, or somebody else of whom we may know the name. */
export async function nameOfWriter(
  db: Reader,
  { author, channel_kind }: Pick<Message, 'author' | 'channel_kind'>,
  identity: Pick<Identity, 'name' | 'address'>,
): Promise<string> {
  if (author === identity.address) return customerName(identity)
  const row = await db
    .selectFrom('identity')
    .select('name')
    .where('channel_kind', '=', channel_kind)
    .where('address', '=', author)
    .executeTakeFirst()
  return row?.name ?? author
}

/** Up to where a reply, or somebody's word that none is needed, has dealt with what the customer wrote. */
async function findAnsweredSeq(db: Reader, conversationId: string): Promise<number> {
  const row = await db
    .selectFrom('message')
    .select('answers_up_to')
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'outbound')
    .where('delivery', 'in', ['accepted', 'partly-delivered'])
    .where('deleted_at', 'is', null)
    .orderBy('answers_up_to', 'desc')
    .limit(1)
    .executeTakeFirst()
  const facts = await listFacts(db, conversationId, ['no-reply-needed', 'spam-unmarked'])
  const takenBack = listTakenBack(facts)
  const waived = facts.map((fact) =>
    fact.kind === 'no-reply-needed' && !takenBack.has(fact.data.nth) ? fact.data.upTo : 0,
  )
  return Math.max(row?.answers_up_to ?? 0, ...waived)
}

const CHANNEL_WORDS: Record<string, string> = { email: 'email', discord: 'Discord', slack: 'Slack' }

export function channelWord(channel: string): string {
  const kind = channelKind(channel)
  return CHANNEL_WORDS[kind] ?? kind
}

const WAYS: Record<string, string> = { discord: 'on', slack: 'in' }

/** `by email`, `on Discord`, `in Slack`. */
export function wayWords(channel: string): string {
  return `${WAYS[channelKind(channel)] ?? 'by'} ${channelWord(channel)}`
}

/** What the customer is called where there is little room. A name of which nobody sees anything is none. */
export function customerName({ name, address }: { name?: string | undefined; address: string }): string {
  return name !== undefined && VISIBLE.test(name) ? name : address
}

/** Whether the name says the address already, as that of a chat platform often does. */
export function isSaid(name: string, address: string): boolean {
  return name.toLowerCase() === address.toLowerCase()
}

const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

/** What is new in a message; the quotes in it stand in the thread already. */
export function newWords({ unquoted, text }: Pick<Message, 'unquoted' | 'text'>): string {
  return unquoted ?? text
}
