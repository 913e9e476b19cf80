// An acknowledgement tells a customer at once that their message arrived. It answers nothing and ends no window; where
// anything speaks against it, none is owed.
import type { InboundMessage } from './channel.ts'
import { DAY, HOUR } from './clock.ts'
import type { Identity } from './contact.ts'
import type { Conversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { getMessage, type Message } from './message.ts'
import { put } from './outbox.ts'
import { findOpenWindow, findWindow } from './window-record.ts'

/** `on`: only to senders that are verified; `unverified`: to those too of whom nothing is known, never to forged ones. */
export type Acknowledging = 'on' | 'unverified'

/** After that it says the obvious too late, as when we were down. */
const LATE_MS = HOUR
/** RFC 5230 section 4.2 */
const AGAIN_MS = 7 * DAY

/** What an acknowledgement is about, as its effect carries it. */
export interface Owed {
  windowId: string
  /** The customer's message. */
  messageId: string
  identityId: string
}

/** Call it where the message was taken in and its window reconciled. Puts nothing unless one is owed. */
export async function putAcknowledgement(
  trx: Trx,
  { conversation, identity, message }: { conversation: Conversation; identity: Identity; message: Message },
  event: InboundMessage,
  acknowledging: Acknowledging,
): Promise<void> {
  if (!isWelcome(event, acknowledging) || isLate(message, trx.now())) return
  const window = await findOpenWindow(trx, conversation.id)
  // Nobody watches a window that an import brought.
  if (!window || window.watched_at === null || (await wasAcknowledged(trx, identity.id, trx.now()))) return
  const owed: Owed = { windowId: window.id, messageId: message.id, identityId: identity.id }
  await put(trx, {
    kind: 'acknowledgement',
    conversationId: conversation.id,
    payload: { ...owed },
    rateKey: `send:${conversation.channel}`,
    dedupe: `ack:${window.id}`,
    dueAt: trx.now(),
  })
}

function isWelcome(event: InboundMessage, acknowledging: Acknowledging): boolean {
  if (event.automated !== undefined || event.imported || !event.acknowledgeable) return false
  return event.sender === 'pass' || (event.sender === 'none' && acknowledging === 'unverified')
}

function isLate(message: Message, now: number): boolean {
  return now - message.arrived_at > LATE_MS
}

async function wasAcknowledged(db: Reader, identityId: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('acknowledgement')
    .select('at')
    .where('identity_id', '=', identityId)
    .where('at', '>', now - AGAIN_MS)
    .executeTakeFirst()
  return row !== undefined
}

/** The sender's only one in seven days. False when they had it already: the row decides, whoever else tries. */
export async function reserveAcknowledgement(trx: Trx, identityId: string): Promise<boolean> {
  const at = trx.now()
  const row = await trx
    .insertInto('acknowledgement')
    .values({ identity_id: identityId, at })
    .onConflict((oc) =>
      oc
        .column('identity_id')
        .doUpdateSet({ at })
        .where('acknowledgement.at', '<=', at - AGAIN_MS),
    )
    .returning('identity_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Why it is not to be sent any more, in a few words; undefined while it is still true. Asked again right before it leaves. */
export async function whyWithheld(db: Reader, owed: Owed, now: number): Promise<string | undefined> {
  const window = await findWindow(db, owed.windowId)
  const message = await getMessage(db, owed.messageId)
  if (window?.ended_at !== null || window.conversation_id !== message.conversation_id) return 'answered meanwhile'
  if (await isBeingAnswered(db, message)) return 'a reply is on its way'
  if (isLate(message, now)) return 'too late to say so'
  // Nobody is told to expect by then what is late already.
  return window.due_at <= now ? 'the answer is late already' : undefined
}

async function isBeingAnswered(db: Reader, { conversation_id, seq }: Message): Promise<boolean> {
  const reply = await db
    .selectFrom('message')
    .select('id')
    .where('conversation_id', '=', conversation_id)
    .where('direction', '=', 'outbound')
    .where('automated', 'is', null)
    .where('answers_up_to', '>=', seq)
    .where('delivery', 'in', ['queued', 'sending', 'deferred', 'uncertain'])
    .limit(1)
    .executeTakeFirst()
  return reply !== undefined
}
