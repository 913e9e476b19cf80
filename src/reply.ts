// An agent's reply: previewed as exactly what will leave, sent by naming that preview, taken back while there is time.

import { type Aim, choicesFor, isSamePerson } from './aim.ts'
import { findAnswered, findLastInbound } from './answered.ts'
import {
  type Address,
  type Channel,
  type OutboundAttachment,
  type OutboundMessage,
  type Part,
  SendError,
} from './channel.ts'
import { getIdentity } from './contact.ts'
import { type Conversation, getConversation, lockConversation, refreshEntry } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import { appendFact } from './fact.ts'
import { openForFirstWords } from './first-words.ts'
import { addKeys, insertOutbound, type Message } from './message.ts'
import { refreshOpenPings } from './open-ping.ts'
import { put } from './outbox.ts'
import { insertParts, listParts } from './part.ts'
import { listRecipientChoices, type RecipientChoice, type RecipientChoices } from './recipients.ts'
import { replyKey } from './reply-key.ts'
import { stopScheduled } from './scheduled-stop.ts'
import type { Sequel } from './sequel.ts'
import { listChangedSince } from './version.ts'

export interface ReplyRequest {
  conversationId: string
  agent: { id: string; name: string }
  markdown: string
  template: string | undefined
  /** What became of that letter. */
  letterUse?: 'unedited' | 'answered' | 'edited'
  /** Who gets a copy, of those that `listRecipientChoices` names; without it those that are ticked there. */
  cc?: string[]
  attachments?: OutboundAttachment[]
  /** The newest seq of any kind the agent had before them when the composer opened. */
  seenSeq: number
  /** The note in the thread it was made from, by the id it was kept under. */
  noteId?: string
  /** The form it was written in. */
  composer?: string
  /** Its words without the marks; without them, its Markdown stands for them. */
  plain?: string
  /** Unless it goes where the conversation's customer asked. */
  aim?: Aim
}

/** What the agent is shown, and what Send names. Its id is the id the message will have. */
export interface Preview {
  draftId: string
  channel: string
  to: { address: string; name: string | undefined }
  /** Everybody it leaves for. */
  recipients: (Address & Pick<RecipientChoice, 'mark'>)[]
  parts: Part[]
}

/**
 * Renders the reply once, through the channel itself, and keeps it. `choices` are the recipients the agent chose from. Throws what
 * `render` throws, and `SendError`.
 */
export async function preview(
  db: Db,
  channel: Channel,
  request: ReplyRequest,
  tools: { id: string; now: number; choices?: RecipientChoices },
): Promise<Preview> {
  const own = await getConversation(db, request.conversationId)
  const { aim } = request
  const identity = await getIdentity(db, aim?.identityId ?? own.identity_id)
  const conversation = { ...own, channel: aim?.channel ?? own.channel, subject: own.subject ?? aim?.subject ?? null }
  const answered = await findAnswered(db, conversation)
  const newest = await findLastInbound(db, conversation.id)
  const choices = tools.choices ?? (aim ? choicesFor(identity) : await listRecipientChoices(db, conversation.id))
  const outbound: OutboundMessage = {
    id: tools.id,
    conversationToken: conversation.token,
    agentName: request.agent.name,
    to: [{ address: identity.address, ...(identity.name !== undefined && { name: identity.name }) }],
    cc: copiesOf(choices, request.cc),
    ...(conversation.subject !== null && { subject: answered?.subject ?? conversation.subject }),
    markdown: request.markdown,
    at: tools.now,
    ...(request.attachments && { attachments: request.attachments }),
    ...(answered && { answers: answeredBy(answered, choices) }),
  }
  const parts = await channel.render(outbound)
  await db.transaction((trx) => keepDraft(trx, conversation, request, newest, tools.id, parts))
  return {
    draftId: tools.id,
    channel: conversation.channel,
    to: { address: identity.address, name: identity.name },
    recipients: markedIn(parts, choices),
    parts,
  }
}

/** Nobody but those the answered message names: what was ticked before a newer one came may not be what is answered now. */
function copiesOf({ to, cc }: RecipientChoices, chosen: readonly string[] | undefined): Address[] {
  if (!chosen) return cc.filter(({ ticked }) => ticked).map(addressOf)
  return chosen
    .filter((address) => address !== to.address)
    .map((address) => {
      const choice = cc.find((each) => each.address === address)
      if (choice) return addressOf(choice)
      const said = `${address} is not on the message that is answered. Open Reply again and choose who gets a copy.`
      throw new SendError({ kind: 'rejected' }, said)
    })
}

function addressOf({ address, name }: RecipientChoice): Address {
  return { address, ...(name !== undefined && { name }) }
}

function markedIn(parts: readonly Part[], { to, cc }: RecipientChoices): Preview['recipients'] {
  const markOf = (address: string) => [to, ...cc].find((choice) => choice.address === address)?.mark ?? 'new'
  return (parts[0]?.recipients ?? []).map((recipient) => ({ ...recipient, mark: markOf(recipient.address) }))
}

function answeredBy(answered: Message, { to, cc }: RecipientChoices): NonNullable<OutboundMessage['answers']> {
  const author = [to, ...cc].find(({ address }) => address === answered.author)
  return {
    replyHandle: answered.reply_handle ?? '',
    text: answered.unquoted ?? answered.text, // What it answers in its turn they have already.
    arrivedAt: answered.arrived_at,
    from: author ? addressOf(author) : { address: answered.author },
  }
}

async function keepDraft(
  trx: Trx,
  conversation: Conversation,
  request: ReplyRequest,
  newest: Message | undefined,
  id: string,
  parts: Part[],
): Promise<void> {
  await trx
    .insertInto('draft')
    .values({
      id,
      conversation_id: conversation.id,
      identity_id: request.aim?.identityId ?? conversation.identity_id,
      agent_id: request.agent.id,
      answers_up_to: Math.min(newest?.seq ?? 0, request.seenSeq),
      seen_seq: request.seenSeq,
      markdown: request.markdown,
      template: request.template ?? null,
      letter_use: request.letterUse ?? null,
      created_at: trx.now(),
      sent_at: null,
      note_id: request.noteId ?? null,
      ...{ composer: request.composer ?? null, plain: request.plain ?? null, then_do: null, then_until: null },
      channel: request.aim?.channel ?? null,
    })
    .execute()
  await insertParts(trx, id, parts)
}

export type SendResult =
  | { kind: 'queued'; messageId: string; dueAt: number }
  /** A second click: the first one counts. */
  | { kind: 'sent-before'; messageId: string }
  /** Something happened since the composer opened; show it and ask again. */
  | { kind: 'stale'; news: Message[]; seenSeq: number }
  /** The conversation now belongs to somebody else than the preview showed. */
  | { kind: 'redirected' }
  | { kind: 'refused'; reason: string }

export interface Sender {
  agentId: string
  undoMs: number
  /** The newest seq the agent has confirmed to have seen. */
  confirmedSeq?: number
  /** What is done once it is accepted; without it, what was chosen before. */
  after?: Sequel | undefined
}

/** Commit, then ack. */
export async function send(trx: Trx, draftId: string, sender: Sender): Promise<SendResult> {
  const ready = await readSendable(trx, draftId, sender)
  if (ready.kind !== 'ready') return ready
  const sent = { sent_at: trx.now(), ...afterOf(sender) }
  await trx.updateTable('draft').set(sent).where('id', '=', draftId).execute()
  return await queue(trx, ready.conversation, draftId, sender)
}

/** Whether this preview may leave as it stands. Locks it and its conversation. */
export async function readSendable(
  trx: Trx,
  draftId: string,
  sender: Pick<Sender, 'agentId' | 'confirmedSeq'>,
): Promise<{ kind: 'ready'; conversation: Conversation; seenSeq: number } | Exclude<SendResult, { kind: 'queued' }>> {
  const draft = await trx.selectFrom('draft').selectAll().where('id', '=', draftId).forUpdate().executeTakeFirst()
  if (!draft) return { kind: 'refused', reason: 'This preview is gone. Open Reply again; nothing was sent.' }
  if (draft.agent_id !== sender.agentId)
    return { kind: 'refused', reason: 'This is the draft of a colleague. Nothing was sent.' }
  if (draft.sent_at !== null) return { kind: 'sent-before', messageId: draft.id }
  const conversation = await lockConversation(trx, draft.conversation_id)
  if (conversation.merged_into !== null) return { kind: 'refused', reason: JOINED }
  const isStillTheirs =
    draft.channel === null
      ? conversation.identity_id === draft.identity_id
      : await isSamePerson(trx, conversation.identity_id, draft.identity_id)
  if (!isStillTheirs) return { kind: 'redirected' }
  const seenSeq = Math.max(draft.seen_seq, sender.confirmedSeq ?? 0)
  const news = [
    ...(await listNews(trx, conversation.id, seenSeq, sender.agentId)),
    ...(await listChangedSince(trx, conversation.id, { seq: seenSeq, exceptBy: sender.agentId, max: NEWS_MAX })),
  ]
  if (news.length > 0) return { kind: 'stale', news, seenSeq: conversation.seq_last }
  return { kind: 'ready', conversation, seenSeq }
}

/** To leave from where nothing is said any more, it would end nobody's waiting. */
export const JOINED =
  'Not sent: this was joined to another conversation meanwhile. Your text is kept there as a draft: press Reply on its card.'

export function afterOf({ after }: Pick<Sender, 'after'>) {
  if (!after) return {}
  return { then_do: after.kind, then_until: after.kind === 'snooze' ? after.until : null }
}

const NEWS_MAX = 20

/** What the agent has not seen: a customer's message, or a reply by somebody else. No machine's: it answers nothing. */
async function listNews(db: Reader, conversationId: string, seenSeq: number, agentId: string): Promise<Message[]> {
  return await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('seq', '>', seenSeq)
    .where('held_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('direction', '=', 'inbound'),
        eb.and([eb('direction', '=', 'outbound'), eb('author', '<>', agentId), eb('automated', 'is', null)]),
      ]),
    )
    .orderBy('seq')
    .limit(NEWS_MAX)
    .execute()
}

async function queue(
  trx: Trx,
  locked: Conversation,
  id: string,
  { agentId, undoMs }: { agentId: string; undoMs: number },
): Promise<SendResult> {
  const draft = await trx.selectFrom('draft').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const conversation = await openForFirstWords(trx, locked, agentId)
  const channel = draft.channel ?? conversation.channel
  const parts = await listParts(trx, id)
  const message = await insertOutbound(trx, conversation, {
    id,
    agentId,
    subject: parts[0]?.subject ?? null,
    markdown: draft.markdown,
    text: draft.plain ?? draft.markdown,
    answersUpTo: draft.answers_up_to,
    template: draft.template,
    channel,
  })
  for (const part of parts) await addKeys(trx, { ...conversation, channel }, id, part.keys)
  const dueAt = trx.now() + undoMs
  await put(trx, {
    kind: 'reply',
    conversationId: conversation.id,
    payload: { messageId: id, channel },
    rateKey: `send:${channel}`,
    lane: `reply:${conversation.id}`,
    dedupe: replyKey(id),
    dueAt,
  })
  const data = { seq: message.seq, answersUpTo: draft.answers_up_to, dueAt }
  await appendFact(trx, { kind: 'reply-queued', conversationId: conversation.id, messageId: id, actor: agentId, data })
  if (draft.template !== null && draft.letter_use !== null) {
    const data = { letter: draft.template, use: draft.letter_use }
    await appendFact(trx, { kind: 'letter-sent', conversationId: conversation.id, messageId: id, actor: agentId, data })
  }
  await stopScheduled(trx, conversation.id, 'colleague', agentId)
  await becomeOwner(trx, conversation, agentId)
  await refreshEntry(trx, conversation, id)
  return { kind: 'queued', messageId: id, dueAt }
}

/** Whoever answers first has it. */
export async function becomeOwner(trx: Trx, { id, owner_id }: Conversation, agentId: string): Promise<void> {
  if (owner_id !== null) return
  await trx.updateTable('conversation').set({ owner_id: agentId }).where('id', '=', id).execute()
  await refreshOpenPings(trx, id)
}
