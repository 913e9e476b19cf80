// The effect that hands a reply to its channel, part by part, and records what became of it.
import { type Channel, type ExternalId, type Progress, SendError, type Sent } from './channel.ts'
import { recordAsked, recordFailed } from './consultation-mail.ts'
import { getConversation, lockConversation, refreshEntry, transition } from './conversation.ts'
import type { Db, Trx } from './db/open.ts'
import type { Delivery } from './db/schema.ts'
import { appendFact, type FactKind } from './fact.ts'
import { getMessage, type Message } from './message.ts'
import type { Effect } from './outbox.ts'
import type { Handler, Look, Outcome, Settled } from './outbox-attempt.ts'
import { holds } from './outbox-claim.ts'
import { listParts } from './part.ts'
import { addParticipants } from './participant.ts'
import type { Policies } from './policy.ts'
import { listRecipients, outcomeOf, readAddressees, recordSent } from './recipient.ts'
import { tellAuthor } from './returned.ts'
import { carryOut } from './sequel.ts'
import { nextEnding, reconcileWindows } from './window-record.ts'

export interface DeliveryOptions {
  db: Db
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
  policies: Policies
}

export function replyHandler(options: DeliveryOptions): Handler {
  const { db } = options
  const attemptOf = async (effect: Effect) => {
    const { messageId, channel } = JSON.parse(effect.payload) as { messageId: string; channel: string }
    const parts = await listParts(db, messageId)
    const accepted = new Map(
      parts.flatMap((part) => (part.externalId ? [[part.n, part.externalId as ExternalId]] : [])),
    )
    const progress: Progress = {
      startedAt: effect.startedAt,
      accepted,
      accept: (n, externalId) => db.transaction((trx) => acceptPart(trx, messageId, n, externalId)),
    }
    return { channel: options.channelOf(channel), parts, progress }
  }
  /** Between two parts much can happen: whoever has been taken for dead leaves the rest to those who took over. */
  const whileHeld = (effect: Effect, { parts, progress }: { parts: unknown[]; progress: Progress }): Progress => {
    let left = parts.length - progress.accepted.size
    return {
      ...progress,
      async accept(n, externalId) {
        await progress.accept(n, externalId)
        left -= 1
        if (left > 0 && !(await holds(db, effect))) throw new SendError({ kind: 'uncertain' }, 'taken over by another')
      },
    }
  }
  return {
    async send(effect) {
      const { channel, parts, progress } = await attemptOf(effect)
      return acceptedBy(await channel.send(parts, whileHeld(effect, { parts, progress })))
    },
    async verify(effect): Promise<Look> {
      const { channel, parts, progress } = await attemptOf(effect)
      const found = await channel.reconcile(parts, progress)
      return typeof found === 'string' ? { kind: found } : acceptedBy(found)
    },
    settle: (trx, effect, settled) => settle(trx, effect, settled, options),
  }
}

export function acceptedBy(sent: Sent): Outcome {
  const ref = sent.externalIds[0]
  return { kind: 'accepted', detail: sent, ...(ref !== undefined && { ref }) }
}

/** A part once accepted is never sent again, whatever becomes of the rest. */
export async function acceptPart(trx: Trx, messageId: string, n: number, externalId: ExternalId): Promise<void> {
  await trx
    .updateTable('part')
    .set({ external_id: externalId, accepted_at: trx.now() })
    .where('message_id', '=', messageId)
    .where('n', '=', n)
    .where('external_id', 'is', null)
    .execute()
}

async function settle(trx: Trx, effect: Effect, settled: Settled, { policies }: DeliveryOptions): Promise<void> {
  const { messageId } = JSON.parse(effect.payload) as { messageId: string }
  const message = await getMessage(trx, messageId)
  const conversation = await lockConversation(trx, message.conversation_id)
  if (settled.kind === 'accepted') {
    await recordAcceptance(trx, message, settled.detail as Sent, policies)
  } else await recordTrouble(trx, message, settled)
  await refreshEntry(trx, conversation, messageId)
  // Behind the entry, which says it too, but calls nobody.
  if (settled.kind === 'rejected' && message.automated === null) {
    const isVoid = message.direction !== 'note'
    await tellAuthor(trx, conversation, { messageId, addresses: [], isVoid, reason: settled.error })
  }
}

/** The window ends here: on accepted, never on clicked. */
export async function recordAcceptance(trx: Trx, message: Message, sent: Sent, policies: Policies): Promise<void> {
  if (message.direction === 'note') return await recordAsked(trx, message, sent)
  await recordSent(trx, message.id, sent.recipients)
  // Whom we wrote to may answer.
  const reached = sent.recipients.filter(({ accepted }) => accepted).map(({ address }) => ({ address }))
  await addParticipants(trx, message.conversation_id, reached)
  const { contact } = await readAddressees(trx, message.id)
  const { delivery, warnings } = outcomeOf(await listRecipients(trx, message.id), contact)
  await mark(trx, message.id, delivery, warnings)
  const nth = await nextEnding(trx, message.conversation_id)
  const data = { answersUpTo: message.answers_up_to ?? 0, at: trx.now(), nth }
  const fact = { kind: 'reply-accepted', conversationId: message.conversation_id, messageId: message.id } as const
  await appendFact(trx, { ...fact, actor: message.author, data })
  const open = await reconcileWindows(trx, message.conversation_id, policies)
  await transition(trx, await getConversation(trx, message.conversation_id), open ? 'cross' : 'answer')
  if (delivery === 'accepted' || delivery === 'partly-delivered') await carryOut(trx, message)
}

async function recordTrouble(
  trx: Trx,
  message: Message,
  settled: Exclude<Settled, { kind: 'accepted' }>,
): Promise<void> {
  const { delivery, fact } = TROUBLE[settled.kind]
  await mark(trx, message.id, delivery, [settled.kind === 'moot' ? settled.reason : settled.error])
  if (message.direction === 'note') return await recordFailed(trx, message, settled.kind)
  if (fact)
    await appendFact(trx, { kind: fact, conversationId: message.conversation_id, messageId: message.id, data: {} })
}

const TROUBLE = {
  moot: { delivery: 'undone', fact: 'reply-undone' },
  postponed: { delivery: 'deferred', fact: undefined },
  rejected: { delivery: 'rejected', fact: 'reply-rejected' },
  uncertain: { delivery: 'uncertain', fact: 'reply-uncertain' },
  parked: { delivery: 'parked', fact: 'reply-parked' },
} satisfies Record<
  Exclude<Settled['kind'], 'accepted'>,
  { delivery: Delivery; fact: Extract<FactKind, `reply-${string}`> | undefined }
>

/** A bounce can overtake the news that the mail was accepted; it has the last word. */
export async function mark(trx: Trx, messageId: string, delivery: Delivery, warnings: string[]): Promise<void> {
  await trx
    .updateTable('message')
    .set({ delivery, warnings: JSON.stringify(warnings) })
    .where('id', '=', messageId)
    .where('delivery', '<>', 'bounced')
    .execute()
}
