// "Send to customer", from a message's menu: a draft written in the thread goes into the composer, and no further by itself.
import type { Conversation } from '../conversation.ts'
import { literal } from '../slack/markdown-line.ts'
import { plainText } from '../slack/mrkdwn.ts'
import { markdownFromRich, usersIn } from '../slack/rich-markdown.ts'
import { openComposer } from './composer.ts'
import { shownName } from './file-name.ts'
import type { Shortcut } from './interaction.ts'
import { findByThread, noteIdOf } from './notes.ts'
import type { DeskTools } from './tools.ts'
import { whisper } from './whisper.ts'

export const SEND_TO_CUSTOMER = 'send_to_customer'

export async function sendToCustomer(tools: DeskTools, shortcut: Shortcut): Promise<void> {
  const { who, place, message } = shortcut
  const conversation = await findConversation(tools, shortcut)
  if (!conversation) {
    return await whisper(tools, who, place, { text: 'This works on a draft in the thread of a customer’s card.' })
  }
  if (message.isBot) return await whisper(tools, who, place, { text: 'This works on a draft that a colleague wrote.' })
  const noteId = noteIdOf(place.channel, message.ts)
  const text = draftOf(message)
  await openComposer(tools, shortcut, { conversationId: conversation.id, text, noteId, notice: noticeOf(message) })
}

/** What Slack put into its own field can be put into ours by nobody but the agent. */
function noticeOf({ fileNames }: Shortcut['message']): string | undefined {
  if (fileNames.length === 0) return undefined
  return `The draft’s files do not come along. Add them here: ${fileNames.slice(0, NAMED_MAX).map(shownName).join(', ')}.`
}

const NAMED_MAX = 10

/** Who is mentioned in it stays so, for the agent to see: it was said among colleagues. */
function draftOf({ text, rich }: Shortcut['message']): string {
  if (!rich) return plainText(text).trim().split('\n').map(literal).join('\n')
  return markdownFromRich(rich, new Map(usersIn(rich).map((id) => [id, `<@${id}>`]))).markdown
}

async function findConversation({ db }: DeskTools, { place }: Shortcut): Promise<Conversation | undefined> {
  return place.threadTs === undefined ? undefined : await findByThread(db, place.channel, place.threadTs)
}
