// The effects that put a sent reply right at the platform, or take it back, and what became of that.
import { type Channel, SendError } from './channel.ts'
import { type Clock, HOUR } from './clock.ts'
import { type Conversation, lockConversation, refreshEntry } from './conversation.ts'
import { type Correction, listStanding } from './correction.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { getMessage, type Message } from './message.ts'
import type { Effect } from './outbox.ts'
import type { Handler, Settled } from './outbox-attempt.ts'
import { listParts } from './part.ts'
import type { Policies } from './policy.ts'
import { voidReply } from './returned.ts'
import { addVersion } from './version.ts'

export interface CorrectionOptions {
  db: Db
  clock: Pick<Clock, 'now'>
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
  policies: Policies
}

/** For the effects `revise` and `retract`. */
export function correctionHandler({ db, clock, channelOf, policies }: CorrectionOptions): Handler {
  return {
    async send(effect) {
      const { correctionId, channel } = payloadOf(effect)
      const correction = await getCorrection(db, correctionId)
      const sent = await listStanding(db, await getMessage(db, correction.message_id))
      if (sent.length === 0) return { kind: 'moot', reason: 'the reply is gone already' }
      const isLate = clock.now() - effect.startedAt >= GIVE_UP_MS
      await repeatable(correct(db, channelOf(channel), correction, sent), isLate)
      return { kind: 'accepted' }
    },
    // To say the same once more changes nothing more.
    verify: async () => ({ kind: 'repeatable' }),
    settle: (trx, effect, settled) => settle(trx, effect, settled, policies),
  }
}

function payloadOf(effect: Effect): { correctionId: string; channel: string } {
  return JSON.parse(effect.payload)
}

async function getCorrection(db: Reader, id: string): Promise<Correction> {
  return await db.selectFrom('correction').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

async function correct(
  db: Reader,
  channel: Channel,
  { id, kind }: Correction,
  sent: Parameters<NonNullable<Channel['retract']>>[0],
): Promise<void> {
  if (kind === 'retract') {
    if (!channel.retract) throw cannot('take back what was sent')
    return await channel.retract(sent)
  }
  if (!channel.revise) throw cannot('change what was sent')
  await channel.revise(sent, await listParts(db, id))
}

const cannot = (what: string) => new SendError({ kind: 'rejected' }, `Nobody can ${what} here.`)

/** Later it would surprise more than it helps; and the replies behind it wait. */
const GIVE_UP_MS = HOUR

/** Whatever it was, it may be tried again: that makes a lost answer no doubt, but one more attempt. */
async function repeatable(work: Promise<void>, isLate: boolean): Promise<void> {
  await work.catch((error: unknown) => {
    const isRejected = error instanceof SendError && error.failure.kind === 'rejected'
    if (isLate && !isRejected) {
      const said = `Given up after an hour: ${error instanceof Error ? error.message : String(error)}`
      throw new SendError({ kind: 'rejected' }, said, { cause: error })
    }
    if (error instanceof SendError && error.failure.kind !== 'uncertain') throw error
    throw new SendError({ kind: 'temporary' }, error instanceof Error ? error.message : String(error), { cause: error })
  })
}

async function settle(trx: Trx, effect: Effect, settled: Settled, policies: Policies): Promise<void> {
  const correction = await getCorrection(trx, payloadOf(effect).correctionId)
  const { conversation_id: id } = await getMessage(trx, correction.message_id)
  const conversation = await lockConversation(trx, id)
  const message = await getMessage(trx, correction.message_id)
  // Nobody has to decide about it: whoever wants it asks again, and the conversation can be moved.
  if (settled.kind === 'parked') await giveUp(trx, effect)
  await (settled.kind === 'accepted'
    ? recordDone(trx, conversation, message, correction, policies)
    : recordTrouble(trx, message, correction, settled))
  await refreshEntry(trx, conversation, message.id)
}

async function giveUp(trx: Trx, { id }: Effect): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ state: 'rejected' })
    .where('id', '=', id)
    .where('state', '=', 'parked')
    .execute()
}

async function recordDone(
  trx: Trx,
  conversation: Conversation,
  message: Message,
  { id, kind, agent_id: author, markdown }: Correction,
  policies: Policies,
): Promise<void> {
  const ended = { state: 'accepted' as const, error: null, ended_at: trx.now() }
  await trx.updateTable('correction').set(ended).where('id', '=', id).execute()
  const at = trx.now()
  const said = { external_id: `ours:${id}`, text: markdown, markdown, at, author }
  const version = await addVersion(trx, conversation, message, {
    ...said,
    kind: kind === 'revise' ? 'correction' : 'retraction',
  })
  const about = { conversationId: conversation.id, messageId: message.id, actor: author }
  const data = { version: version?.n ?? 0 }
  if (kind === 'revise') {
    const now = { text: markdown, markdown, edited_at: at }
    await trx.updateTable('message').set(now).where('id', '=', message.id).execute()
    return await appendFact(trx, { kind: 'reply-corrected', ...about, data })
  }
  await appendFact(trx, { kind: 'reply-retracted', ...about, data })
  // The platform may have told us of it before.
  if (message.deleted_at !== null) return
  await trx.updateTable('message').set({ deleted_at: at }).where('id', '=', message.id).execute()
  await voidReply(trx, conversation, message.id, policies)
}

async function recordTrouble(
  trx: Trx,
  { id: messageId, conversation_id: conversationId }: Message,
  { id, kind, agent_id: actor }: Correction,
  settled: Exclude<Settled, { kind: 'accepted' }>,
): Promise<void> {
  const isOver = settled.kind !== 'postponed' && settled.kind !== 'uncertain'
  const error = settled.kind === 'moot' ? settled.reason : settled.error
  const state = isOver ? 'rejected' : 'deferred'
  const ended_at = isOver ? trx.now() : null
  await trx.updateTable('correction').set({ state, error, ended_at }).where('id', '=', id).execute()
  const about = { conversationId, messageId, actor }
  if (isOver) await appendFact(trx, { kind: 'correction-rejected', ...about, data: { correction: id, kind } })
}
