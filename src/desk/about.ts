// The first line of a form that was opened for one conversation: whose it is. In a full channel one card looks like the next.
import type { KnownBlock, ModalView } from '@slack/types'
import { getIdentity } from '../contact.ts'
import type { Conversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { oneLine, shortName } from './card.ts'
import type { Prepared } from './open-view.ts'
import type { Person } from './view.ts'
import { note } from './words.ts'

const SUBJECT_LENGTH = 120

/** The form with that line above it. */
export async function withAbout(
  db: Reader,
  { identity_id, subject }: Pick<Conversation, 'identity_id' | 'subject'>,
  view: ModalView,
): Promise<Prepared> {
  const { name, address } = await getIdentity(db, identity_id)
  return {
    kind: 'view',
    view: { ...view, blocks: [aboutLine({ name, address }, subject ?? undefined), ...view.blocks] },
  }
}

export function aboutLine(contact: Person, subject: string | undefined): KnownBlock {
  const about = shorten(oneLine(subject ?? ''), SUBJECT_LENGTH)
  return note(`${shortName(contact)}${about === '' ? '' : ` · ${about}`}`)
}
