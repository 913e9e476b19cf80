// Whoever edits a draft after it was sent may believe that the customer reads the edit. The thread says that they do not.
import { getIdentity } from '../contact.ts'
import { getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { getMessage } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { shortName } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { lineHandler, type ThreadLine } from './thread-line.ts'
import { postedOf } from './view.ts'
import { paragraph, word } from './words.ts'

export function noteChangedHandler(options: DeskPosting): Handler {
  return lineHandler(options, 'tell of a changed draft', readLine)
}

async function readLine(db: Reader, effect: Effect): Promise<ThreadLine> {
  const { noteId, replyId, isDeleted } = JSON.parse(effect.payload) as {
    noteId: string
    replyId: string
    isDeleted: boolean
  }
  const { author } = await getMessage(db, noteId)
  const reply = await getMessage(db, replyId)
  const conversation = await getConversation(db, reply.conversation_id)
  const contact = shortName(await getIdentity(db, conversation.identity_id))
  const done = isDeleted ? 'deleted' : 'edited'
  const what = ` ${done} a draft that was sent to ${contact}. What ${contact} gets stays as it was: change that on the reply itself, or send a new one.`
  return {
    card: postedOf(conversation),
    content: {
      text: `A draft that was sent to ${escapeMrkdwn(contact)} was ${done}; what they get stays as it was.`,
      blocks: [paragraph([word(isDeleted ? '🗑️ ' : '✏️ '), { type: 'user', user_id: author }, word(what)])],
    },
  }
}
