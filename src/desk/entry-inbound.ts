// What a customer, or somebody else who can write there, said: read with its files, where it was seen, and whether it waits.
import type { Reader } from '../db/open.ts'
import { listFacts } from '../fact.ts'
import { findForwardNote } from '../forwarded.ts'
import type { Message } from '../message.ts'
import { countsNow } from '../reclassify.ts'
import { foldEndings, WINDOW_FACTS } from '../response-window.ts'
import { listSamePerson } from '../same-person.ts'
import type { SaidByCustomer } from './entry-view.ts'
import { findFetchObjection } from './file-content.ts'
import { listThreadFiles } from './thread-file.ts'
import type { Person } from './view.ts'

const FILE_WORDS: Record<string, string> = { original: 'The original', text: 'The whole text' }
const ATTACHMENTS_MAX = 20

export async function readInbound(
  db: Reader,
  message: Message,
  contact: Person,
  conversation: { channel: string; desk: string; owner_id: string | null; contact_id: string },
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
    isCustomer: message.author === contact.address || (await isOfPerson(db, message, conversation.contact_id)),
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
    ownerId: await findOwnerThen(db, message, conversation.owner_id),
    ...(await readSightings(db, message, conversation)),
    note: await readForwardNote(db, message.id),
    raw: await findRaw(db, message.id),
  }
}

const OWNING = ['message-received', 'conversation-taken', 'conversation-assigned'] as const

/** Undefined too when they got it after this message: that is when they heard of it. */
async function findOwnerThen(db: Reader, message: Message, owner: string | null): Promise<string | undefined> {
  if (owner === null) return undefined
  const facts = await listFacts(db, message.conversation_id, OWNING)
  const received = facts.findIndex((fact) => fact.kind === 'message-received' && fact.messageId === message.id)
  const isSince = received >= 0 && facts.slice(received).some((fact) => fact.kind !== 'message-received')
  return isSince ? undefined : owner
}

async function readWaiting(
  db: Reader,
  { id, conversation_id, direction, automated, bystander, deleted_at }: Message,
): Promise<Pick<SaidByCustomer, 'counts' | 'waits' | 'editOf' | 'isBlocked'>> {
  const facts = await listFacts(db, conversation_id, WINDOW_FACTS)
  const received = facts.find((fact) => fact.kind === 'message-received' && fact.messageId === id)
  const editOf = received?.kind === 'message-received' ? received.data.editOf : undefined
  const isBlocked = received?.kind === 'message-received' && received.data.blocked === true
  const isPersons = automated === null && bystander === null && direction === 'inbound' && !isBlocked
  const isSure = isPersons && !facts.some((fact) => fact.messageId === id && 'counts' in fact.data && !fact.data.counts)
  const counts = isSure || (await countsNow(db, conversation_id, id))
  const waits = deleted_at !== null && counts && !foldEndings(facts).has(id)
  return { counts, waits, editOf, isBlocked }
}

async function isOfPerson(db: Reader, { author, channel_kind }: Message, contactId: string): Promise<boolean> {
  const known = await db
    .selectFrom('identity')
    .select('contact_id')
    .where('channel_kind', '=', channel_kind)
    .where('address', '=', author)
    .executeTakeFirst()
  return known !== undefined && (await listSamePerson(db, contactId)).includes(known.contact_id)
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
