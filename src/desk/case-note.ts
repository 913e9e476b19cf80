// What was done to a conversation as a whole, told in its thread: a part of it became another one, or it went elsewhere.
import type { KnownBlock } from '@slack/types'
import type { Reader } from '../db/open.ts'
import { listFacts, type StoredFact } from '../fact.ts'
import type { Message } from '../message.ts'
import { OWN_NOTE } from '../own-note.ts'
import { escapeMrkdwn, shorten } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import { type Posted, postedOf } from './view.ts'
import { type Inline, instant, paragraph, word } from './words.ts'

export interface SaidInCaseNote {
  kind: 'case-note'
  by: string
  /** Undefined for a lead who is no agent: Slack knows theirs. */
  name: string | undefined
  /** What they did, as it goes on behind their name. */
  did: string
  /** The other conversation, at the same desk. */
  other: { subject: string | undefined; card: Posted | undefined } | undefined
  /** To its card. */
  link?: string | undefined
  /** The desk it came from, or what people call it. */
  from?: string | undefined
  text: string
}

const SUBJECT_LENGTH = 150
const KINDS = [
  'conversation-split',
  'split-off',
  'conversation-merged',
  'conversation-joined',
  'conversation-parted',
  'conversation-moved',
] as const

/** Undefined for a note of another sort. `thread`: the channel of the conversation's card. */
export async function readCaseNote(
  db: Reader,
  message: Message,
  { desk, thread }: { desk: string; thread: string | null },
): Promise<SaidInCaseNote | undefined> {
  const told: Deed | undefined = message.external_id.startsWith(OWN_NOTE)
    ? await findDeed(db, message)
    : isElsewhere(message, thread)
      ? { did: ' noted' }
      : undefined
  if (!told) return undefined
  return {
    kind: 'case-note',
    by: message.author,
    name: await findName(db, message.author),
    did: told.did,
    from: told.from,
    other: await findOther(db, desk, told.otherId),
    text: message.text,
  }
}

/** Typed in the thread of another desk, before the conversation came from there. */
function isElsewhere({ external_id: id }: Message, thread: string | null): boolean {
  return thread !== null && id.slice(0, id.indexOf(':')) !== thread
}

async function findDeed(db: Reader, { id, conversation_id }: Message) {
  const facts = await listFacts(db, conversation_id, KINDS)
  const fact = facts.find(({ messageId }) => messageId === id)
  return fact && deedOf(fact)
}

interface Deed {
  did: string
  otherId?: string
  from?: string
}

function deedOf(fact: StoredFact): Deed | undefined {
  switch (fact.kind) {
    case 'conversation-split':
      return {
        did: fact.data.parted ? ' parted another conversation from this one' : ' split a part of this off',
        otherId: fact.data.into,
      }
    case 'split-off':
      return { did: ' split this off from another conversation', otherId: fact.data.from }
    case 'conversation-merged':
      return { did: ' joined this to another conversation, where it goes on', otherId: fact.data.into }
    case 'conversation-joined':
      return { did: ' joined another conversation to this one', otherId: fact.data.from }
    case 'conversation-parted':
      return { did: ' parted this from another conversation', otherId: fact.data.from }
    case 'conversation-moved':
      return { did: ' moved this here from the desk ', from: fact.data.from }
    default:
      return undefined
  }
}

async function findName(db: Reader, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('agent').select('name').where('id', '=', id).limit(1).executeTakeFirst()
  return row?.name
}

/** What another desk's customer wrote about is not told here. */
async function findOther(db: Reader, desk: string, id: string | undefined): Promise<SaidInCaseNote['other']> {
  if (id === undefined) return undefined
  const row = await db
    .selectFrom('conversation')
    .select(['subject', 'card_channel', 'card_ts'])
    .where('id', '=', id)
    .where('desk', '=', desk)
    .executeTakeFirst()
  return row && { subject: row.subject ?? undefined, card: postedOf(row) }
}

export function caseNoteHeader({ by, name, did, from, other, link }: SaidInCaseNote, at: number): KnownBlock {
  const who: Inline = name === undefined ? { type: 'user', user_id: by } : word(oneLine(name), { bold: true })
  const subject = shorten(oneLine(other?.subject ?? ''), SUBJECT_LENGTH) || '(no subject)'
  const named: Inline[] =
    other === undefined
      ? []
      : [word(': '), link === undefined ? word(subject) : { type: 'link', url: link, text: subject }]
  const desk = from === undefined ? [] : [word(oneLine(from), { bold: true })]
  return paragraph([who, word(did), ...desk, ...named, word(' · '), instant(at)])
}

export function caseNoteText({ by, name, did, from = '' }: SaidInCaseNote): string {
  return `${name === undefined ? `<@${by}>` : escapeMrkdwn(oneLine(name))}${did}${escapeMrkdwn(oneLine(from))}`
}
