// Which of a customer's addresses is written to, and under which subject: the part that "Write to them" and "Answer elsewhere" share.
import type { KnownBlock, PlainTextOption } from '@slack/types'
import type { KnownIdentity } from '../contact.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import type { OpenView } from './interaction.ts'
import { customerName, isSaid, wayWords } from './question.ts'
import { plain } from './words.ts'

export const ADDRESS_BLOCK = 'address'
export const SUBJECT_BLOCK = 'subject'
export const NEW_ADDRESS_BLOCK = 'new_address'

/** Slack shows no more to choose from. */
const OPTIONS_MAX = 10
const OPTION_LENGTH_MAX = 75
const SUBJECT_LENGTH_MAX = 200
const ADDRESS_LENGTH_MAX = 254

/** Slack refuses a choice of nothing. */
export function addressInput(identities: readonly KnownIdentity[]): KnownBlock[] {
  const options = identities.slice(0, OPTIONS_MAX).map(optionOf)
  const [first] = options
  if (!first) return []
  return [
    {
      type: 'input',
      block_id: ADDRESS_BLOCK,
      label: plain('To'),
      element: { type: 'radio_buttons', action_id: ADDRESS_BLOCK, options, initial_option: first },
    },
  ]
}

function optionOf(identity: KnownIdentity): PlainTextOption {
  const name = oneLine(customerName(identity))
  const address = isSaid(name, identity.address) ? '' : ` · ${identity.address}`
  return {
    text: plain(shorten(`${name}${address} · ${wayWords(identity.channelKind)}`, OPTION_LENGTH_MAX)),
    value: identity.id,
  }
}

/** `isMail`: it goes by mail in any case, which has one. */
export function subjectInput(subject: string, isMail: boolean): KnownBlock {
  return {
    type: 'input',
    block_id: SUBJECT_BLOCK,
    optional: !isMail,
    label: plain('Subject'),
    ...(!isMail && { hint: plain('For mail only: chats have none.') }),
    element: {
      type: 'plain_text_input',
      action_id: SUBJECT_BLOCK,
      max_length: SUBJECT_LENGTH_MAX,
      ...(subject !== '' && { initial_value: shorten(subject, SUBJECT_LENGTH_MAX) }),
    },
  }
}

export function newAddressInput(
  address: string,
  { label, hint, isOptional }: { label: string; hint: string; isOptional: boolean },
): KnownBlock {
  return {
    type: 'input',
    block_id: NEW_ADDRESS_BLOCK,
    optional: isOptional,
    label: plain(label),
    hint: plain(hint),
    element: {
      type: 'plain_text_input',
      action_id: NEW_ADDRESS_BLOCK,
      max_length: ADDRESS_LENGTH_MAX,
      ...(address !== '' && { initial_value: address }),
    },
  }
}

export const NO_SUBJECT = 'A mail needs a subject: write what it is about.'

export function readAddress(view: OpenView): { identityId: string; subject: string; typed: string } {
  return {
    identityId: view.chosen(ADDRESS_BLOCK, ADDRESS_BLOCK),
    subject: view.typed(SUBJECT_BLOCK, SUBJECT_BLOCK).replaceAll(/\s+/g, ' ').trim(),
    typed: view.typed(NEW_ADDRESS_BLOCK, NEW_ADDRESS_BLOCK).trim().toLowerCase(),
  }
}

/** As it can stand in a mail's head; whoever it belongs to is for their server to say. */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= ADDRESS_LENGTH_MAX &&
    /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\]{2,}$/u.test(text)
  )
}
