// What one of us said: read with what left, what became of it, and what has been put right since.
import type { Address } from '../channel.ts'
import { findCorrectedText, findLastCorrection, findWay, listStanding } from '../correction.ts'
import type { Reader } from '../db/open.ts'
import type { Message } from '../message.ts'
import { listParts } from '../part.ts'
import type { Abilities } from './correct-view.ts'
import type { SaidByAgent } from './entry-view.ts'
import { cutQuotedBelow } from './quoted-below.ts'
import { reasonOf } from './view.ts'

export async function readCorrection(
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

export async function readOutbound(db: Reader, message: Message, desk: string): Promise<Outbound> {
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

/** The ids of chat platforms tell nobody anything. */
function addressText({ name, address }: Address): string {
  if (name === undefined) return address
  return address.includes('@') ? `${name} <${address}>` : name
}
