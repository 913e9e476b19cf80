// Handing a conversation to somebody. Whoever gets it from a colleague also gets what was asked, tried and promised.
import { lockConversation, refreshCard, TRANSITIONS, transition } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { refreshOpenPings } from './open-ping.ts'
import { writeNote } from './own-note.ts'
import { hurryTurn } from './turn.ts'

export interface Assignment {
  by: string
  to: string
  /** Who had it when the agent looked; undefined when nobody did. */
  seenOwner: string | undefined
  /** What was asked, tried and promised. Empty only for a conversation that nobody has. */
  note: string
}

export type Assigned =
  | { kind: 'assigned' }
  /** Somebody else took or got it meanwhile. */
  | { kind: 'changed'; owner: string | undefined }
  | { kind: 'theirs' }
  | { kind: 'not-an-agent' }
  | { kind: 'note-missing' }
  | { kind: 'closed' }

/** Compare and set: nothing changes unless the owner is still the one the agent saw. */
export async function assign(trx: Trx, conversationId: string, assignment: Assignment): Promise<Assigned> {
  const { by, to, seenOwner } = assignment
  const conversation = await lockConversation(trx, conversationId)
  const owner = conversation.owner_id ?? undefined
  if (owner !== seenOwner) return { kind: 'changed', owner }
  if (owner === to) return { kind: 'theirs' }
  if (TRANSITIONS[conversation.state].take === undefined) return { kind: 'closed' }
  if (!(await isAgent(trx, conversation.desk, to))) return { kind: 'not-an-agent' }
  const note = assignment.note.trim()
  if (owner !== undefined && note === '') return { kind: 'note-missing' }
  await trx.updateTable('conversation').set({ owner_id: to }).where('id', '=', conversationId).execute()
  await transition(trx, conversation, 'take')
  const messageId = note === '' && by === to ? undefined : await writeNote(trx, conversation, by, note)
  const data = { ...(owner !== undefined && { from: owner }), to }
  const about = { conversationId, actor: by, ...(messageId !== undefined && { messageId }) }
  await appendFact(trx, { kind: 'conversation-assigned', ...about, data })
  if (owner !== undefined) await hurryTurn(trx, conversation.desk)
  await refreshCard(trx, conversation)
  await refreshOpenPings(trx, conversationId)
  return { kind: 'assigned' }
}

async function isAgent(db: Reader, desk: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('agent')
    .select('id')
    .where('id', '=', id)
    .where('desk', '=', desk)
    .where('left_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
