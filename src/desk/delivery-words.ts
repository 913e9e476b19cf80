// What became of a reply, in words for the person who wrote it: what is known, and what to do.
import type { Delivery } from '../db/schema.ts'
import { NOT_YET } from '../recipient.ts'
import { shorten } from '../slack/mrkdwn.ts'

const REASON_LENGTH = 400

/** The reason is somebody else's words, such as a mail server's; it comes back cut and without breaks, as a sentence among ours. */
function reasonWords(reason: string | undefined): string {
  const text = shorten((reason ?? '').replaceAll(/\s+/g, ' ').trim(), REASON_LENGTH)
  if (text === '') return 'No reason was given.'
  const begun = /^[a-z]+[ ,.]/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}

/** The plain sentence for each word of `Delivery`. */
export function deliverySentence(delivery: Delivery, reason: string | undefined): string {
  const why = reasonWords(reason)
  switch (delivery) {
    case 'queued':
      return 'Waiting to leave.'
    case 'sending':
      return 'Leaving just now.'
    case 'accepted':
      return 'Accepted.'
    case 'deferred':
      if (why.startsWith(NOT_YET)) return why
      return `Not accepted yet; Deskbell tries again by itself. ${why}`
    case 'rejected':
      return `Not delivered. ${why} Nothing reached the customer: put it right and press Reply again.`
    case 'uncertain':
      return 'It may have arrived; Deskbell is finding out. Do not send it again.'
    case 'parked':
      return `Deskbell has given up. ${why} It may have arrived: ask the customer before you send it again.`
    case 'undone':
      return 'Taken back; nothing was sent.'
    case 'bounced':
      return `It came back, and the customer is waiting again. ${why}`
    case 'partly-delivered':
      return `Delivered, but not to everybody. ${why}`
  }
}

/** The same for a question to somebody outside, which the customer knows nothing of. */
export function questionSentence(delivery: Delivery, reason: string | undefined): string {
  const why = reasonWords(reason)
  switch (delivery) {
    case 'rejected':
      return `Not delivered. ${why} Put it right and ask again.`
    case 'parked':
      return `Deskbell has given up. ${why} It may have arrived: find out before you send it again.`
    case 'bounced':
      return `It came back. ${why}`
    default:
      return deliverySentence(delivery, reason)
  }
}

/** The same for what no agent wrote: it needs nobody's decision, and the customer waits whatever became of it. */
export function acknowledgementSentence(delivery: Delivery, reason: string | undefined): string {
  const why = reasonWords(reason)
  switch (delivery) {
    case 'rejected':
    case 'parked':
    case 'bounced':
      return `Not delivered. ${why} The customer waits for your answer as before.`
    case 'uncertain':
      return 'It may have arrived; it is not sent twice.'
    case 'undone':
      return `Not sent. ${why}`
    default:
      return deliverySentence(delivery, reason)
  }
}
