// The open conversations of a desk, for whoever looks for the other half of a matter.
import type { Conversation } from './conversation.ts'
import type { Reader } from './db/open.ts'
import { type Listed, listed, toListed } from './search.ts'

/** Open conversations of the same desk, newest first, those of the same contact before all others. */
export async function listOpen(
  db: Reader,
  { id, desk, identity_id }: Pick<Conversation, 'id' | 'desk' | 'identity_id'>,
  limit: number,
): Promise<Listed[]> {
  const contact = db.selectFrom('identity').select('contact_id').where('id', '=', identity_id)
  const others = listed(db)
    .where('conversation.desk', '=', desk)
    .where('conversation.state', '<>', 'closed')
    .where('conversation.id', '<>', id)
    .orderBy('conversation.id', 'desc')
    .limit(limit)
  const own = await others.where('identity.contact_id', 'in', contact).execute()
  const rest = await others.where('identity.contact_id', 'not in', contact).execute()
  return (await toListed(db, [...own, ...rest])).slice(0, limit)
}
