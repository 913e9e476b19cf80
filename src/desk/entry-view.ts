// What the thread shows of one message, read with everything that belongs to it.
import type { Address } from '../channel.ts'
import { type Correction, findCorrectedText, findLastCorrection, findWay, listStanding } from '../correction.ts'
import type { Reader } from '../db/open.ts'
import type { Delivery } from '../db/schema.ts'
import { listFacts } from '../fact.ts'
import { findForwardNote } from '../forwarded.ts'
import { getMessage, type Message } from '../message.ts'
import { countsNow } from '../reclassify.ts'
import { listParts } from '../reply.ts'
import { foldEndings, WINDOW_FACTS } from '../response-window.ts'
import type { Abilities } from './correct-view.ts'
import type { Changes } from './entry-change.ts'
import { findFetchObjection } from './file-content.ts'
import { readHandOver, type SaidInHandOver } from './hand-over.ts'
import { cutQuotedBelow } from './quoted-below.ts'
import { listThreadFiles } from './thread-file.ts'
import { type Person, type Posted, postedOf, reasonOf } from './view.ts'

export interface EntryView {
  messageId: string
  conversationId: string
  desk: string
  channelKind: string
  contact: Person
  /** The conversation's; the message's own is told only where it differs. */
  subject: string | undefined
  at: number
  said: SaidByCustomer | SaidByAgent | SaidInHandOver
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
  /** Of which message a person has said that its edit asks something new. */
  editOf: string | undefined
  sender: string | undefined
  warnings: string[]
  attachments: SaidFile[]
  attachmentsMore: number
  /** Files that somebody waits for in vain, and why. */
  missing: { name: string; error: string }[]
  ownerId: string | undefined
  /** In which mailboxes it arrived besides the conversation's own, and whose they are where that is another desk. */
  seenIn: { mailbox: string; desk: string | undefined }[]
  /** It did not arrive in the conversation's own. */
  isElsewhere: boolean
  /** What the agent wrote to it who passed it on. */
  note: { by: string; text: string } | undefined
  /** The original, where it could not be read. */
  raw: { blobId: string; bytes: number } | undefined
}

export interface SaidByAgent extends Changes {
  kind: 'outbound'
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

const FILE_WORDS: Record<string, string> = { original: 'The original', text: 'The whole text' }
const ATTACHMENTS_MAX = 20
/** Files brought by the first version stand among the posts. */
const FILE_MARK = 'file:'

/** Undefined for a message that has no entry of ours: what somebody typed in the thread stands there already. */
export async function readEntry(
  db: Reader,
  messageId: string,
  abilitiesOf: (channel: string) => Abilities = () => ({ revise: false, retract: false }),
): Promise<EntryView | undefined> {
  const message = await getMessage(db, messageId)
  const handOver = message.direction === 'note' ? await readHandOver(db, message) : undefined
  if (message.direction === 'note' && !handOver) return undefined
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
    ])
    .where('conversation.id', '=', message.conversation_id)
    .executeTakeFirstOrThrow()
  const contact = { name: row.name ?? undefined, address: row.address }
  const posts = await listPosts(db, messageId)
  const said =
    handOver ??
    (message.direction === 'inbound'
      ? await readInbound(db, message, contact, row)
      : { ...(await readOutbound(db, message, row.desk)), ...(await readCorrection(db, message, abilitiesOf)) })
  return {
    messageId,
    conversationId: message.conversation_id,
    desk: row.desk,
    channelKind: row.channel_kind,
    contact,
    subject: row.subject ?? undefined,
    at: message.arrived_at,
    said,
    card: postedOf(row),
    posts: posts.filter(({ ts }) => !ts.startsWith(FILE_MARK)),
    hasFile: posts.some(({ ts }) => ts.startsWith(FILE_MARK)),
  }
}

async function listPosts(db: Reader, messageId: string): Promise<Posted[]> {
  return await db
    .selectFrom('desk_post')
    .select(['channel', 'ts'])
    .where('message_id', '=', messageId)
    .orderBy('ts')
    .execute()
}

async function readInbound(
  db: Reader,
  message: Message,
  contact: Person,
  conversation: { channel: string; desk: string; owner_id: string | null },
): Promise<SaidByCustomer> {
  const files = await db
    .selectFrom('attachment')
    .select(['id', 'name', 'bytes', 'fetch', 'fetch_error', 'removed_at'])
    .where('message_id', '=', message.id)
    .orderBy('id')
    .execute()
  const brought = await listThreadFiles(db, message.id)
  return {
    kind: 'inbound',
    // Somebody else may take part in the conversation.
    from: message.author === contact.address ? contact : await findParticipant(db, message),
    subject: message.subject ?? undefined,
    text: message.text,
    unquoted: message.unquoted ?? undefined,
    automated: message.automated ?? undefined,
    ...(await readWaiting(db, message)),
    bystander: message.bystander ?? undefined,
    editedAt: message.edited_at ?? undefined,
    deletedAt: message.deleted_at ?? undefined,
    sender: message.sender ?? undefined,
    warnings: JSON.parse(message.warnings),
    attachments: files.slice(0, ATTACHMENTS_MAX).map((file) => ({
      ...{ name: file.name, bytes: file.bytes },
      isComing: file.fetch === 'due',
      error: file.fetch === 'failed' ? findFetchObjection(file) : undefined,
      isRemoved: file.removed_at !== null,
    })),
    attachmentsMore: Math.max(0, files.length - ATTACHMENTS_MAX),
    missing: brought.flatMap(({ what, error }) => {
      if (error === undefined) return []
      return [{ name: files.find(({ id }) => id === what)?.name ?? FILE_WORDS[what] ?? 'A file', error }]
    }),
    ownerId: conversation.owner_id ?? undefined,
    ...(await readSightings(db, message, conversation)),
    note: await readForwardNote(db, message.id),
    raw: await findRaw(db, message.id),
  }
}

async function readWaiting(
  db: Reader,
  { id, conversation_id, automated, bystander, deleted_at }: Message,
): Promise<Pick<SaidByCustomer, 'counts' | 'waits' | 'editOf'>> {
  const facts = await listFacts(db, conversation_id, WINDOW_FACTS)
  const received = facts.find((fact) => fact.kind === 'message-received' && fact.messageId === id)
  const editOf = received?.kind === 'message-received' ? received.data.editOf : undefined
  const isPersons = automated === null && bystander === null
  const counts = isPersons || (await countsNow(db, conversation_id, id))
  const waits = deleted_at !== null && counts && !foldEndings(facts).has(id)
  return { counts, waits, editOf }
}

async function findParticipant(db: Reader, { conversation_id, author, channel_kind }: Message): Promise<Person> {
  const row = await db
    .selectFrom('participant')
    .select('name')
    .where('conversation_id', '=', conversation_id)
    .where('address', '=', author)
    .executeTakeFirst()
  if (row?.name) return { name: row.name, address: author }
  const known = await db
    .selectFrom('identity')
    .select('name')
    .where('channel_kind', '=', channel_kind)
    .where('address', '=', author)
    .executeTakeFirst()
  return { name: known?.name ?? undefined, address: author }
}

/** One mail may be written to several of our mailboxes; the first that has it keeps it. */
async function readSightings(
  db: Reader,
  message: Message,
  conversation: { channel: string; desk: string },
): Promise<Pick<SaidByCustomer, 'seenIn' | 'isElsewhere'>> {
  const rows = await db
    .selectFrom('message_source')
    .select('channel')
    .distinct()
    .where('message_id', '=', message.id)
    .orderBy('channel')
    .execute()
  const others = rows.map(({ channel }) => channel).filter((channel) => channel !== conversation.channel)
  if (others.length === 0) return { seenIn: [], isElsewhere: false }
  const again = await listFacts(db, message.conversation_id, ['message-seen-again'])
  const deskOf = (channel: string) => {
    const fact = again.find(
      ({ messageId, data }) => messageId === message.id && 'channel' in data && data.channel === channel,
    )
    const desk = fact?.kind === 'message-seen-again' ? fact.data.desk : undefined
    return desk === conversation.desk ? undefined : desk
  }
  return {
    seenIn: others.map((channel) => ({ mailbox: channel.slice(channel.indexOf(':') + 1), desk: deskOf(channel) })),
    isElsewhere: others.length === rows.length,
  }
}

async function readForwardNote(db: Reader, messageId: string): Promise<SaidByCustomer['note']> {
  const note = await findForwardNote(db, messageId)
  return note && { by: note.author, text: note.text }
}

async function findRaw(db: Reader, messageId: string): Promise<SaidByCustomer['raw']> {
  const row = await db
    .selectFrom('message_source')
    .innerJoin('intake', 'intake.id', 'message_source.intake_id')
    .innerJoin('blob', 'blob.id', 'intake.blob_id')
    .select(['blob.id', 'blob.bytes'])
    .where('message_source.message_id', '=', messageId)
    .where('intake.state', '=', 'quarantined')
    .limit(1)
    .executeTakeFirst()
  return row && { blobId: row.id, bytes: row.bytes }
}

async function readCorrection(
  db: Reader,
  message: Message,
  abilitiesOf: (channel: string) => Abilities,
): Promise<Pick<SaidByAgent, 'abilities' | 'correction' | 'editedAt' | 'deletedAt'>> {
  const correction = await findLastCorrection(db, message.id)
  const isFree = correction?.state !== 'queued' && correction?.state !== 'deferred'
  const isThere = isFree && (await listStanding(db, message)).length > 0
  return {
    abilities: isThere ? abilitiesOf(await findWay(db, message)) : { revise: false, retract: false },
    correction,
    editedAt: message.edited_at ?? undefined,
    deletedAt: message.deleted_at ?? undefined,
  }
}

type Outbound = Omit<SaidByAgent, 'abilities' | 'correction' | 'editedAt' | 'deletedAt'>

async function readOutbound(db: Reader, message: Message, desk: string): Promise<Outbound> {
  const parts = await listParts(db, message.id)
  const accepted = await db
    .selectFrom('part')
    .select((eb) => eb.fn.max('accepted_at').as('at'))
    .where('message_id', '=', message.id)
    .executeTakeFirst()
  const effect = await db
    .selectFrom('outbox')
    .select(['state', 'due_at'])
    .where('dedupe', '=', `reply:${message.id}`)
    .executeTakeFirst()
  const author = await db
    .selectFrom('agent')
    .select('name')
    .where('id', '=', message.author)
    .where('desk', '=', desk)
    .executeTakeFirst()
  const isLeaving = message.delivery === 'queued' && effect?.state === 'sending'
  return {
    kind: 'outbound',
    author: message.automated === null ? author?.name : 'Automatic acknowledgement',
    authorId: message.author,
    isAutomatic: message.automated !== null,
    isElsewhere: parts.length === 0,
    recipients: parts[0]?.recipients.map(addressText) ?? (await listRecipients(db, message.id)),
    attachments: parts.length === 0 ? await listFiles(db, message.id) : parts.flatMap((part) => part.attachments ?? []),
    subject: message.subject ?? undefined,
    ...textOf(message, parts, await findCorrectedText(db, message.id)),
    delivery: isLeaving ? 'sending' : (message.delivery ?? 'queued'),
    reason: reasonOf(message.warnings),
    dueAt: effect?.state === 'queued' ? effect.due_at : undefined,
    acceptedAt: accepted?.at ?? (parts.length === 0 ? message.arrived_at : undefined),
  }
}

async function listFiles(db: Reader, messageId: string): Promise<{ name: string; bytes: number }[]> {
  return await db
    .selectFrom('attachment')
    .select(['name', 'bytes'])
    .where('message_id', '=', messageId)
    .orderBy('id')
    .execute()
}

function textOf(
  { unquoted, text, markdown }: Message,
  parts: readonly { preview: string }[],
  corrected: string | undefined,
): Pick<SaidByAgent, 'text' | 'isQuoting'> {
  if (parts.length === 0) return { text: unquoted ?? text, isQuoting: unquoted !== null }
  return cutQuotedBelow(corrected ?? parts.map(({ preview }) => preview).join('\n\n'), markdown)
}

async function listRecipients(db: Reader, messageId: string): Promise<string[]> {
  const rows = await db.selectFrom('recipient').select('address').where('message_id', '=', messageId).execute()
  return rows.map(({ address }) => address)
}

function addressText({ name, address }: Address): string {
  return name === undefined ? address : `${name} <${address}>`
}
