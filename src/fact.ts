// The append-only log of what happened. Windows and reports are computed from it; it holds ids, never content.
import type { Reader, Trx } from './db/open.ts'
import type { Because, PassedOver } from './evidence.ts'

/** What led a message to its conversation, and what it carried besides; see evidence.ts. */
export interface Led {
  by?: 'token' | 'signed-id' | 'reference' | 'thread' | 'place' | 'group'
  /** Its place among all that the message carries, from 1. */
  rank?: number
  /** It leads there, and the sender had begun this conversation beside it. */
  via?: string
  passed?: PassedOver[]
}

export type Priority = 'high' | 'low'
/** Why a conversation went to somebody by itself: their turn, their customer from before, or in place of whoever had it. */
export type Allotted = 'next' | 'returning' | 'stand-in'

/** What each kind of fact carries besides its conversation, message and actor. */
export interface FactData {
  'conversation-opened': { relatedTo?: string; relatedBy?: Led['by']; because?: Because }
  /** `imported`: from before we were asked to watch; nobody is pinged about it. `forwardedBy`: an agent. */
  'message-received': Led & {
    seq: number
    arrivedAt: number
    counts: boolean
    imported?: true
    forwardedBy?: string
    /** It is not the customer's: what the rules made of its author. */
    bystander?: 'member' | 'helper'
    /** Its author was blocked, and so it does not count. */
    blocked?: true
    /** A person has said that an edit asks something new: of which message, and which of its versions. */
    editOf?: string
    version?: number
  }
  /** `version`: its number among all that the message has said. */
  'message-edited': { version: number; at: number }
  'message-deleted': { at: number }
  /** It has come to no conversation, and nothing was made of it. */
  'message-unplaced': { externalId: string; by: 'agent' | 'member' | 'helper' }
  'attachment-fetched': { attachment: string }
  'attachment-lost': { attachment: string }
  /** A person has decided whether it counts. */
  'message-reclassified': { counts: boolean }
  /** It came from another conversation, with what had answered it there. */
  'message-joined': {
    seq: number
    arrivedAt: number
    counts: boolean
    imported?: true
    from: string
    end?: { as: 'answered' | 'waived'; at: number; nth: number; by?: string }
  }
  'message-left': { to: string }
  /** `desk`: the one that channel belongs to. */
  'message-seen-again': { channel: string; desk?: string }
  'message-read-at-last': Record<string, never>
  'own-message-seen': Record<string, never>
  'raw-quarantined': { intakeId: string }
  'conversation-taken': Record<string, never>
  /** `how`: nobody did it; see allot.ts. */
  'conversation-assigned': { from?: string; to: string; how?: Allotted }
  /** Whoever had it is not there, and nobody stands in for them. */
  'conversation-unassigned': { from: string; because: string }
  /** It was to go to whoever is next, and there is nobody. */
  'conversation-left': { because: 'nobody is there' | 'everybody is full' }
  'follow-up-made': { followUp: string; kind: 'promise' | 'reminder'; dueAt: number; for?: string }
  'follow-up-postponed': { followUp: string; dueAt: number }
  'follow-up-kept': { followUp: string }
  /** With its conversation, which was joined to this one or parted from it. */
  'follow-up-moved': { followUp: string; from: string }
  'follow-up-dropped': { followUp: string }
  /** `soon`: it will be due. */
  'follow-up-due': { followUp: string; step: 'soon' | 'due'; dueAt: number }
  'follow-up-told': { followUp: string; to: string }
  /** A promise was open at its time. */
  'promise-broken': { followUp: string; dueAt: number }
  'conversation-snoozed': { until: number }
  'conversation-woken': Record<string, never>
  'conversation-closed': Record<string, never>
  'conversation-reopened': Record<string, never>
  'conversation-merged': { into: string }
  /** The same, told of the one that goes on. */
  'conversation-joined': { from: string }
  /** `parted`: what had been joined to it is its own again. */
  'conversation-split': { into: string; parted?: true }
  'conversation-parted': { from: string }
  /** It began as a part of that one. */
  'split-off': { from: string }
  /** Without a priority it is neither high nor low. `with`: a conversation that was joined, or parted again. */
  'priority-set': { from?: Priority; to?: Priority; with?: string }
  /** Ids of tags. `with` as in `priority-set`. */
  'tags-set': { added: string[]; removed: string[]; with?: string }
  /** `nth`: the place of the ending that ended its window, where somebody waited. */
  'spam-marked': { nth?: number }
  'spam-unmarked': { nth?: number }
  /** To another desk, with all that was said. */
  'conversation-moved': { from: string; to: string; owner?: string }
  /** `contact` is the contact's id; `before`: what it was until then. */
  'tier-set': { contact: string; tier?: string; before?: string }
  'language-set': { contact: string; language?: string; before?: string }
  'note-about-contact-set': { contact: string; is: 'new' | 'changed' | 'gone' }
  'contact-blocked': { contact: string }
  /** `held`: how many messages had come meanwhile. */
  'contact-unblocked': { contact: string; held: number }
  /** `contacts`: those that were somebody else before. */
  'people-linked': { link: string; how: 'agent' | 'code'; contacts: string[]; to: string }
  'people-unlinked': { link: string }
  'agent-away': { until: number; standIn?: string }
  'agent-back': Record<string, never>
  /** An agent said how a contact is to be called. */
  'name-corrected': { contact: string }
  /** `unedited`: nobody had touched it; `answered`: no more than what it asks for. */
  'letter-sent': { letter: string; use: 'unedited' | 'answered' | 'edited' }
  /** A letter says something else from now on, or is new. `restored`: the version that it says again. */
  'letter-saved': { letter: string; version: number; restored?: number }
  'letter-retired': { letter: string }
  'letter-brought-back': { letter: string }
  'take-refused': { owner: string }
  'note-written': { seq: number }
  'note-changed': { version: number }
  'reply-queued': { seq: number; answersUpTo: number; dueAt: number }
  'reply-undone': Record<string, never>
  /** `nth`: its place among the conversation's acceptances, for the wall clock may step between two. */
  'reply-accepted': {
    answersUpTo: number
    at: number
    nth?: number
    /** Written past the program: it answers what had arrived here by then, whenever we hear of it. */
    answersUntil?: number
  }
  'reply-rejected': Record<string, never>
  /** The customer had written meanwhile. */
  'sequel-skipped': { what: 'close' | 'snooze' }
  /** `draft`: the id the message will have. */
  'reply-scheduled': { draft: string; sendAt: number }
  'reply-unscheduled': {
    draft: string
    because: 'cancelled' | 'customer' | 'colleague' | 'not-allowed' | 'moved' | 'joined'
  }
  'reply-uncertain': Record<string, never>
  'reply-parked': Record<string, never>
  /** Somebody outside was asked; `consultation` is the exchange with them. */
  'consultation-queued': { consultation: string; dueAt: number }
  'consultation-undone': { consultation: string }
  'consultation-accepted': { consultation: string }
  'consultation-failed': { consultation: string; as: 'rejected' | 'uncertain' | 'parked' | 'bounced' }
  'consultation-answered': { consultation: string }
  'reply-voided': { of: string }
  /** `upTo`: the newest seq it speaks of. `nth` as in `reply-accepted`. */
  'no-reply-needed': { upTo: number; reason: WaiveReason; nth: number }
  'reply-rerun': Record<string, never>
  /** `version` as in `message-edited`. */
  'correction-queued': { correction: string; kind: 'revise' | 'retract' }
  'correction-rejected': { correction: string; kind: 'revise' | 'retract' }
  'reply-corrected': { version: number }
  'reply-retracted': { version: number }
  /** A machine told the customer that their message arrived; it answers nothing and ends no window. */
  'acknowledgement-accepted': { windowId: string }
  /** Too much left at once that nobody wrote. */
  'automation-stopped': { by: 'address' | 'overall' }
  /** `is`: open, renumbered, or why nothing can be posted there. */
  'desk-channel-changed': { desk: string; is: string }
  'action-refused': { action: string; reason: string }
  'window-opened': { windowId: string; startedAt: number; dueAt: number; policy?: string; version?: string }
  /** The promise, or the calendar behind it, has changed while the window was open. */
  'window-recomputed': { windowId: string; dueAt: number; policy: string; version: string }
  /** Its first message went elsewhere, or does not count any more. */
  'window-removed': { windowId: string }
  'window-ended': { windowId: string; as: string; at: number }
  /** `passed`: a later step was due at the same moment and speaks for it. */
  'step-fired': { windowId: string; step: string; dueAt: number; passed?: true }
  'ping-owed': { windowId: string; step: string; to: string; insteadOf?: string; because?: string }
  'ping-acknowledged': { windowId: string; step: string }
  'ping-accepted': { windowId: string; step: string; to: string }
  'ping-withdrawn': { windowId: string; step: string; to: string }
  'ping-undelivered': { windowId: string; step: string; to: string }
}

/** Why a customer's message needs no answer. */
export const WAIVE_REASONS = ['thanks', 'answered-elsewhere', 'duplicate', 'spam', 'not-for-us', 'other'] as const
export type WaiveReason = (typeof WAIVE_REASONS)[number]

export const WAIVE_WORDS: Record<WaiveReason, string> = {
  thanks: 'They only say thanks',
  'answered-elsewhere': 'Answered elsewhere, such as by phone',
  duplicate: 'They asked the same before',
  spam: 'It is spam',
  'not-for-us': 'It is not for us',
  other: 'Another reason',
}

export type FactKind = keyof FactData

export interface Fact<Kind extends FactKind = FactKind> {
  kind: Kind
  conversationId?: string
  messageId?: string
  /** An agent's id, or undefined when the program itself or a customer acted. */
  actor?: string
  data: FactData[Kind]
}

export type StoredFact = { [Kind in FactKind]: Fact<Kind> & { id: string; at: number } }[FactKind]

export async function appendFact<Kind extends FactKind>(trx: Trx, fact: Fact<Kind>): Promise<void> {
  await appendFacts(trx, [fact])
}

/** In this order, in one statement. */
export async function appendFacts(trx: Trx, facts: readonly Fact[]): Promise<void> {
  const rows = facts.map((fact) => ({
    id: trx.newId('f'),
    at: trx.now(),
    kind: fact.kind,
    conversation_id: fact.conversationId ?? null,
    message_id: fact.messageId ?? null,
    actor: fact.actor ?? null,
    data: JSON.stringify(fact.data),
  }))
  if (rows.length > 0) await trx.insertInto('fact').values(rows).execute()
}

/** The conversation's facts of the given kinds, in the order they were committed. */
export async function listFacts(db: Reader, conversationId: string, kinds: readonly FactKind[]): Promise<StoredFact[]> {
  return await listFactsOf(db, [conversationId], kinds)
}

/** The same for several conversations. */
export async function listFactsOf(
  db: Reader,
  conversationIds: readonly string[],
  kinds: readonly FactKind[],
): Promise<StoredFact[]> {
  const rows = await db
    .selectFrom('fact')
    .selectAll()
    .where('conversation_id', 'in', conversationIds)
    .where('kind', 'in', kinds)
    .orderBy('id')
    .execute()
  return rows.map(
    (row) =>
      ({
        id: row.id,
        at: row.at,
        kind: row.kind,
        conversationId: row.conversation_id ?? undefined,
        messageId: row.message_id ?? undefined,
        actor: row.actor ?? undefined,
        data: JSON.parse(row.data),
      }) as StoredFact,
  )
}
