// What was found, as a list for one person: who, about what, the words around the hit, where it stands, and the way there.
import type { KnownBlock, RichTextBlock } from '@slack/types'
import type { ConversationState } from '../db/schema.ts'
import type { Found, Hit, Listed } from '../search.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import { channelWord, customerName } from './question.ts'
import { labelParts } from './tag-words.ts'
import { type Inline, instant, note, plain, word } from './words.ts'

export const FIND_PAGE = 'find_page'
export const HISTORY_PAGE = 'history_page'

/** Where a list goes on, as its buttons carry it. */
export interface Turn {
  typed: string
  skip: number
}

const NAME_LENGTH = 80
const SUBJECT_LENGTH = 120
const TYPED_LENGTH = 100

const STATES: Record<ConversationState, string> = {
  new: 'new',
  open: 'open',
  'waiting-customer': 'answered',
  snoozed: 'snoozed',
  closed: 'closed',
}

const SAID_BY: Record<Hit['direction'], string> = {
  inbound: 'the customer',
  outbound: 'one of us',
  note: 'a note',
}

/** `links` lead to the cards. */
export function foundBlocks(
  found: Found,
  turn: Turn,
  pageMax: number,
  links: ReadonlyMap<string, string>,
): KnownBlock[] {
  const { hits, total, isCut } = found
  const last = turn.skip + hits.length
  const count = isCut ? `more than ${total}` : String(total)
  const blocks: KnownBlock[] = [
    titleLine('Found for ', turn.typed, total === 1 ? '' : `: ${turn.skip + 1}–${last} of ${count}`),
    ...hits.map((hit) => row(hit, links, snippetParts(hit))),
    ...turnButtons(FIND_PAGE, turn, pageMax, last < total),
    ...(isCut ? [note('Only the newest were looked at. Another word makes the list shorter.')] : []),
    ...behind(found.owed),
  ]
  return blocks
}

export function historyBlocks(
  { conversations, isMore }: { conversations: readonly Listed[]; isMore: boolean },
  turn: Turn,
  pageMax: number,
  links: ReadonlyMap<string, string>,
): KnownBlock[] {
  return [
    titleLine('Conversations with ', turn.typed, ''),
    ...conversations.map((one) => row(one, links, [word('begun '), instant(one.openedAt, '{date_short_pretty}')])),
    ...turnButtons(HISTORY_PAGE, turn, pageMax, isMore),
  ]
}

/** Nothing yet does not mean nothing at all. */
export function behind(owed: number): KnownBlock[] {
  if (owed === 0) return []
  return [
    note(`The index is behind: ${owed >= 1000 ? 'a thousand messages or more are' : messages(owed)} not in it yet.`),
  ]
}

const messages = (count: number) => (count === 1 ? 'one message is' : `${count} messages are`)

function titleLine(before: string, typed: string, after: string): RichTextBlock {
  const elements = [word(before), word(shorten(oneLine(typed), TYPED_LENGTH), { bold: true }), word(after)]
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }
}

function row(one: Listed, links: ReadonlyMap<string, string>, more: Inline[]): RichTextBlock {
  const link = links.get(one.conversationId)
  const about = shorten(oneLine(one.subject ?? 'No subject'), SUBJECT_LENGTH)
  const owner: Inline[] =
    one.ownerId === undefined ? [word(' · nobody has it')] : [word(' · '), { type: 'user', user_id: one.ownerId }]
  const name = shorten(oneLine(customerName(one)), NAME_LENGTH)
  const elements: Inline[] = [
    word(name, { bold: true }),
    ...(name === one.address ? [] : [word(` ${shorten(oneLine(one.address), NAME_LENGTH)}`)]),
    word(` · ${channelWord(one.channelKind)} · ${one.isSpam && one.state === 'closed' ? 'spam' : STATES[one.state]}`),
    ...owner,
    ...labelParts(one),
    word('\n'),
    link === undefined ? word(about) : { type: 'link', url: link, text: about === '' ? 'No subject' : about },
    word('\n'),
    ...more,
  ]
  return { type: 'rich_text', elements: [{ type: 'rich_text_quote', elements }] }
}

/** The hit is what is bold. */
function snippetParts({ snippet, at, direction }: Hit): Inline[] {
  const parts = snippet.map(({ text, isHit }) => (isHit ? word(text, { bold: true }) : word(text)))
  return [instant(at, '{date_short_pretty}'), word(`, ${SAID_BY[direction]}: `), ...parts]
}

function turnButtons(actionId: string, { typed, skip }: Turn, pageMax: number, isMore: boolean): KnownBlock[] {
  const button = (label: string, to: number) => ({
    type: 'button' as const,
    action_id: `${actionId}_${label === 'More' ? 'on' : 'back'}`,
    text: plain(label),
    value: JSON.stringify({ typed, skip: to } satisfies Turn),
  })
  const elements = [
    ...(skip > 0 ? [button('Back', Math.max(0, skip - pageMax))] : []),
    ...(isMore ? [button('More', skip + pageMax)] : []),
  ]
  return elements.length > 0 ? [{ type: 'actions', elements }] : []
}
