// The three answers to a reply that was given up. Whoever knows better than the program says so here.
import type { Button } from '@slack/types'
import { getConversation } from '../conversation.ts'
import { getMessage } from '../message.ts'
import { type Decision, decide } from '../parked-reply.ts'
import { admit } from './admission.ts'
import type { Click } from './interaction.ts'
import { type DeskTools, getDesk } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { plain } from './words.ts'

export const PARKED_ACTIONS = {
  parked_try_again: 'try-again',
  parked_it_arrived: 'it-arrived',
  parked_let_be: 'let-be',
} as const satisfies Record<string, Decision>

export type ParkedAction = keyof typeof PARKED_ACTIONS

const CHOICES: { action: ParkedAction; label: string; asks: string }[] = [
  {
    action: 'parked_try_again',
    label: 'Try again',
    asks: 'The same words leave once more. If the first copy arrived, the customer has two.',
  },
  { action: 'parked_it_arrived', label: 'It arrived', asks: 'Nothing is sent, and the customer counts as answered.' },
  { action: 'parked_let_be', label: 'Let it be', asks: 'Nothing is sent, and the customer goes on waiting.' },
]

export function parkedButtons(messageId: string): Button[] {
  return CHOICES.map(({ action, label, asks }) => ({
    type: 'button',
    action_id: action,
    text: plain(label),
    value: messageId,
    confirm: { title: plain(`${label}?`), text: plain(asks), confirm: plain(label), deny: plain('Cancel') },
  }))
}

/** Resolves to what the person is to hear; undefined when the entry says it all. */
export async function decideParked(tools: DeskTools, click: Click, action: ParkedAction): Promise<Whisper | undefined> {
  const { who, value: messageId } = click
  const message = await getMessage(tools.db, messageId)
  const conversation = await getConversation(tools.db, message.conversation_id)
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action, conversationId: conversation.id })
  if (admission.kind === 'refused') return { text: admission.text }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const isDone = await tools.db.transaction((trx) => decide(trx, messageId, PARKED_ACTIONS[action], by))
  return isDone ? undefined : { text: 'Somebody has decided about this reply already; the entry shows what.' }
}
