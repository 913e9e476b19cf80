// Promises and reminders go along with a conversation that is joined to another one, and come back when it is parted from it.
import type { Trx } from './db/open.ts'
import { appendFact, listFacts } from './fact.ts'
import { type FollowUp, putUpdate } from './follow-up.ts'

/** With the conversation that becomes part of another one, all that was promised in it. */
export async function moveFollowUps(trx: Trx, from: string, to: string, by: string): Promise<void> {
  const rows = await trx.selectFrom('follow_up').select('id').where('conversation_id', '=', from).execute()
  await move(trx, rows, { from, to, by })
}

/** What has come with the last joining and is here still goes back. */
export async function returnFollowUps(trx: Trx, to: string, from: string, by: string): Promise<void> {
  const told = await listFacts(trx, from, ['follow-up-moved', 'conversation-joined'])
  const joined = told.findLastIndex((fact) => fact.kind === 'conversation-joined' && fact.data.from === to)
  const before = told.findLastIndex((fact, n) => n < joined && fact.kind === 'conversation-joined')
  const ids = told
    .slice(before + 1, joined)
    .flatMap((fact) => (fact.kind === 'follow-up-moved' && fact.data.from === to ? [fact.data.followUp] : []))
  if (ids.length === 0) return
  const here = trx.selectFrom('follow_up').select('id').where('conversation_id', '=', from)
  await move(trx, await here.where('id', 'in', ids).execute(), { from, to, by })
}

async function move(
  trx: Trx,
  rows: readonly Pick<FollowUp, 'id'>[],
  { from, to, by }: { from: string; to: string; by: string },
): Promise<void> {
  for (const { id } of rows) {
    await trx.updateTable('follow_up').set({ conversation_id: to }).where('id', '=', id).execute()
    const about = { conversationId: to, actor: by, data: { followUp: id, from } }
    await appendFact(trx, { kind: 'follow-up-moved', ...about })
    await putUpdate(trx, id) // What speaks of it leads to where it is.
  }
}
