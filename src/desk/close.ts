// "Close" and "Reopen". Whoever closes what still waits is shown the two ways out.
import type { KnownBlock } from '@slack/types'
import { close, reopen } from '../close.ts'
import type { Conversation } from '../conversation.ts'
import { listOpenOf } from '../follow-up.ts'
import { admitTo } from './admission.ts'
import { button, dateMark, line } from './card.ts'
import { CARD_MAX, openBlocks } from './follow-up-view.ts'
import type { Click } from './interaction.ts'
import { wayWords } from './question.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

/** Resolves to what the person is to hear; undefined when the card says it all. */
export async function closeConversation(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const admission = await admitTo(tools, who, 'close', id)
  if (admission.kind === 'refused') return { text: admission.text }
  const closed = await tools.db.transaction((trx) => close(trx, id, admission.agent.id))
  switch (closed.kind) {
    case 'closed':
      return await openPromises(tools, id)
    case 'closed-before':
      return { text: 'This conversation is closed already.' }
    case 'customer-waits':
      return waysOut(admission.conversation, closed.dueAt)
  }
}

/** Closing stops no reminder, which whoever closes should know; undefined when nothing is open. */
async function openPromises({ db, clock }: DeskTools, id: string): Promise<Whisper | undefined> {
  const open = await listOpenOf(db, [id], CARD_MAX)
  if (open.length === 0) return undefined
  const text = 'Closed. A promise or a reminder is still open here, and will be reminded of all the same.'
  const blocks = [line(text), ...open.flatMap((row) => openBlocks(row, clock.now()))]
  return { text, blocks }
}

export function waysOut({ id, channel }: Conversation, dueAt: number): Whisper {
  const due = dateMark(dueAt)
  const text = `Not closed: this customer waits for an answer, due ${due}. Reply, or say that no reply is needed.`
  const blocks: KnownBlock[] = [
    { type: 'section', text: { type: 'mrkdwn', text } },
    {
      type: 'actions',
      elements: [button('reply', `Reply ${wayWords(channel)}`, id, 'primary'), button('waive', 'No reply needed…', id)],
    },
  ]
  return { text, blocks }
}

export async function reopenConversation(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const admission = await admitTo(tools, who, 'reopen', id)
  if (admission.kind === 'refused') return { text: admission.text }
  const isDone = await tools.db.transaction((trx) => reopen(trx, id, admission.agent.id))
  return isDone
    ? undefined
    : { text: 'This conversation is open already, was joined to another one, or is marked as spam.' }
}
