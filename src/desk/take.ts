// Take: whoever clicks first has the conversation; everyone else is told who that was.
import { take } from '../conversation.ts'
import { refreshOpenPings } from '../open-ping.ts'
import { admitTo } from './admission.ts'
import type { Click } from './interaction.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

/** Resolves to what the person is to hear; undefined when the card says it all. */
export async function takeConversation(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const admission = await admitTo(tools, who, 'take', id)
  if (admission.kind === 'refused') return { text: admission.text }
  const taken = await tools.db.transaction(async (trx) => {
    const result = await take(trx, id, admission.agent.id)
    if (result.kind === 'taken') await refreshOpenPings(trx, id)
    return result
  })
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
