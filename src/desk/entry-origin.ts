// Where a message came from besides its sender: the mailboxes it arrived in, the agent who passed it on, and that it is not the
// contact who wrote.
import type { KnownBlock } from '@slack/types'
import { chunks, richText, shorten } from '../slack/mrkdwn.ts'
import { oneLine, shortName } from './card.ts'
import type { EntryView, SaidByCustomer } from './entry-view.ts'
import { paragraph, word } from './words.ts'

const MAILBOXES_MAX = 5
const NAME_LENGTH = 60
const NOTE_LENGTH = 2900

/** Sentences of which parts are others' words: for where nothing is parsed. */
export function originLines(
  { contact }: EntryView,
  { isCustomer, askedBy, bystander, seenIn, isElsewhere }: SaidByCustomer,
): string[] {
  const isKnown = isCustomer || askedBy !== undefined || bystander !== undefined
  const other = isKnown ? [] : [`👥 Not ${shortName(contact)}, but takes part here.`]
  const shown = seenIn.slice(0, MAILBOXES_MAX).map(({ mailbox, desk }) => {
    const name = shorten(oneLine(mailbox), NAME_LENGTH)
    return desk === undefined
      ? name
      : `${name} (of the desk ${shorten(oneLine(desk), NAME_LENGTH)}; it is answered here)`
  })
  const more = seenIn.length > MAILBOXES_MAX ? [`${seenIn.length - MAILBOXES_MAX} more`] : []
  const where = [...shown, ...more].join(', ')
  return [
    ...other,
    ...(where === '' ? [] : [`📥 ${isElsewhere ? 'Arrived' : 'Also arrived'} in the mailbox ${where}.`]),
  ]
}

/** For agents only: no answer quotes it. */
export function noteBlocks({ note }: SaidByCustomer): KnownBlock[] {
  if (!note) return []
  const [first = ''] = chunks(shorten(note.text, NOTE_LENGTH))
  return [paragraph([{ type: 'user', user_id: note.by }, word(' passed this on and wrote:')]), ...richText(first)]
}
