// A person's story in a line: what else they have written to this desk, on whatever channel.
import type { Reader } from '../db/open.ts'
import type { ConversationState } from '../db/schema.ts'
import { type FollowUp, listOpenOf } from '../follow-up.ts'
import { listSamePerson } from '../same-person.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import { wayWords } from './question.ts'

export interface Chapter {
  channelKind: string
  subject: string | undefined
  state: ConversationState
}

export interface Story {
  /** The newest ones. */
  chapters: Chapter[]
  all: number
  /** What was promised there and is open, soonest due first. */
  followUps?: FollowUp[]
}

const CHAPTERS_MAX = 3
const SUBJECT_LENGTH = 60
const CONVERSATIONS_MAX = 50
const PROMISES_MAX = 10

/** What another desk's customer wrote about is not told here. */
export async function readStory(
  db: Reader,
  { id, desk, contactId }: { id: string; desk: string; contactId: string },
): Promise<Story> {
  const others = db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .where('identity.contact_id', 'in', await listSamePerson(db, contactId))
    .where('conversation.id', '<>', id)
    .where('conversation.desk', '=', desk)
    .where('conversation.merged_into', 'is', null)
    .where('conversation.seq_last', '>', 0) // Nothing was ever said in it.
  const rows = await others
    .select(['identity.channel_kind', 'conversation.subject', 'conversation.state'])
    .orderBy('conversation.id', 'desc')
    .limit(CHAPTERS_MAX)
    .execute()
  const { count } = await others.select((eb) => eb.fn.countAll<number | string>().as('count')).executeTakeFirstOrThrow()
  const chapters = rows.map((row) => ({
    ...{ channelKind: row.channel_kind, subject: row.subject ?? undefined, state: row.state },
  }))
  if (Number(count) === 0) return { chapters, all: 0 }
  const ids = (await others.select('conversation.id').limit(CONVERSATIONS_MAX).execute()).map(({ id }) => id)
  const open = await listOpenOf(db, ids, PROMISES_MAX)
  return { chapters, all: Number(count), followUps: open.filter(({ kind }) => kind === 'promise') }
}

const STATES: Record<ConversationState, string> = {
  new: 'waiting',
  open: 'open',
  'waiting-customer': 'answered',
  snoozed: 'snoozed',
  closed: 'closed',
}

export function storyLine({ chapters, all }: Story): string[] {
  if (all === 0) return []
  const told = chapters.map(({ channelKind, subject, state }) => {
    const name = subject === undefined ? '' : `“${shorten(oneLine(subject), SUBJECT_LENGTH)}” `
    return `${name}${wayWords(channelKind)} (${STATES[state]})`
  })
  const more = all > chapters.length ? [`and ${all - chapters.length} more`] : []
  return [`🗂️ Also from them: ${[...told, ...more].join(', ')}`]
}
