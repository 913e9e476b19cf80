// Tells one person what their emoji did not do, and what to do instead. Said late it would only puzzle them.
import { MINUTE } from '../clock.ts'
import { type Conversation, getConversation } from '../conversation.ts'
import type { Log } from '../log.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import type { DeskPosting } from './card-post.ts'
import { waysOut } from './close.ts'
import type { Objection, WhisperPayload } from './reaction.ts'
import { type Whisper, whisper } from './whisper.ts'

const LATE_MS = 5 * MINUTE

export function whisperHandler({ db, clock, log, room, channelOfDesk }: DeskPosting & { log: Log }): Handler {
  return {
    async send(effect) {
      if (clock.now() - effect.dueAt > LATE_MS) return { kind: 'moot', reason: 'it is too late to say so' }
      const { conversationId, user, objection } = payloadOf(effect)
      const conversation = await getConversation(db, conversationId)
      const place = { channel: channelOfDesk(conversation.desk) }
      await whisper({ ui: room.clients.ui, log }, { id: user }, place, wordsFor(conversation, objection))
      return { kind: 'accepted' }
    },
    /** It cannot be looked up, and twice would be once too often. */
    verify: async () => ({ kind: 'moot', reason: 'it may have been said' }),
  }
}

const payloadOf = ({ payload }: Effect) => JSON.parse(payload) as WhisperPayload

function wordsFor(conversation: Conversation, objection: Objection): Whisper {
  switch (objection.kind) {
    case 'owned':
      return { text: `<@${objection.by}> has this one already.` }
    case 'closed':
      return { text: 'This conversation is closed. To write to the customer again, use Reply.' }
    case 'customer-waits':
      return waysOut(conversation, objection.dueAt)
  }
}
