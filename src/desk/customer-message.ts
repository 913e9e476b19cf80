// A customer's messages to tick in a form: the newest first, each with its beginning and when it came.
import type { Option, PlainTextElement } from '@slack/types'
import type { Reader } from '../db/open.ts'
import type { Message } from '../message.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { dateMark, oneLine } from './card.ts'
import { newWords } from './question.ts'
import { plain } from './words.ts'

const OPTION_LENGTH_MAX = 75

export async function listNewest(db: Reader, conversationId: string, limit: number): Promise<Message[]> {
  return await db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'inbound')
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
}

/** A customer's words as Slack's boxes take them: plain, and in one line. */
export function messageOption({ id, arrived_at, deleted_at, ...message }: Message): Option {
  const words =
    deleted_at === null ? oneLine(newWords(message).slice(0, 4 * OPTION_LENGTH_MAX)) : '(deleted by its author)'
  return {
    text: plain(shorten(words === '' ? '(no text)' : words, OPTION_LENGTH_MAX)),
    // Boxes take mrkdwn here, whatever the SDK's type says: docs.slack.dev, option object.
    description: { type: 'mrkdwn', text: dateMark(arrived_at) } as unknown as PlainTextElement,
    value: id,
  }
}
