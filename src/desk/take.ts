// Take: whoever clicks first has the conversation; everyone else is told who that was.
import { getConversation, take } from '../conversation.ts'
import { admit } from './agents.ts'
import type { Click } from './interaction.ts'
import { type DeskTools, getDesk } from './tools.ts'
import type { Whisper } from './whisper.ts'

/** Resolves to what the person is to hear; undefined when the card says it all. */
export async function takeConversation(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const conversation = await getConversation(tools.db, id)
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'take', conversationId: id })
  if (admission.kind === 'refused') return { text: admission.text }
  const taken = await tools.db.transaction((trx) => take(trx, id, admission.agent.id))
  switch (taken.kind) {
    case 'taken':
      return undefined
    case 'yours':
      return { text: 'You have this one already.' }
    case 'owned':
      return { text: `<@${taken.by}> has this one already.` }
    case 'closed':
      return { text: 'This conversation is closed. To write to the customer again, use Reply.' }
  }
}
