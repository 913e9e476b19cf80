// A conversation that one of us begins: nobody waits in it, and until something is sent nobody sees it.
import { type Conversation, openConversation, transition } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { addParticipants } from './participant.ts'

const SUBJECT_LENGTH_MAX = 200

export interface Begun {
  identityId: string
  channel: string
  desk: string
  subject: string | undefined
}

/** What was begun to the same address and never sent is begun once more. */
export async function beginConversation(trx: Trx, begun: Begun): Promise<Conversation> {
  const subject = begun.subject?.replaceAll(/\s+/g, ' ').trim().slice(0, SUBJECT_LENGTH_MAX).toWellFormed() || undefined
  const unsent = await trx
    .selectFrom('conversation')
    .selectAll()
    .where('identity_id', '=', begun.identityId)
    .where('channel', '=', begun.channel)
    .where('desk', '=', begun.desk)
    .where('seq_last', '=', 0)
    .where('state', '=', 'closed')
    .limit(1)
    .executeTakeFirst()
  if (!unsent) return await openConversation(trx, { ...begun, subject, relatedTo: undefined, isQuiet: true })
  const values = { subject: subject ?? null }
  await trx.updateTable('conversation').set(values).where('id', '=', unsent.id).execute()
  return { ...unsent, ...values }
}

/** Call it before what is sent is in it: the first words make a conversation of it. */
export async function openForFirstWords(trx: Trx, conversation: Conversation, agentId: string): Promise<Conversation> {
  if (conversation.state !== 'closed' || (await wasSaid(trx, conversation.id))) return conversation
  const { id, identity_id, seq_last } = conversation
  if (seq_last === 0) {
    const { address, name } = await trx
      .selectFrom('identity')
      .select(['address', 'name'])
      .where('id', '=', identity_id)
      .executeTakeFirstOrThrow()
    await addParticipants(trx, id, [{ address, ...(name !== null && { name }) }])
    await appendFact(trx, { kind: 'conversation-opened', conversationId: id, actor: agentId, data: {} })
  }
  return await transition(trx, conversation, 'reopen')
}

/** When the first words were taken back nothing is left to do in it. */
export async function closeIfUnsaid(trx: Trx, conversation: Conversation): Promise<Conversation> {
  const isToClose = conversation.state === 'open' && !(await wasSaid(trx, conversation.id))
  return isToClose ? await transition(trx, conversation, 'close') : conversation
}

async function wasSaid(db: Reader, conversationId: string): Promise<boolean> {
  const said = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .where((eb) =>
      eb.or([
        eb('direction', '=', 'inbound'),
        eb.and([eb('direction', '=', 'outbound'), eb('delivery', '<>', 'undone')]),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return said !== undefined
}
