// What belongs to a conversation besides its messages, when it becomes part of another one, or its own again.
//
// Joined, and parted again: promises and reminders go along and come back, and so do tags and priority (label.ts), participants
// (participant.ts) and keys (carry.ts). Drafts are in both until they are parted. A reply for later is stopped in both: its author
// wrote it for what was one matter then. An exchange with somebody outside stays as it is, and its answers come where the messages
// are (consultation.ts). Whoever writes is asked again when they send. A snooze is over.
// Split: what was promised, drafted, asked and scheduled stays with what stays. Tags, priority and participants are in both.
// Previews, codes, facts and posts in Slack stay where they were made.
import type { Conversation } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { moveFollowUps, returnFollowUps } from './follow-up-move.ts'
import { copyKeptDrafts, partKeptDrafts } from './kept-draft.ts'
import { joinLabels, partLabels } from './label.ts'
import { copyParticipants, removeGuests } from './participant.ts'
import { stopScheduled } from './scheduled-stop.ts'

/** Call it before the messages go. */
export async function joinBelongings(trx: Trx, from: Conversation, into: Conversation, by: string): Promise<void> {
  await copyParticipants(trx, from.id, into.id)
  await joinLabels(trx, from, into, by)
  await moveFollowUps(trx, from.id, into.id, by)
  for (const { id } of [from, into]) await stopScheduled(trx, id, 'joined')
  await copyKeptDrafts(trx, from.id, into.id)
  await trx.deleteFrom('writing').where('conversation_id', '=', from.id).execute()
}

/** `from` is its own again. Call it once the messages are back. */
export async function partBelongings(trx: Trx, from: Conversation, into: Conversation, by: string): Promise<void> {
  await removeGuests(trx, from.id, into)
  await partLabels(trx, from, into, by)
  await returnFollowUps(trx, from.id, into.id, by)
  await stopScheduled(trx, into.id, 'joined')
  await partKeptDrafts(trx, from.id, into.id)
}
