// "Needs an answer" and "Needs no answer", on a machine's letter in the thread.
import type { Button } from '@slack/types'
import { getMessage } from '../message.ts'
import { reclassify } from '../reclassify.ts'
import { admitTo } from './admission.ts'
import type { Click } from './interaction.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { plain } from './words.ts'

export const NEEDS_ANSWER = 'needs_answer'
export const NEEDS_NONE = 'needs_no_answer'

/** Whichever would change something. */
export function reclassifyButton(messageId: string, counts: boolean): Button {
  const [actionId, label] = counts ? [NEEDS_NONE, 'Needs no answer'] : [NEEDS_ANSWER, 'Needs an answer']
  return { type: 'button', action_id: actionId, text: plain(label), value: messageId }
}

/** Resolves to what the person is to hear; undefined when the entry says it all. */
export async function reclassifyMessage(
  tools: DeskTools,
  { who, value: messageId }: Click,
  counts: boolean,
): Promise<Whisper | undefined> {
  const { conversation_id: id } = await getMessage(tools.db, messageId)
  const admission = await admitTo(tools, who, counts ? NEEDS_ANSWER : NEEDS_NONE, id)
  if (admission.kind === 'refused') return { text: admission.text }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const isDone = await tools.db.transaction((trx) => reclassify(trx, messageId, counts, by))
  if (isDone) return undefined
  return { text: `Somebody has decided that already: it needs ${counts ? 'an' : 'no'} answer.` }
}
