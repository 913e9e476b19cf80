// A note of ours, which nobody has typed in the thread: it gets an entry there, and a fact says what it is about.
import { type Conversation, refreshEntry } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { insertNote } from './message.ts'

/** By this its entry is told from what people type there. */
export const OWN_NOTE = 'ours:'

/** Resolves to its message's id, for the fact that goes with it. */
export async function writeNote(
  trx: Trx,
  conversation: Conversation,
  by: string,
  text: string,
): Promise<string | undefined> {
  const externalId = OWN_NOTE + trx.newId('n')
  const note = await insertNote(trx, conversation, { externalId, author: by, text, at: trx.now() })
  if (!note) return undefined
  const about = { conversationId: conversation.id, messageId: note.id, actor: by }
  await appendFact(trx, { kind: 'note-written', ...about, data: { seq: note.seq } })
  await refreshEntry(trx, conversation, note.id)
  return note.id
}
