// Tells whoever wrote a reply that it did not arrive: in the card's thread, by name, so that Slack calls them.

import { SendError } from '../channel.ts'
import { getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { getMessage, type Message } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { listRecipients } from '../recipient.ts'
import { escapeMrkdwn, shorten } from '../slack/mrkdwn.ts'
import { findOpenWindow } from '../window-record.ts'
import { oneLine, shortName } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { type Content, inDesk, post } from './post.ts'
import type { Desk } from './tools.ts'
import { type Posted, postedOf } from './view.ts'
import { type Inline, instant, paragraph, word } from './words.ts'

export interface ReturnedOptions extends DeskPosting {
  desks: readonly Desk[]
}

export interface ReturnedView {
  /** Who is called. */
  people: readonly string[]
  /** The author, when it is not they who are called. */
  author: string | undefined
  contact: string
  /** To somebody outside, and not to the customer. */
  isAsking?: boolean
  lost: { address: string; reason: string }[]
  /** Why the channel did not take it at all. */
  refusal?: string | undefined
  /** The customer has no answer now. */
  isVoid: boolean
  waitingSince: number | undefined
  card: Posted | undefined
}

const LOST_MAX = 5
const REASON_LENGTH = 300

export function returnedHandler(options: ReturnedOptions): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const view = await readReturned(options, effect)
      if (!view.card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      const place = { channel: view.card.channel, threadTs: view.card.ts }
      const mark = { oid: effect.id, n: 0 }
      const posted = await inDesk(post(room.clients.post, place, renderReturned(view), mark, 'tell the author'))
      return { kind: 'accepted', ref: posted.ts }
    },
    async verify(effect) {
      const { card_channel, card_ts } = await conversationOf(db, effect)
      const card = postedOf({ card_channel, card_ts })
      if (!card) return { kind: 'absent' }
      const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine ? { kind: 'accepted', ref: mine.ts } : { kind: 'absent' }
    },
  }
}

interface Payload {
  messageId: string
  addresses: string[]
  isVoid: boolean
  reason?: string
}

/** Where the reply is now, in case it moved. */
async function conversationOf(db: Reader, effect: Effect) {
  const { messageId } = JSON.parse(effect.payload) as Payload
  const message = await getMessage(db, messageId)
  return await getConversation(db, message.conversation_id)
}

async function readReturned({ db, desks }: ReturnedOptions, effect: Effect): Promise<ReturnedView> {
  const { messageId, addresses, isVoid, reason } = JSON.parse(effect.payload) as Payload
  const message = await getMessage(db, messageId)
  const conversation = await getConversation(db, message.conversation_id)
  const identity = await db
    .selectFrom('identity')
    .select(['name', 'address'])
    .where('id', '=', conversation.identity_id)
    .executeTakeFirstOrThrow()
  const recipients = await listRecipients(db, messageId)
  const window = await findOpenWindow(db, conversation.id)
  const leads = desks.find(({ name }) => name === conversation.desk)?.leads ?? []
  const people = await whoIsCalled(db, message, { desk: conversation.desk, owner: conversation.owner_id, leads })
  return {
    people,
    author: people.includes(message.author) ? undefined : message.author,
    contact:
      message.direction === 'note'
        ? (recipients[0]?.address ?? 'somebody outside')
        : shortName({ name: identity.name ?? undefined, address: identity.address }),
    isAsking: message.direction === 'note',
    lost: recipients
      .filter(({ address }) => addresses.includes(address))
      .map(({ address, reason }) => ({ address, reason: reason ?? 'no reason was given' })),
    refusal: reason,
    isVoid,
    waitingSince: window?.started_at,
    card: postedOf(conversation),
  }
}

/** Who wrote it; when they have left the desk, who has the customer now; else the leads. */
async function whoIsCalled(
  db: Reader,
  { author }: Pick<Message, 'author'>,
  { desk, owner, leads }: { desk: string; owner: string | null; leads: readonly string[] },
): Promise<readonly string[]> {
  const left = await db
    .selectFrom('agent')
    .select('id')
    .where('desk', '=', desk)
    .where('left_at', 'is not', null)
    .where('id', 'in', owner === null ? [author] : [author, owner])
    .execute()
  const isGone = (id: string) => left.some((agent) => agent.id === id)
  if (!isGone(author)) return [author]
  if (owner !== null && !isGone(owner)) return [owner]
  return leads.length > 0 ? leads : [author]
}

export function renderReturned(view: ReturnedView): Content {
  const { people, author, contact, isAsking, lost, refusal, isVoid, waitingSince } = view
  const mail = isAsking ? 'question' : 'reply'
  const reply: Inline[] =
    author === undefined ? [word(`your ${mail}`)] : [word(`the ${mail} of `), { type: 'user', user_id: author }]
  const what = isVoid || isAsking ? ` to ${contact} did not arrive.` : ` to ${contact} did not reach everybody.`
  const reasons = lost
    .slice(0, LOST_MAX)
    .map(({ address, reason }) => `\n${oneLine(address)}: ${shorten(oneLine(reason), REASON_LENGTH)}`)
  const more = lost.length > LOST_MAX ? `\nand ${lost.length - LOST_MAX} more` : ''
  return {
    text: `${people.map((id) => `<@${id}>`).join(' ')} A ${mail}${escapeMrkdwn(what)}`,
    blocks: [
      paragraph([
        word('❌ '),
        ...people.flatMap((user_id): Inline[] => [{ type: 'user', user_id }, word(' ')]),
        ...reply,
        word(what),
        word(
          [...(refusal === undefined ? [] : [`\n${shorten(oneLine(refusal), REASON_LENGTH)}`]), ...reasons, more].join(
            '',
          ),
        ),
        ...waitWords(isVoid, waitingSince),
      ]),
    ],
  }
}

/** What to do, while there is something to do. */
function waitWords(isVoid: boolean, waitingSince: number | undefined): Inline[] {
  if (!isVoid || waitingSince === undefined) return []
  return [
    word('\nThe customer has been waiting since '),
    instant(waitingSince),
    word('. Reach them another way, or put it right and press Reply again.'),
  ]
}
