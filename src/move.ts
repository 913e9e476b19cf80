// Messages that belong elsewhere: two conversations become one, or one becomes two. What was answered stays answered, and no clock is set back or forward.

import { joinBelongings, partBelongings } from './belongings.ts'
import { carry, isSending, type Mover } from './carry.ts'
import {
  type Conversation,
  getConversation,
  lockConversation,
  openConversation,
  refreshCard,
  transition,
} from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact, type FactData, type FactKind, listFacts } from './fact.ts'
import { lockInOrder } from './joined.ts'
import { copyTags } from './label.ts'
import type { Message } from './message.ts'
import { writeNote } from './own-note.ts'
import { copyParticipants } from './participant.ts'
import { putTurnNow } from './turn.ts'
import { findOpenWindow } from './window-record.ts'
import { ANYBODY } from './writing-place.ts'

export type Moved = { kind: 'moved' } | Refused
export type Split = { kind: 'moved'; id: string } | Refused

interface Refused {
  kind: 'refused'
  reason: string
}

/** All of `from` goes into `into`, which may be on another channel of the same desk. `from` is closed and says where it went. */
export async function merge(trx: Trx, from: string, into: string, by: Mover): Promise<Moved> {
  const [source, target] = await lockBoth(trx, from, into)
  if (from === into) return { kind: 'refused', reason: 'This is the same conversation.' }
  if (source.desk !== target.desk) return { kind: 'refused', reason: 'The other conversation is at another desk.' }
  if (source.merged_into !== null) return { kind: 'refused', reason: 'This conversation went into another already.' }
  if (target.merged_into !== null)
    return { kind: 'refused', reason: 'The other conversation went into another one itself.' }
  if (source.spam_at !== null || target.spam_at !== null)
    return { kind: 'refused', reason: 'One of them is marked as spam. Press Not spam on its card first.' }
  if (await isSending(trx, source.id))
    return { kind: 'refused', reason: 'A reply is on its way. Wait until it has arrived.' }
  const messages = await trx
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', from)
    .orderBy('seq')
    .execute()
  await joinBelongings(trx, source, target, by.agentId)
  await carry(trx, messages, source, target, by)
  const gone = { state: 'closed' as const, snoozed_until: null, merged_into: into }
  await trx.updateTable('conversation').set(gone).where('id', '=', from).execute()
  await tell(trx, source, by, { kind: 'conversation-merged', data: { into } })
  await tell(trx, target, by, { kind: 'conversation-joined', data: { from } })
  await refreshCard(trx, source)
  return { kind: 'moved' }
}

/** Takes a merge back: what came from that conversation returns, whatever was answered meanwhile stays answered. */
export async function unmerge(trx: Trx, from: string, by: Mover): Promise<Moved> {
  const { merged_into } = await getConversation(trx, from)
  if (merged_into === null) return { kind: 'refused', reason: 'This conversation is its own already.' }
  const [source, target] = await lockBoth(trx, from, merged_into)
  if (source.merged_into !== target.id) return refused('Somebody else has just changed this. Look at its card again.')
  if (target.merged_into !== null)
    return refused('The other one went into another conversation itself. Part those two first.')
  if (target.spam_at !== null)
    return { kind: 'refused', reason: 'The other one is marked as spam. Press Not spam on its card first.' }
  if (await isSending(trx, target.id))
    return { kind: 'refused', reason: 'A reply is on its way. Wait until it has arrived.' }
  const messages = await listCarried(trx, source.id, target.id)
  if (messages.every(isNote)) return refused('Nothing of it is there any more: it was split off since.')
  if (!(await hasOthers(trx, target.id, messages)))
    return refused('Nothing else would be left there. Join to it again what was split off from it, and then part them.')
  const own = { ...source, state: 'open' as const, merged_into: null }
  await trx.updateTable('conversation').set({ state: 'open', merged_into: null }).where('id', '=', from).execute()
  await carry(trx, messages, target, own, by)
  if (!(await findOpenWindow(trx, from))) await transition(trx, own, 'answer')
  await giveThreadsBack(trx, source.id, target.id)
  await partBelongings(trx, source, target, by.agentId)
  await tell(trx, target, by, { kind: 'conversation-split', data: { into: from, parted: true } })
  await tell(trx, source, by, { kind: 'conversation-parted', data: { from: target.id } })
  await putTurnNow(trx, source.desk)
  return { kind: 'moved' }
}

/** These messages become a conversation of their own, with the same customer. */
export async function split(trx: Trx, from: string, messageIds: readonly string[], by: Mover): Promise<Split> {
  const source = await lockConversation(trx, from)
  if (source.merged_into !== null) return refused('This conversation went into another. Split it there.')
  if (source.spam_at !== null) return refused('This is marked as spam. Press Not spam on its card first.')
  if (await isSending(trx, from)) return refused('A reply is on its way. Wait until it has arrived.')
  const all = await trx.selectFrom('message').selectAll().where('conversation_id', '=', from).orderBy('seq').execute()
  const messages = all.filter(({ id }) => messageIds.includes(id))
  const first = messages.find(({ direction }) => direction === 'inbound')
  if (!first) return refused('A conversation of its own begins with a message of the customer. Choose one.')
  if (!all.some(({ id, direction }) => direction === 'inbound' && !messageIds.includes(id)))
    return refused('Leave at least one of the customer’s messages here.')
  const { identity_id: identityId, channel, desk } = source
  const subject = first.subject ?? source.subject ?? undefined
  const priority = source.priority ?? undefined
  const opened = await openConversation(trx, { identityId, channel, desk, subject, relatedTo: from, priority })
  await appendFact(trx, { kind: 'conversation-opened', conversationId: opened.id, data: { relatedTo: from } })
  await copyParticipants(trx, source.id, opened.id)
  await copyTags(trx, source.id, opened.id, by.agentId)
  await carry(trx, messages, source, opened, by)
  await tell(trx, source, by, { kind: 'conversation-split', data: { into: opened.id } })
  await tell(trx, opened, by, { kind: 'split-off', data: { from } })
  await putTurnNow(trx, desk)
  return { kind: 'moved', id: opened.id }
}

const refused = (reason: string): Refused => ({ kind: 'refused', reason })

type Told = {
  [Kind in FactKind]: { kind: Kind; data: FactData[Kind] }
}['conversation-merged' | 'conversation-joined' | 'conversation-split' | 'conversation-parted' | 'split-off']

/** The fact of it, and a line in the conversation's thread. */
async function tell(trx: Trx, { id }: Conversation, { agentId }: Mover, told: Told): Promise<void> {
  const conversation = await getConversation(trx, id)
  const messageId = await writeNote(trx, conversation, agentId, '')
  await appendFact(trx, { ...told, conversationId: id, actor: agentId, ...(messageId !== undefined && { messageId }) })
}

const isNote = ({ direction }: Pick<Message, 'direction'>) => direction === 'note'

async function hasOthers(db: Reader, conversationId: string, messages: readonly Message[]): Promise<boolean> {
  const all = await db
    .selectFrom('message')
    .select(['id', 'direction'])
    .where('conversation_id', '=', conversationId)
    .execute()
  const ids = new Set(messages.map(({ id }) => id))
  return all.some((message) => !isNote(message) && !ids.has(message.id))
}

/** What went from one into the other and is there still. */
async function listCarried(trx: Trx, from: string, into: string): Promise<Message[]> {
  const left = await listFacts(trx, from, ['message-left'])
  const ids = left.flatMap((fact) =>
    fact.kind === 'message-left' && fact.data.to === into ? [fact.messageId ?? ''] : [],
  )
  return await trx
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', into)
    .where('id', 'in', ids)
    .orderBy('seq')
    .execute()
}

async function lockBoth(trx: Trx, a: string, b: string): Promise<[Conversation, Conversation]> {
  const locked = await lockInOrder(trx, [a, b])
  return [must(locked.find(({ id }) => id === a)), must(locked.find(({ id }) => id === b))]
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a row that was locked is gone')
  return value
}

/** While they were one, the other conversation has answered to the threads of this one. */
async function giveThreadsBack(trx: Trx, to: string, from: string): Promise<void> {
  const theirs = trx.selectFrom('conversation_key').select('key').where('conversation_id', '=', to)
  const threads = trx.selectFrom('writing_place').select('key').where('author', '=', ANYBODY)
  await trx
    .deleteFrom('conversation_key')
    .where('conversation_id', '=', from)
    .where('key', 'in', theirs)
    .where('key', 'in', threads)
    .execute()
}
