// What the thread shows of one message, read with everything that belongs to it.

import { findConsultation } from '../consultation.ts'
import type { Correction } from '../correction.ts'
import type { Reader } from '../db/open.ts'
import type { Delivery } from '../db/schema.ts'
import { getMessage, type Message } from '../message.ts'
import { readCaseNote, type SaidInCaseNote } from './case-note.ts'
import type { Abilities } from './correct-view.ts'
import type { Changes } from './entry-change.ts'
import { readInbound } from './entry-inbound.ts'
import { readCorrection, readOutbound } from './entry-outbound.ts'
import { readHandOver, type SaidInHandOver } from './hand-over.ts'
import { type Person, type Posted, postedOf } from './view.ts'

export interface EntryView {
  messageId: string
  conversationId: string
  desk: string
  channelKind: string
  contact: Person
  /** The conversation's; the message's own is told only where it differs. */
  subject: string | undefined
  at: number
  said: SaidByCustomer | SaidByAgent | SaidInHandOver | SaidInCaseNote
  card: Posted | undefined
  /** The posts it has already, in order. */
  posts: Posted[]
  hasFile: boolean
}

export interface SaidFile {
  name: string
  bytes: number
  /** Behind a link of the platform's, from where it is being fetched. */
  isComing: boolean
  /** Why it is not here. */
  error: string | undefined
  /** An edit has taken it out. */
  isRemoved: boolean
}

export interface SaidByCustomer extends Changes {
  kind: 'inbound'
  from: Person
  /** The customer, whichever of their addresses they wrote from. */
  isCustomer: boolean
  /** Somebody outside answers us: who had asked them. */
  askedBy?: string | undefined
  subject: string | undefined
  text: string
  /** What is new in it, where that is less. */
  unquoted: string | undefined
  automated: string | undefined
  /** Whether it waits for an answer: people's words do, a machine's only when a person says so. */
  counts: boolean
  /** Nothing has ended its waiting yet. */
  waits: boolean
  bystander: 'member' | 'helper' | undefined
  /** Its author was, when it came. */
  isBlocked: boolean
  /** Of which message a person has said that its edit asks something new. */
  editOf: string | undefined
  sender: string | undefined
  warnings: string[]
  attachments: SaidFile[]
  attachmentsMore: number
  /** Files that somebody waits for in vain, and why. */
  missing: { name: string; error: string }[]
  /** Who had the conversation when it came; whoever got it later was told so then. */
  ownerId: string | undefined
  /** Who is called about it: the owner, or who stands in for them. Undefined while that is not asked. */
  called?: Called | undefined
  /** In which mailboxes it arrived besides the conversation's own, and whose they are where that is another desk. */
  seenIn: { mailbox: string; desk: string | undefined }[]
  /** It did not arrive in the conversation's own. */
  isElsewhere: boolean
  /** What the agent wrote to it who passed it on. */
  note: { by: string; text: string } | undefined
  /** The original, where it could not be read. */
  raw: { blobId: string; bytes: number } | undefined
}

/** Nobody, where neither the owner nor anybody else is there. */
export interface Called {
  to: string | undefined
  /** The owner's name, when it is not they, and what keeps them. */
  insteadOf?: string
  because?: string
}

export interface SaidByAgent extends Changes {
  kind: 'outbound'
  /** To somebody outside, and for us alone. */
  isAsking?: boolean
  /** Undefined for a lead who is no agent: Slack knows their name. */
  author: string | undefined
  authorId: string
  /** No agent's: a machine's acknowledgement. */
  isAutomatic: boolean
  /** Written past the program, such as from webmail. */
  isElsewhere: boolean
  recipients: string[]
  attachments: { name: string; bytes: number }[]
  subject: string | undefined
  /** What leaves, without what it quotes below. */
  text: string
  isQuoting: boolean
  delivery: Delivery
  reason: string | undefined
  /** When it leaves, or is tried again. */
  dueAt: number | undefined
  acceptedAt: number | undefined
  /** What can be done about it, and what is being done. */
  abilities: Abilities
  correction: Correction | undefined
}

/** Files brought by the first version stand among the posts. */
const FILE_MARK = 'file:'

/** Undefined for a message that has no entry of ours: what somebody typed in the thread stands there already. */
export async function readEntry(
  db: Reader,
  messageId: string,
  abilitiesOf: (channel: string) => Abilities = () => ({ revise: false, retract: false }),
): Promise<EntryView | undefined> {
  const message = await getMessage(db, messageId)
  const row = await db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select([
      'conversation.desk',
      'conversation.channel',
      'conversation.subject',
      'conversation.owner_id',
      'conversation.card_channel',
      'conversation.card_ts',
      'identity.channel_kind',
      'identity.name',
      'identity.address',
      'identity.contact_id',
    ])
    .where('conversation.id', '=', message.conversation_id)
    .executeTakeFirstOrThrow()
  const place = { desk: row.desk, thread: row.card_channel }
  const isNote = message.direction === 'note'
  const consultation = isNote ? await findConsultation(db, message.id) : undefined
  const isOwn = isNote && !consultation
  const note = isOwn ? ((await readHandOver(db, message)) ?? (await readCaseNote(db, message, place))) : undefined
  if ((isOwn && !note) || message.held_at !== null) return undefined
  const contact = { name: row.name ?? undefined, address: row.address }
  const posts = await listPosts(db, message, row.card_channel)
  const said =
    note ??
    (message.delivery === null
      ? { ...(await readInbound(db, message, contact, row)), askedBy: consultation?.begun_by }
      : {
          ...(await readOutbound(db, message, row.desk)),
          ...(await readCorrection(db, message, abilitiesOf)),
          isAsking: consultation !== undefined,
        })
  return {
    messageId,
    conversationId: message.conversation_id,
    desk: row.desk,
    channelKind: message.direction === 'note' && !consultation ? row.channel_kind : message.channel_kind,
    contact,
    subject: row.subject ?? undefined,
    at: message.arrived_at,
    said,
    card: postedOf(row),
    posts: posts.filter(({ ts }) => !ts.startsWith(FILE_MARK)),
    hasFile: posts.some(({ ts }) => ts.startsWith(FILE_MARK)),
  }
}

/** Those in a thread of its conversation, as it is now. Where it was before, it stays as it was when it left. */
async function listPosts(db: Reader, { id, conversation_id }: Message, channel: string | null): Promise<Posted[]> {
  const posts = db
    .selectFrom('desk_post')
    .select(['channel', 'ts'])
    .where('message_id', '=', id)
    .where('conversation_id', '=', conversation_id)
    .orderBy('ts')
  return await (channel === null ? posts : posts.where('channel', '=', channel)).execute()
}
