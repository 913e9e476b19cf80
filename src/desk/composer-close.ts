// A composer that is closed: what stands in it is kept for whoever wrote it, and the card says no longer that they write.
import { isSpent, keepDraft } from '../kept-draft.ts'
import { stopWriting } from '../writing.ts'
import { readMentioned } from './body-input.ts'
import { bodyBlock, type ComposerMeta, readMeta } from './composer-view.ts'
import { type Draft, readDraft } from './finished-letter.ts'
import type { OpenView, Person } from './interaction.ts'
import { CC_BLOCK, tickedIn } from './recipient-input.ts'
import type { DeskTools } from './tools.ts'

/** Nobody is asked who they are: it touches nothing but their own text. */
export async function closeComposer(tools: DeskTools, who: Person, view: OpenView): Promise<void> {
  const meta = readMeta(view)
  const draft = readDraft(tools, view, await readMentioned(tools.db, view, bodyBlock(meta)))
  const writer = { agentId: who.id, conversationId: meta.conversationId }
  await tools.db.transaction(async (trx) => {
    await stopWriting(trx, meta.conversationId, who.id)
    // Sending closes the form below the preview too.
    if (!(await isSpent(trx, composerOf(meta, view)))) await keepDraft(trx, writer, keptOf(view, draft))
  })
}

function canTick({ blocks }: OpenView): boolean {
  return blocks.some(({ block_id }) => block_id === CC_BLOCK)
}

/** A form that an older version of the program opened has no name of ours. */
export function composerOf({ composer }: ComposerMeta, view: OpenView): string {
  return composer ?? view.id
}

export function keptOf(view: OpenView, { meta, typed, answers }: Draft) {
  const { letter, inserted, noteId } = meta
  const answered = Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== ''))
  return {
    ...{ composer: composerOf(meta, view), markdown: typed, letter, inserted, noteId },
    ...{ answers: answered, ticked: canTick(view) ? tickedIn(view) : undefined },
  }
}
