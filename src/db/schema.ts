// The tables as the code sees them. Instants are epoch milliseconds UTC; ids are time-ordered text; JSON is text.
import type { Generated } from 'kysely'

export interface Schema {
  intake: IntakeTable
  blob: { id: string; bytes: number; created_at: number }
  blob_chunk: { blob_id: string; n: number; data: Uint8Array }
  channel_cursor: { channel: string; key: string; value: string; updated_at: number }
  contact: {
    id: string
    name: string | null
    created_at: number
    /** The contact after whom the person is named that this one is; null while they are known here alone. */
    person_id: string | null
  }
  contact_detail: ContactDetailTable
  contact_link: ContactLinkTable
  consultation: ConsultationTable
  consultation_key: { channel_kind: string; key: string; consultation_id: string; message_id: string }
  consultation_draft: {
    /** The id the message will have. */
    id: string
    consultation_id: string
    agent_id: string
    markdown: string
    created_at: number
    sent_at: number | null
  }
  link_code: {
    code: string
    contact_id: string
    conversation_id: string
    agent_id: string
    made_at: number
    /** The message that brought it back. */
    used_by: string | null
  }
  identity: {
    id: string
    contact_id: string
    channel_kind: string
    address: string
    name: string | null
    created_at: number
  }
  agent: {
    id: string
    name: string
    email: string | null
    desk: string
    joined_at: number
    left_at: number | null
    /** Until when they said they are away. */
    away_until: number | null
    /** Who stands in for them until then. */
    stand_in: Generated<string | null>
    /** When a conversation was last given to them because it was their turn. */
    dealt_at: Generated<number | null>
  }
  conversation: ConversationTable
  /** A word by which agents of a desk tell its conversations from others. */
  tag: { id: string; desk: string; name: string }
  conversation_tag: { conversation_id: string; tag_id: string }
  conversation_key: { channel_kind: string; key: string; conversation_id: string; message_id: string | null }
  participant: { conversation_id: string; address: string; name: string | null }
  message: MessageTable
  message_source: { message_id: string; intake_id: string; channel: string; seen_at: number }
  attachment: {
    id: string
    message_id: string
    name: string
    type: string
    bytes: number
    blob_id: string
    ref: string
    /** By which the message's body shows it in its place. */
    content_id: string | null
    /** Null where its bytes lie in the raw event; otherwise how far fetching them is. */
    fetch: 'due' | 'done' | 'failed' | null
    /** The bytes themselves, once they are fetched. */
    fetched_blob_id: string | null
    fetch_error: string | null
    /** Since when the message does not have it any more. */
    removed_at: number | null
  }
  message_version: VersionTable
  /** The last message of this author there; whoever takes in another one holds the row. */
  writing_place: { channel_kind: string; key: string; author: string; message_id: string | null; taken_at: number }
  correction: CorrectionTable
  draft: DraftTable
  kept_draft: KeptDraftTable
  /** Who has a composer open. Without a sign of them it ends by itself. */
  writing: { conversation_id: string; agent_id: string; since: number; until: number }
  scheduled_reply: ScheduledReplyTable
  part: PartTable
  recipient: { message_id: string; address: string; state: RecipientState; reason: string | null }
  response_window: ResponseWindowTable
  ping: PingTable
  notice: NoticeTable
  follow_up: FollowUpTable
  /** Where one is spoken of in Slack, so that it can be brought up to date there. */
  follow_up_post: { follow_up_id: string; channel: string; ts: string }
  policy_version: { policy: string; version: string; definition: string; first_used_at: number }
  incident: {
    name: string
    /** The instance that found it. */
    owner: string
    since: number
    /** Since when an instance is about to tell somebody. */
    claimed_at: number | null
    told_at: number | null
  }
  desk_channel: DeskChannelTable
  /** When a sender last got an acknowledgement. */
  acknowledgement: { identity_id: string; at: number }
  /** The last hour of what nobody wrote. */
  automated_send: { id: string; identity_id: string; at: number }
  fuse: { name: string; blown_at: number | null }
  fact: {
    id: string
    at: number
    kind: string
    conversation_id: string | null
    message_id: string | null
    actor: string | null
    data: string
  }
  outbox: OutboxTable
  awaited_answer: { channel_kind: string; key: string; intake_id: string; since: number }
  /** A file of a message in its thread. `what`: the id of an attachment, or `original`, or `text`. */
  desk_file: {
    message_id: string
    what: string
    /** As Slack calls it, from when its bytes are there and nobody sees it yet. */
    file_id: string | null
    shared_at: number | null
    /** What keeps it from being brought. */
    error: string | null
  }
  /** Each thread in which it stands, also where its message is not any more. */
  desk_file_place: {
    message_id: string
    what: string
    conversation_id: string
    channel: string
    file_id: string | null
    shared_at: number
  }
  desk_post: { channel: string; ts: string; conversation_id: string; message_id: string | null }
  /** What a letter, or a text that letters share, has said. `author`: null where its file was changed. */
  letter_version: { id: string; letter: string; n: number; author: string | null; at: number; text: string }
  letter_retired: { letter: string; by: string; at: number }
  instance: { id: string; beat: number; started_at: number }
  lease: { name: string; owner: string; term: number }
  setting: { key: string; value: string }
  /** What has changed since it was taken into the search index. */
  search_owed: { message_id: string; times: Generated<number> }
  /** `place` sorts by arrival. The words themselves only `db/search.ts` knows. */
  search_entry: { message_id: string; place: number }
  /** Who has opened their home tab, and what they chose to see there. */
  home: HomeTable
}

export interface HomeTable {
  person: string
  filter: string
  /** Where their page begins, as JSON; null for the first one. */
  after: string | null
  opened_at: number
  /** A digest of what they see, so that the same is not published twice. */
  shown: string | null
}

export type IntakeState = 'kept' | 'parsing' | 'received' | 'quarantined'

export interface IntakeTable {
  id: string
  channel: string
  /** The adapter's own key of the raw event; unique within the channel. */
  key: string
  blob_id: string
  meta: string
  arrived_at: number
  kept_at: number
  state: Generated<IntakeState>
  attempts: Generated<number>
  claim: Generated<number>
  owner: string | null
  due_at: number
  error: string | null
}

export type ConversationState = 'new' | 'open' | 'waiting-customer' | 'snoozed' | 'closed'

export interface ConversationTable {
  id: string
  identity_id: string
  channel: string
  desk: string
  subject: string | null
  state: ConversationState
  owner_id: string | null
  token: string
  seq_last: number
  priority: 'high' | 'low' | null
  /** Possibly the same matter: set when someone who is no participant carried its key. */
  related_to: string | null
  opened_at: number
  /** Hidden from the lists until then; its window runs on. */
  snoozed_until: number | null
  /** Where its messages went, when it was joined to another. */
  merged_into: string | null
  /** Since when an agent has said that it is spam. */
  spam_at: number | null
  /** The root message in the desk channel, once it is posted. */
  card_channel: string | null
  card_ts: string | null
  /** What the person's other cards have been told of it; see desk/story-told.ts. */
  story_told: Generated<string | null>
}

export type Direction = 'inbound' | 'outbound' | 'note'
/** What became of an outbound message; null for the other directions. */
export type Delivery =
  | 'queued'
  | 'sending'
  | 'accepted'
  | 'deferred'
  | 'rejected'
  | 'uncertain'
  | 'parked'
  | 'undone'
  | 'bounced'
  | 'partly-delivered'

/** `deferred`: their server took it and goes on trying. */
export type RecipientState = 'accepted' | 'rejected' | 'deferred' | 'bounced'

export interface MessageTable {
  id: string
  conversation_id: string
  seq: number
  direction: Direction
  channel_kind: string
  external_id: string
  author: string
  subject: string | null
  text: string
  markdown: string
  /** What is new in it, for display only; null when that is all of it. */
  unquoted: string | null
  /** The subject without what mailers put before it. */
  topic: string | null
  /** Whom it names besides its author and us. */
  others: string | null
  arrived_at: number
  created_at: number
  automated: string | null
  sender: string | null
  reply_handle: string | null
  warnings: string
  blob_id: string | null
  /** Set while only its envelope could be read: a later try may still read the rest. */
  salvaged_at: number | null
  delivery: Delivery | null
  answers_up_to: number | null
  template: string | null
  /** When it was last made to say something else. */
  edited_at: number | null
  /** When it was taken back; what it said stays. */
  deleted_at: number | null
  /** By somebody else than the customer, whom others can read too. */
  bystander: 'member' | 'helper' | null
  /** When it came from somebody who was blocked, while it is kept from the desk. */
  held_at: number | null
}

/** The first is what was said at first. Only the newest by the platform's time stands in the message. */
export interface VersionTable {
  message_id: string
  n: number
  kind: 'original' | 'edit' | 'deletion' | 'correction' | 'retraction'
  channel_kind: string
  external_id: string
  /** Its place in the conversation's order: an agent may not have seen it. */
  seq: number
  /** The agent, for a reply that was put right. */
  author: string | null
  text: string
  markdown: string
  at: number
}

export type DetailKind = 'tier' | 'language' | 'called_by' | 'note' | 'blocked'

/** What an agent has said of a contact. It holds for the whole person; of several, what was said last. */
export interface ContactDetailTable {
  contact_id: string
  kind: DetailKind
  /** Newer ones are greater. */
  id: string
  /** Null once it was taken back. */
  value: string | null
  set_at: number
  set_by: string
}

/** Somebody outside is asked about a customer's matter: one exchange with one address. */
export interface ConsultationTable {
  id: string
  conversation_id: string
  channel: string
  address: string
  /** Of its own, so that no answer to it is taken for the customer's. */
  token: string
  begun_by: string
  begun_at: number
}

/** Somebody, or a code, says that several contacts are one person. */
export interface ContactLinkTable {
  id: string
  /** The contacts that were somebody else before. */
  moved: string
  from_person: string
  to_person: string
  how: 'agent' | 'code'
  /** Who said so, or asked for the code. */
  agent_id: string
  message_id: string | null
  conversation_id: string
  at: number
  undone_at: number | null
  undone_by: string | null
}

export interface CorrectionTable {
  /** The id under which its parts are kept. */
  id: string
  message_id: string
  kind: 'revise' | 'retract'
  agent_id: string
  markdown: string
  /** How many versions the agent knew of. */
  seen_versions: number
  state: 'draft' | 'queued' | 'deferred' | 'accepted' | 'rejected'
  error: string | null
  created_at: number
  ended_at: number | null
}

export interface DraftTable {
  /** The id the message will have, so that what was previewed already carries it. */
  id: string
  conversation_id: string
  identity_id: string
  agent_id: string
  answers_up_to: number
  /** The newest message of any kind the agent had before them. */
  seen_seq: number
  markdown: string
  template: string | null
  /** What became of the letter it began with. */
  letter_use: 'unedited' | 'answered' | 'edited' | null
  created_at: number
  sent_at: number | null
  /** The note in the thread it was made from. */
  note_id: string | null
  /** The form it was written in, by the name we gave it. */
  composer: string | null
  /** Its words without the marks, by which it is found. */
  plain: string | null
  /** What follows once it is accepted. */
  then_do: 'close' | 'snooze' | null
  then_until: number | null
  /** Where it goes to another address of the same person; null for the conversation's own. */
  channel: string | null
}

/** What an agent had written when they closed the form; nobody else ever sees it. */
export interface KeptDraftTable {
  agent_id: string
  conversation_id: string
  composer: string
  markdown: string
  letter: string | null
  /** The letter's fingerprint as it was put in. */
  inserted: string | null
  /** JSON: by the name of what the letter asks. */
  answers: string
  /** JSON: the values that were ticked of those who may get a copy; null where there were none to tick. */
  ticked: string | null
  note_id: string | null
  kept_at: number
}

/** A preview that was sent for later. */
export interface ScheduledReplyTable {
  draft_id: string
  conversation_id: string
  agent_id: string
  send_at: number
  state: 'waiting' | 'sent' | 'stopped' | 'cancelled'
  /** Why it was stopped. */
  because: 'customer' | 'colleague' | 'not-allowed' | 'moved' | 'joined' | null
  /** Where the thread says so. */
  post_channel: string | null
  post_ts: string | null
}

export interface PartTable {
  message_id: string
  n: number
  body: Uint8Array
  preview: string
  subject: string | null
  recipients: string
  /** The names and sizes of the files in it. */
  attachments: string | null
  keys: string
  external_id: string | null
  accepted_at: number | null
}

export interface ResponseWindowTable {
  id: string
  conversation_id: string
  /** The conversation's, with which it goes to another: one desk's queue is read off one index, however many wait elsewhere. */
  desk: string
  started_by: string
  started_at: number
  label: 'first' | 'next'
  policy: string
  policy_version: string
  due_at: number
  /** Until when the customer hopes for the first answer; nothing is broken after it. */
  soft_due_at: number | null
  /** Since when the ladder watches it; null while nobody is to be pinged about it, as with imported mail. */
  watched_at: number | null
  ended_at: number | null
  ended_as: 'answered' | 'waived' | null
  answered_by: string | null
}

/** A step of a window's ladder: it fires once, ever. */
export interface PingTable {
  window_id: string
  step: string
  fired_at: number
  acknowledged_at: number | null
  acknowledged_by: string | null
}

/** Somebody has to hear of a step. Told once; not at all while the window is ended. */
export interface NoticeTable {
  id: string
  window_id: string
  step: string
  conversation_id: string
  desk: string
  /** A Slack user or channel id. */
  to: string
  /** The addressee who could not be reached, and why they were not. */
  instead_of: string | null
  because: string | null
  /** The end of the quiet hours it was owed in; null when it may be told at once. */
  quiet_until: number | null
  owed_at: number
  /** The post that tells it, bound before its first byte leaves. */
  effect_id: string | null
  told_at: number | null
  /** Nobody could be told this way. */
  failed_at: number | null
  /** Where the post stands in Slack. */
  post_channel: string | null
  post_ts: string | null
}

/** What was promised to a customer, or what somebody wants to be reminded of. Broken is a promise that is open past its time. */
export interface FollowUpTable {
  id: string
  conversation_id: string
  kind: 'promise' | 'reminder'
  text: string
  /** Who said so. */
  by: string
  /** Whom it is for; null is whoever has the conversation. */
  for: string | null
  due_at: number
  /** Since when that is its time. */
  set_at: number
  made_at: number
  /** When its person was told that it will be due, and that it is. */
  soon_at: number | null
  rung_at: number | null
  ended_at: number | null
  ended_as: 'kept' | 'dropped' | null
  ended_by: string | null
}

export type EffectState = 'queued' | 'sending' | 'uncertain' | 'accepted' | 'rejected' | 'parked' | 'undone'

export interface OutboxTable {
  id: string
  kind: string
  /** Rows of one lane run in order; null runs whenever it is due. */
  lane: string | null
  /** Place in the lane: the first due time, which a postponement does not move. */
  lane_at: number
  rate_key: string
  conversation_id: string | null
  payload: string
  /** At most one queued row has it: the newest state wins. */
  coalesce_key: string | null
  /** At most one row ever has it. */
  dedupe: string | null
  state: Generated<EffectState>
  attempts: Generated<number>
  sends: Generated<number>
  claim: Generated<number>
  owner: string | null
  due_at: number
  created_at: number
  /** When the first byte of the first attempt may have left. */
  started_at: number | null
  finished_at: number | null
  external_ref: string | null
  error: string | null
}

export interface DeskChannelTable {
  desk: string
  /** The channel of which this tells: as the configuration had it. */
  configured: string
  /** Under which id Slack has it now. */
  channel: string
  /** Why nothing may or can be posted there. */
  shut: string | null
  since: number
}
