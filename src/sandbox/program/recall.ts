// What the program has on record of the conversations since an instant, as whoever judges a training needs it.
import type { Reader } from '../../db/open.ts'
import type { Recalled } from './protocol.ts'

const CONVERSATIONS_MAX = 200

export async function recall(db: Reader, since: number): Promise<Recalled[]> {
  const rows = await db
    .selectFrom('message')
    .select('conversation_id as id')
    .where('direction', '=', 'inbound')
    .where('arrived_at', '>=', since)
    .groupBy('conversation_id')
    .limit(CONVERSATIONS_MAX)
    .execute()
  const recalled: Recalled[] = []
  for (const { id } of rows) recalled.push(await recallOne(db, id, since))
  return recalled
}

async function recallOne(db: Reader, id: string, since: number): Promise<Recalled> {
  const messages = await db
    .selectFrom('message')
    .select(['id', 'direction', 'text', 'delivery', 'arrived_at as at'])
    .where('conversation_id', '=', id)
    .where('arrived_at', '>=', since)
    .orderBy('seq')
    .execute()
  const windows = await db
    .selectFrom('response_window')
    .select(['started_at as startedAt', 'due_at as dueAt', 'ended_at as endedAt', 'ended_as as endedAs'])
    .where('conversation_id', '=', id)
    .where('started_at', '>=', since)
    .orderBy('started_at')
    .execute()
  const facts = await db
    .selectFrom('fact')
    .select(['kind', 'data', 'message_id as messageId'])
    .where('conversation_id', '=', id)
    .where('at', '>=', since)
    .where('kind', 'in', ['no-reply-needed', 'letter-sent', 'conversation-assigned'])
    .orderBy('id')
    .execute()
  return { messages, windows, facts: facts.map((fact) => ({ ...fact, data: JSON.parse(fact.data) })) }
}
