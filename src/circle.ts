// Who the customer of a conversation is: its contact, at whatever address, and whoever has written in it. Others may take part, but
// nobody is owed an answer because somebody else copied them.
import type { Reader } from './db/open.ts'

/** Whether one of these is the customer. */
export async function hasCustomer(db: Reader, conversationId: string, addresses: readonly string[]): Promise<boolean> {
  if (addresses.length === 0) return false
  if (await hasContact(db, conversationId, addresses)) return true
  const writer = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .where('automated', 'is', null)
    .where('bystander', 'is', null)
    .where('author', 'in', [...addresses])
    .limit(1)
    .executeTakeFirst()
  return writer !== undefined
}

/** Whether one of these is its contact, at whatever address. */
export async function hasContact(db: Reader, conversationId: string, addresses: readonly string[]): Promise<boolean> {
  const contact = await db
    .selectFrom('conversation')
    .innerJoin('identity as own', 'own.id', 'conversation.identity_id')
    .innerJoin('identity', 'identity.contact_id', 'own.contact_id')
    .select('identity.id')
    .where('conversation.id', '=', conversationId)
    .where('identity.address', 'in', [...addresses])
    .limit(1)
    .executeTakeFirst()
  return contact !== undefined
}
