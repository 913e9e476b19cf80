// The conversations that a message may belong to: those that know a key it carries.
import type { ExpressionBuilder } from 'kysely'
import type { InboundMessage } from './channel.ts'
import type { Conversation } from './conversation.ts'
import type { Reader } from './db/open.ts'
import type { Schema } from './db/schema.ts'

export interface Candidate extends Pick<Conversation, 'id' | 'desk' | 'channel'> {
  key: string
  takesPart: boolean
}

const CANDIDATES_MAX = 50

/** Those in which the sender takes part come first: a flood of strangers with the same key cannot hide them. */
export async function listCandidates(db: Reader, kind: string, event: InboundMessage): Promise<Candidate[]> {
  const { evidence, soleKey } = event
  const keys = [...new Set([...evidence.map(({ key }) => key), ...(soleKey === undefined ? [] : [soleKey])])]
  if (keys.length === 0) return []
  const rows = await db
    .selectFrom('conversation_key')
    .innerJoin('conversation', 'conversation.id', 'conversation_key.conversation_id')
    .select(['conversation_key.key', 'conversation.id', 'conversation.desk', 'conversation.channel'])
    .select((eb) =>
      eb
        .case()
        .when(takesPart(eb, kind, event.from.address))
        .then(1)
        .else(0)
        .end()
        .as('takes_part'),
    )
    .where('conversation_key.channel_kind', '=', kind)
    .where('conversation_key.key', 'in', keys)
    .orderBy('takes_part', 'desc')
    .orderBy('conversation.id', 'desc')
    .limit(CANDIDATES_MAX)
    .execute()
  return rows.map(({ takes_part, ...row }) => ({ ...row, takesPart: takes_part === 1 }))
}

/** By this address, or by another one of the same contact. */
function takesPart(eb: ExpressionBuilder<Schema, 'conversation' | 'conversation_key'>, kind: string, address: string) {
  return eb.or([
    eb.exists(
      eb
        .selectFrom('participant')
        .select('participant.address')
        .whereRef('participant.conversation_id', '=', 'conversation.id')
        .where('participant.address', '=', address),
    ),
    eb(
      'conversation.identity_id',
      'in',
      eb
        .selectFrom('identity as mine')
        .innerJoin('identity as other', 'other.contact_id', 'mine.contact_id')
        .select('other.id')
        .where('mine.channel_kind', '=', kind)
        .where('mine.address', '=', address),
    ),
  ])
}
