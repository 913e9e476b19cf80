// How urgent a conversation is and what it is tagged with, in a few words, wherever it is listed.
import type { Priority } from '../fact.ts'
import { type Inline, word } from './words.ts'

/** Tags hold letters, figures and hyphens only. */
export function tagWords(tags: readonly string[]): string {
  return `🏷️ ${tags.join(', ')}`
}

/** Behind what else a row says; nothing for one that is neither urgent nor tagged. */
export function labelParts({ priority, tags }: { priority: Priority | undefined; tags: readonly string[] }): Inline[] {
  return [...priorityParts(priority), ...tagParts(tags)]
}

export function priorityParts(priority: Priority | undefined): Inline[] {
  if (priority === 'high') return [word(' · ❗ '), word('high priority', { bold: true })]
  return priority === 'low' ? [word(' · low priority')] : []
}

function tagParts(tags: readonly string[]): Inline[] {
  return tags.length === 0 ? [] : [word(` · ${tagWords(tags)}`)]
}
