// "Join them" and "Part them": two conversations that are one matter, and that they were not after all.
import { merge, unmerge } from '../move.ts'
import { admitTo } from './admission.ts'
import type { Click } from './interaction.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

/** Into the one it may belong to. Resolves to what the person is to hear; undefined when the cards say it all. */
export async function joinRelated(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const admission = await admitTo(tools, who, 'join', id)
  if (admission.kind === 'refused') return { text: admission.text }
  const { related_to: into } = admission.conversation
  if (into === null) return { text: 'Nothing is known to join it to.' }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const merged = await tools.db.transaction((trx) => merge(trx, id, into, by))
  return merged.kind === 'moved' ? undefined : { text: merged.reason }
}

export async function partAgain(tools: DeskTools, { who, value: id }: Click): Promise<Whisper | undefined> {
  const admission = await admitTo(tools, who, 'part', id)
  if (admission.kind === 'refused') return { text: admission.text }
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const parted = await tools.db.transaction((trx) => unmerge(trx, id, by))
  return parted.kind === 'moved' ? undefined : { text: parted.reason }
}
