// What a refusal of Slack means for the agent whose reply it was: a sentence with what to do, not a code.
import { SendError } from '../../src/channel.ts'
import { MINUTE } from '../../src/clock.ts'
import { codeOf, troubleOf } from '../../src/slack/trouble.ts'

const SAID: Record<string, string> = {
  channel_not_found: 'the channel is gone, or Deskbell was removed from it. Write to the customer another way.',
  not_in_channel: 'Deskbell is not in the channel any more. Invite it again, then send once more.',
  is_archived: 'the channel is archived. Write to the customer another way.',
  is_inactive: 'the channel is archived. Write to the customer another way.',
  restricted_action: 'the workspace does not let apps post in this channel. Ask its administrator.',
  posting_to_channel_denied: 'the workspace does not let apps post in this channel. Ask its administrator.',
  messages_tab_disabled: 'the app takes no direct messages. Ask an administrator to switch on its messages tab.',
  user_not_found: 'Slack does not know this person any more. Write to them another way.',
  user_disabled: 'this person’s account is deactivated. Write to them another way.',
  cannot_dm_bot: 'this is an app, and apps take no direct messages.',
  thread_not_found: 'the message it answers was deleted. Answer a newer one, or write another way.',
  message_not_found: 'the message was deleted in Slack.',
  cannot_reply_to_message: 'the message it answers takes no answers. Answer a newer one.',
  msg_too_long: 'it is longer than Slack allows. Write it shorter.',
  msg_blocks_too_long: 'it is longer than Slack allows. Write it shorter.',
  edit_window_closed: 'the workspace does not allow changing messages any more. Send another one.',
  cant_update_message: 'this message cannot be changed. Send another one.',
  cant_delete_message: 'this message cannot be deleted.',
  file_upload_size_restricted: 'the file is larger than the workspace allows. Send a link to it.',
  is_external_shared: 'the workspace does not allow this in a shared channel. Ask its administrator.',
  external_channel_migrating: 'the channel is just being moved by Slack. Send it again in a while.',
}

/** `what` says in a few words what was tried. Always a `SendError`; what is refused for good is a sentence for the agent. */
export function sendErrorOf(error: unknown, what: string, tokenName?: string): SendError {
  const trouble = troubleOf(error, what, tokenName)
  if (trouble.failure.kind !== 'rejected') return trouble
  const code = codeOf(trouble)
  if (code === undefined) return trouble // Ours, and worded already.
  const why = SAID[code] ?? `Slack does not take it (${code}). Write to the customer another way.`
  return new SendError({ kind: 'rejected' }, `Not delivered: ${why}`, { cause: trouble.cause })
}

const REMOVED = new Set(['channel_not_found', 'not_in_channel'])
const LOOK_AGAIN_MS = 5 * MINUTE

/** An app that is installed anew is in no channel before somebody invites it: until then what is owed there waits. */
export function untilInvited(trouble: SendError): SendError {
  if (trouble.failure.kind !== 'rejected' || !REMOVED.has(codeOf(trouble) ?? '')) return trouble
  const said = 'Deskbell is not in the channel any more. Invite it there again, and this leaves by itself.'
  return new SendError({ kind: 'temporary', local: true, retryAfterMs: LOOK_AGAIN_MS }, said, { cause: trouble.cause })
}
