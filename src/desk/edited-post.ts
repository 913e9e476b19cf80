// A line at the end of the thread when a customer edits what was answered already: nobody looks up there any more.
import type { Button } from '@slack/types'
import { askAnew } from '../ask-anew.ts'
import { getIdentity } from '../contact.ts'
import { getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { getMessage } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { findVersion } from '../version.ts'
import { admitTo } from './admission.ts'
import { firstLines, oneLine } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { versionsButton } from './entry-change.ts'
import type { Click } from './interaction.ts'
import type { Content } from './post.ts'
import { nameOfWriter } from './question.ts'
import { lineHandler } from './thread-line.ts'
import type { DeskTools } from './tools.ts'
import { type Posted, postedOf } from './view.ts'
import type { Whisper } from './whisper.ts'
import { instant, paragraph, plain, quote, word } from './words.ts'

export const ASKS_ANEW = 'asks_anew'

export function editedHandler(options: DeskPosting): Handler {
  return lineHandler(options, 'tell of an edit', async (db, effect) => {
    const view = await readEdited(db, effect)
    return view && { content: renderEdited(view), card: view.card }
  })
}

interface EditedView {
  messageId: string
  version: number
  by: string
  at: number
  text: string
  card: Posted | undefined
}

async function readEdited(db: Reader, effect: Effect): Promise<EditedView | undefined> {
  const { messageId, version: n } = JSON.parse(effect.payload) as { messageId: string; version: number }
  const message = await getMessage(db, messageId)
  const version = await findVersion(db, messageId, n)
  if (!version || message.deleted_at !== null) return undefined
  const conversation = await getConversation(db, message.conversation_id)
  const by = await nameOfWriter(db, message, await getIdentity(db, conversation.identity_id))
  return { messageId, version: n, by, at: version.at, text: version.text, card: postedOf(conversation) }
}

function renderEdited({ messageId, version, by, at, text }: EditedView): Content {
  const anew: Button = {
    type: 'button',
    action_id: ASKS_ANEW,
    text: plain('It asks something new'),
    value: `${messageId} ${version}`,
  }
  const name = oneLine(by)
  return {
    text: escapeMrkdwn(`${name} edited a message that was dealt with already.`),
    blocks: [
      paragraph([
        word('✏️ '),
        word(name, { bold: true }),
        word(' edited a message that was dealt with already · '),
        instant(at),
        word('\nNow it says:'),
      ]),
      quote(firstLines({ text, at, automated: undefined, sender: undefined, warnings: [], attachments: 0 })),
      {
        type: 'actions',
        elements: [anew, versionsButton(messageId, { editedAt: at, deletedAt: undefined })],
      },
    ],
  }
}

/** Resolves to what the person is to hear; undefined when the new entry says it all. */
export async function askAnewAbout(tools: DeskTools, { who, value }: Click): Promise<Whisper | undefined> {
  const [messageId = '', version] = value.split(' ')
  const { conversation_id: id } = await getMessage(tools.db, messageId)
  const admission = await admitTo(tools, who, ASKS_ANEW, id)
  if (admission.kind === 'refused') return { text: admission.text }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const isDone = await tools.db.transaction((trx) => askAnew(trx, messageId, Number(version), by))
  return isDone ? undefined : { text: 'Somebody has said so already: it waits for an answer.' }
}
