// What became of letters: which answered what, how many left as they were, and whether somebody had the same words before.
import { sql } from 'kysely'
import type { Reader } from './db/open.ts'
import { listSamePerson } from './same-person.ts'

const REPLIES_READ_MAX = 100
const USES_READ_MAX = 1000
const WORDS_LENGTH_MAX = 2000
/** "Thank you!" may be said as often as one likes. */
const SAME_LENGTH_MIN = 40

/** When this person last got the very same words from us, on whatever channel; undefined when never. */
export async function findSameWords(db: Reader, contactId: string, markdown: string): Promise<number | undefined> {
  const wanted = fold(markdown)
  if (wanted.length < SAME_LENGTH_MIN) return undefined
  const rows = await db
    .selectFrom('message')
    .innerJoin('conversation', 'conversation.id', 'message.conversation_id')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select(['message.markdown', 'message.created_at', 'message.delivery'])
    .where('identity.contact_id', 'in', await listSamePerson(db, contactId))
    .where('message.direction', '=', 'outbound')
    .where('message.delivery', 'not in', ['undone', 'rejected', 'bounced'])
    .orderBy('message.id', 'desc')
    .limit(REPLIES_READ_MAX)
    .execute()
  return rows.find((row) => fold(row.markdown) === wanted)?.created_at
}

function fold(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

/** Whether this person has had an answer from us before, or another conversation with us. */
export async function isReturning(db: Reader, contactId: string, conversationId: string): Promise<boolean> {
  const other = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('conversation.id')
    .where('identity.contact_id', 'in', await listSamePerson(db, contactId))
    .where('conversation.id', '<>', conversationId)
    .where('conversation.seq_last', '>', 0)
    .limit(1)
    .executeTakeFirst()
  if (other) return true
  const answer = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'outbound')
    .where('delivery', 'in', ['accepted', 'partly-delivered'])
    .where('automated', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return answer !== undefined
}

/** A letter that was sent, and what it answered. */
export interface PastUse {
  letter: string
  words: string
}

/** The newest first. */
export async function listPastUses(db: Reader): Promise<PastUse[]> {
  const rows = await db
    .selectFrom('message as reply')
    .innerJoin('message as question', (join) =>
      join
        .onRef('question.conversation_id', '=', 'reply.conversation_id')
        .onRef('question.seq', '=', 'reply.answers_up_to')
        .on('question.direction', '=', 'inbound'),
    )
    .select(['reply.template', 'question.text', 'question.unquoted', 'question.subject'])
    .where('reply.template', 'is not', null)
    .where('reply.direction', '=', 'outbound')
    .where('reply.delivery', 'in', ['accepted', 'partly-delivered'])
    .orderBy('reply.id', 'desc')
    .limit(USES_READ_MAX)
    .execute()
  return rows.map(({ template, text, unquoted, subject }) => ({
    letter: template ?? '',
    words: `${subject ?? ''}\n${unquoted ?? text}`.slice(0, WORDS_LENGTH_MAX),
  }))
}

export interface LetterUse {
  letter: string
  sent: number
  /** Of these, how many nobody had touched. */
  unedited: number
  lastAt: number
}

/** The newest; before them nobody asks. */
const SENT_READ_MAX = 50_000
/** As it stands in the index of these facts alone. */
const LETTER_SENT = sql.lit<'letter-sent'>('letter-sent')

/** How often each letter was sent since then, the most used first. */
export async function listLetterUse(db: Reader, since: number): Promise<LetterUse[]> {
  const facts = await db
    .selectFrom('fact')
    .select(['data', 'at'])
    .where('kind', '=', LETTER_SENT)
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .limit(SENT_READ_MAX)
    .execute()
  const uses = new Map<string, LetterUse>()
  for (const { data, at } of facts) {
    const { letter, use } = JSON.parse(data) as { letter: string; use: string }
    const counted = uses.get(letter) ?? { letter, sent: 0, unedited: 0, lastAt: at }
    const unedited = counted.unedited + (use === 'unedited' ? 1 : 0)
    uses.set(letter, { ...counted, sent: counted.sent + 1, unedited })
  }
  return [...uses.values()].sort((a, b) => b.sent - a.sent || a.letter.localeCompare(b.letter, 'en'))
}

const RECENT_READ_MAX = 100

/** The letters that somebody used last, the last one first. */
export async function listRecentLetters(db: Reader, agentId: string, count: number): Promise<string[]> {
  const facts = await db
    .selectFrom('fact')
    .select('data')
    .where('kind', '=', LETTER_SENT)
    .where('actor', '=', agentId)
    .orderBy('at', 'desc')
    .limit(RECENT_READ_MAX)
    .execute()
  const letters = facts.map(({ data }) => (JSON.parse(data) as { letter: string }).letter)
  return [...new Set(letters)].slice(0, count)
}
