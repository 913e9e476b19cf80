// What has become of a message since it was said, as its entry and the card say it: edited, deleted, and where to read what it said.
import type { Button, KnownBlock } from '@slack/types'
import { type Inline, instant, paragraph, plain, word } from './words.ts'

export interface Changes {
  /** When it was last made to say something else. */
  editedAt: number | undefined
  deletedAt: number | undefined
}

export const SHOW_VERSIONS = 'show_versions'

/** On the entry of what a customer wrote. `waits`: somebody owes an answer to it still. */
export function changeBlocks({ editedAt, deletedAt }: Changes, waits: boolean): KnownBlock[] {
  const edited: Inline[] = editedAt === undefined ? [] : [word('✏️ Edited '), instant(editedAt), word('.')]
  const deleted: Inline[] =
    deletedAt === undefined
      ? []
      : [word(`${edited.length > 0 ? '\n' : ''}🗑️ Deleted `), instant(deletedAt), word(waits ? `. ${DECIDE}` : '.')]
  return edited.length + deleted.length === 0 ? [] : [paragraph([...edited, ...deleted])]
}

const DECIDE = 'Deleting it ends no wait: reply, or say in the card’s menu that no reply is needed.'

/** In one line, on the card. */
export function changeLines({ editedAt, deletedAt }: Changes): string[] {
  if (deletedAt !== undefined) return [`🗑️ Its author has deleted it; the thread has what it said. ${DECIDE}`]
  return editedAt === undefined ? [] : ['✏️ Edited since it was written.']
}

export function versionsButton(messageId: string, { deletedAt }: Changes): Button {
  const label = deletedAt === undefined ? 'What it said before' : 'Show what it said'
  return { type: 'button', action_id: SHOW_VERSIONS, text: plain(label), value: messageId }
}

export const isChanged = ({ editedAt, deletedAt }: Changes) => editedAt !== undefined || deletedAt !== undefined

const BYSTANDERS = {
  member: '👥 Written by another member, not by the customer.',
  helper: '🙋 Written by a helper, not by the customer and not by us.',
} as const

export function blockedLines({ isBlocked, counts }: { isBlocked: boolean; counts: boolean }): string[] {
  return isBlocked ? [`🚫 Its author was blocked when it came. ${needsWords(counts)}`] : []
}

const needsWords = (counts: boolean) =>
  counts ? 'A person has said that it needs an answer.' : 'It waits for no answer.'

export function bystanderLines(bystander: keyof typeof BYSTANDERS | undefined, counts: boolean): string[] {
  if (bystander === undefined) return []
  return [`${BYSTANDERS[bystander]} ${needsWords(counts)}`]
}
