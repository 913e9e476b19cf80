// Which message a reply answers.
import { channelKind } from './channel.ts'
import type { Conversation } from './conversation.ts'
import type { Reader } from './db/open.ts'
import type { Message } from './message.ts'

/** The newest message a customer wrote, automated or not. */
export async function findLastInbound(db: Reader, conversationId: string): Promise<Message | undefined> {
  return await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .where('held_at', 'is', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * What a reply answers: the newest message of somebody who takes part, on the channel the reply leaves by. A machine's only
 * where no person wrote, for an out-of-office notice asks nothing.
 */
export async function findAnswered(
  db: Reader,
  { id: conversationId, channel }: Conversation,
): Promise<Message | undefined> {
  const ofParticipants = db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .where('channel_kind', '=', channelKind(channel))
    .where('bystander', 'is', null)
    .where('held_at', 'is', null)
    .where('author', 'in', (eb) =>
      eb.selectFrom('participant').select('address').where('conversation_id', '=', conversationId),
    )
    .orderBy('seq', 'desc')
    .limit(1)
  return (
    (await ofParticipants.where('automated', 'is', null).executeTakeFirst()) ??
    (await ofParticipants.executeTakeFirst())
  )
}
