// "After it is sent", in the preview; and the line in the thread for whoever chose something that could not be done.
import type { InputBlock, KnownBlock } from '@slack/types'
import { getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { getMessage } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import type { Sequel } from '../sequel.ts'
import type { DeskPosting } from './card-post.ts'
import type { OpenView } from './interaction.ts'
import { SPANS } from './snooze.ts'
import { lineHandler, type ThreadLine } from './thread-line.ts'
import { postedOf } from './view.ts'
import { note, paragraph, plain, word } from './words.ts'

const BLOCK = 'after'
const NOTHING = 'nothing'
const CLOSE = 'close'

export function sequelInput(chosen: string | undefined): InputBlock {
  const options = [
    { text: plain('Nothing: the conversation stays open'), value: NOTHING },
    { text: plain('Close the conversation'), value: CLOSE },
    ...SPANS.map(({ value, label }) => ({ text: plain(`Snooze it for ${label}`), value })),
  ]
  const initial = options.find(({ value }) => value === chosen) ?? options[0]
  return {
    type: 'input',
    block_id: BLOCK,
    optional: true,
    label: plain('After it is sent'),
    hint: plain('Done once the reply is accepted, and only if they have not written again by then.'),
    element: { type: 'static_select', action_id: BLOCK, options, ...(initial && { initial_option: initial }) },
  }
}

/** Said once it is on its way. */
export function sequelNote(chosen: string | undefined): KnownBlock[] {
  const follow = sequelOf(chosen ?? '', 0)
  if (!follow) return []
  const done = follow.kind === 'close' ? 'closed' : 'snoozed'
  return [note(`Once it is accepted, the conversation is ${done}.`)]
}

/** The choice as the preview carries it. */
export function chosenSequel(view: OpenView): string {
  return view.chosen(BLOCK, BLOCK)
}

/** Snoozing counts from `from`: when it is sent, or is to be. */
export function sequelOf(chosen: string, from: number): Sequel | undefined {
  if (chosen === CLOSE) return { kind: 'close' }
  const span = SPANS.find(({ value }) => value === chosen)
  return span && { kind: 'snooze', until: from + span.ms }
}

export function sequelSkippedHandler(options: DeskPosting): Handler {
  return lineHandler(options, 'tell what was not done', readLine)
}

async function readLine(db: Reader, effect: Effect): Promise<ThreadLine> {
  const { messageId, what } = JSON.parse(effect.payload) as { messageId: string; what: Sequel['kind'] }
  const { author, conversation_id } = await getMessage(db, messageId)
  const done = what === 'close' ? 'closed' : 'snoozed'
  const text = `Not ${done}: the customer wrote before the reply was accepted, and may wait for an answer.`
  return {
    card: postedOf(await getConversation(db, conversation_id)),
    content: { text, blocks: [paragraph([word('↩️ '), { type: 'user', user_id: author }, word(` ${text}`)])] },
  }
}
