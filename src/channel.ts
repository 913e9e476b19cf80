// The contract between the core and every channel adapter. The core knows nothing of mail, Discord or Slack but this.

/** Opaque to the core, made and read only in the adapter's folder. The same platform message always has the same one. */
export type ExternalId = string & { readonly brand: 'ExternalId' }
/** Opaque to the core: something a later message may carry that leads it back to its conversation. */
export type ConversationKey = string & { readonly brand: 'ConversationKey' }

export interface Channel {
  /** `email:support`, `discord`, `slack:acme`; what stands before the colon is the kind. */
  readonly name: string
  readonly limits: ChannelLimits
  /** Resolves once connected; reconnects by itself afterwards. */
  start(intake: Intake): Promise<void>
  /** Pure and bounded. Throws `ParseError`; nothing it is given may crash or stall the program. */
  parse(raw: RawEvent): Promise<InboundEvent[]>
  /** What can still be said of a raw event that `parse` gave up on. Never throws, reads a bounded prefix. */
  salvage(raw: RawEvent): InboundMessage
  /** What will leave, exactly: frozen bytes or payloads, for the preview and for every retry. */
  render(message: OutboundMessage): Promise<Part[]>
  /** One attempt, skipping the parts already accepted. Throws `SendError`. Works without `start`. */
  send(parts: Part[], progress: Progress): Promise<Sent>
  /** After an uncertain send: was it there? `unknown` where the platform cannot be asked. Throws `SendError` if asking failed. */
  reconcile(parts: Part[], progress: Progress): Promise<Sent | 'absent' | 'unknown'>
  fetchAttachment(ref: AttachmentRef): AsyncIterable<Uint8Array>
  /** Puts these parts in the place of a sent reply's, where the platform can. Throws `SendError`; again changes nothing more. */
  revise?(sent: readonly ExternalId[], parts: Part[]): Promise<void>
  /** Takes a sent reply back, where the platform can. Throws `SendError`; what is gone already is no failure. */
  retract?(sent: readonly ExternalId[]): Promise<void>
  /** Where attachments lie in the kept raw event: the bytes of one. Throws `ParseError`. */
  readAttachment?(raw: Uint8Array, ref: AttachmentRef): Promise<Uint8Array>
  /** What the beginning of a kept raw event says of it, for people to read. Bounded; never throws. */
  readHead?(start: Uint8Array): HeadLine[]
  health(): ChannelHealth
  /** No `keep` begins after this resolves. */
  stop(): Promise<void>
}

/** A line of an original's head: `From`, `Subject`, and what stands behind it, decoded. */
export interface HeadLine {
  name: string
  value: string
}

export interface ChannelLimits {
  /** Characters of one part's text. */
  textMax: number
  attachmentBytesMax: number
  /** What protects a retry from a second copy: the platform itself, a look-up by us, or nothing but identical bytes. */
  idempotency: 'native' | 'lookup' | 'none'
}

export interface Intake {
  /** Resolves when durable: only then may the adapter acknowledge. The cursor moves in the same transaction. */
  keep(raws: RawEvent[], cursor?: { key: string; value: string }): Promise<void>
  readCursor(key: string): Promise<string | undefined>
}

export interface RawEvent {
  /** Unique within the channel; a second keep of the same key changes nothing. */
  key: string
  /** Platform or server time, epoch milliseconds; never the sender's own claim. */
  arrivedAt: number
  body: Uint8Array
  /** The adapter's own small notes, such as folder and uid. */
  meta?: Record<string, string>
  /** It was there before us: whatever is new goes first. */
  canWait?: true
}

export type InboundEvent = InboundMessage | InboundEdit | InboundDeletion | OwnMessage | InboundBounce

export interface Address {
  /** Normalised by the adapter: lower-case mail address, platform user id. */
  address: string
  name?: string
}

export interface InboundMessage {
  kind: 'message'
  externalId: ExternalId
  arrivedAt: number
  from: Address
  to: Address[]
  cc: Address[]
  /** Whom it names besides its sender and ourselves: who may get a copy of the answer. */
  others?: Address[]
  /** Of these, who are people: no list and no machine. */
  people?: Address[]
  subject?: string
  /** The whole body as plain text. */
  text: string
  /** The whole body as CommonMark. */
  markdown: string
  /**
   * What is new in it, as plain text, without quoted history and signature: for display only. Absent when that is all of it,
   * when nothing would be left, and when in doubt.
   */
  unquoted?: string
  /** The subject without what mailers put before it ("Re:", a list's tag), to tell a changed subject from the same one. */
  topic?: string
  /** Which conversation it belongs to, strongest evidence first. */
  evidence: Evidence[]
  /** Somebody else says that `from` wrote it, as a web form does: its evidence relates it to a conversation and no more. */
  hearsay?: true
  /** What later messages may carry to refer to this one. */
  keys: ConversationKey[]
  /** The key that no second message should have: what comes with it and says something else is flagged. */
  soleKey?: ConversationKey
  /** What `render` needs to answer this message, opaque to the core. */
  replyHandle: string
  /** From before we were asked to watch: it is shown and its window counts, but nobody is pinged about it. */
  imported?: true
  /** Why we think a machine wrote it, in a few words. Such a message is kept and shown and opens no window. */
  automated?: string
  /** Only the way it was sent speaks for a machine: the answer of somebody who takes part is a person's all the same. */
  onlyBulk?: true
  /** It passes on what somebody else wrote. Whether its sender may speak for them is for the core to say. */
  forwarded?: Forwarded
  /** What the receiving server said of the sender's identity. */
  sender: 'pass' | 'fail' | 'none'
  attachments: InboundAttachment[]
  /** Sentences for the agent, such as what could not be read. */
  warnings: string[]
  /** A machine may answer it: it was written to us by name, by somebody who is no machine and not ourselves. */
  acknowledgeable?: true
  /** If an agent has this id, one of us wrote it past the program: what they say in a customer's conversation answers it. */
  agentId?: string
  /**
   * In a conversation that others can read it is by one of them, and not by its customer: it is shown, opens no window and ends
   * none. A `helper` is known to help others.
   */
  bystander?: 'member' | 'helper'
  /** How urgent it is by where it was written, such as by a tag of a forum's post. Read of a conversation's first message. */
  priority?: 'high' | 'low'
  /** Which desk answers where it was written, if the configuration gives that place to another than the channel's own. */
  desk?: string
  /** What this person writes here without a thread within the grouping time is one conversation: the key they share. */
  group?: ConversationKey
}

/** A message says something else now. What only the platform adds, such as the preview of a link, is no edit. */
export interface InboundEdit {
  kind: 'edit'
  /** The message, as it was told first. */
  of: ExternalId
  /** Of this version of it alone: platforms tell of one edit more than once. */
  externalId: ExternalId
  /** When it was edited. */
  arrivedAt: number
  /** All of it, as it is now. */
  text: string
  markdown: string
  attachments: InboundAttachment[]
  warnings: string[]
}

/** Its author, or a moderator, has taken a message back. */
export interface InboundDeletion {
  kind: 'deletion'
  /** The message, as it was told first. */
  of: ExternalId
  externalId: ExternalId
  arrivedAt: number
}

/** Empty where it cannot be read who wrote the original. */
export interface Forwarded {
  original?: Required<
    Pick<InboundMessage, 'from' | 'subject' | 'topic' | 'text' | 'markdown' | 'replyHandle' | 'keys' | 'evidence'>
  > & {
    /** What whoever passes it on has written to it. */
    note: string
  }
}

export interface Evidence {
  /**
   * `thread`: the platform's own, whose readers all take part. `place`: where one person and we are alone, as in a direct message;
   * it leads to the newest conversation there, unless that was closed long ago.
   */
  by: 'token' | 'signed-id' | 'reference' | 'thread' | 'place'
  key: ConversationKey
}

/** Something we sent ourselves, seen again in the channel, or that one of us wrote past the program. */
export interface OwnMessage {
  kind: 'own'
  externalId: ExternalId
  arrivedAt: number
  keys: ConversationKey[]
  /** What it says, for the case that it is nothing the program sent: read as if a customer had written it. */
  said?: InboundMessage
  /** Only we can have put it where it was seen, or the server has verified that it is ours. */
  isProven?: true
}

export interface InboundBounce {
  kind: 'bounce'
  externalId: ExternalId
  arrivedAt: number
  /** The keys of the outbound message that did not arrive, strongest evidence first. */
  of: ConversationKey[]
  /** `hard`: it will not arrive. `soft`: the other side goes on trying. Hard as soon as it is so for one recipient. */
  lasting: 'hard' | 'soft'
  /** Whom it did not reach; absent or empty when nobody is named. */
  recipients?: { address: string; lasting: 'hard' | 'soft'; reason: string }[]
  /** A sentence for the agent. */
  reason: string
  /** The report itself, as a machine's message: what is kept and shown when nothing of ours answers to `of`. */
  notice?: InboundMessage
}

export interface InboundAttachment {
  name: string
  type: string
  bytes: number
  /** By which the body shows it in its place. */
  contentId?: string
  ref: AttachmentRef
}

/** Where the bytes are: a part of the kept raw event, or a link of the platform's. Opaque to the core. */
export type AttachmentRef = string

export interface OutboundMessage {
  /** Our message id. What the platform's own idempotency rests on is derived from it. */
  id: string
  /** Unguessable, one per conversation: 128 random bits in base 32. Absent where no answer is expected. */
  conversationToken?: string
  /** Empty when no person writes. */
  agentName: string
  to: Address[]
  cc: Address[]
  subject?: string
  /** CommonMark. */
  markdown: string
  at: number
  attachments?: OutboundAttachment[]
  /** The message this one answers, as `InboundMessage.replyHandle`. */
  answers?: { replyHandle: string; text: string; arrivedAt: number; from: Address }
  /**
   * No person writes it. An acknowledgement goes to its first recipient alone, under its own subject, and repeats nothing
   * of what it answers; an alarm is a notice to a lead. The platform is told, so that no other machine answers.
   */
  automated?: 'acknowledgement' | 'alarm'
}

export interface OutboundAttachment {
  name: string
  type: string
  content: Uint8Array
  /** Shown where the text says `![](cid:...)`. */
  contentId?: string
}

export interface Part {
  /** Frozen: the same bytes leave at every attempt. */
  body: Uint8Array
  /** What the customer will read, as plain text. */
  preview: string
  subject?: string
  recipients: Address[]
  /** The files in it. */
  attachments?: { name: string; bytes: number }[]
  /** By which the platform's copy, a bounce or an answer refers to this part. */
  keys: ConversationKey[]
}

export interface Progress {
  /** When the first attempt began, epoch milliseconds. */
  startedAt: number
  /** Parts the platform already has, by index. */
  accepted: ReadonlyMap<number, ExternalId>
  /** Durable when it resolves; called after each part's proof of delivery. */
  accept(index: number, externalId: ExternalId): Promise<void>
}

export interface Sent {
  externalIds: ExternalId[]
  /** A result per recipient; the conversation's own contact is always among them. */
  recipients: { address: string; accepted: boolean; reason?: string }[]
}

export interface ChannelHealth {
  ok: boolean
  lastReceivedAt?: number
  lastSentAt?: number
  /** A first start takes in what was there before. */
  importing?: { done: number; total: number }
  /** What is wrong and what to do, in a sentence. */
  problem?: string
  /** The account itself is refused: waiting mends nothing. */
  isRefused?: boolean
}

export type SendFailure =
  | { kind: 'temporary'; retryAfterMs?: number; account?: boolean; local?: boolean }
  | { kind: 'rejected' }
  | { kind: 'uncertain' }

/**
 * Why a send did not end in acceptance. `temporary`: nothing reached the customer, try again (`account` says the account
 * is at fault and not this message, so others must wait too; `local` that only this place is shut, until somebody opens it); `rejected`: never will, the message is a sentence for the
 * agent; `uncertain`: it may have arrived.
 */
export class SendError extends Error {
  readonly failure: SendFailure
  constructor(failure: SendFailure, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'SendError'
    this.failure = failure
  }
}

/** `final` is set when another try cannot help: a time or memory limit was hit. */
export class ParseError extends Error {
  readonly final: boolean
  constructor(message: string, options: { final: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'ParseError'
    this.final = options.final
  }
}

/** `email` of `email:support`. Identities and message ids are shared by all channels of one kind. */
export function channelKind(name: string): string {
  return name.split(':', 1)[0] ?? name
}
