// A conversation as one message in the desk's channel: who is waiting, for what, until when, and who has it.
import type { Button, KnownBlock, Overflow, RichTextSection } from '@slack/types'
import { TRANSITIONS } from '../conversation.ts'
import type { ConversationState } from '../db/schema.ts'
import { escapeMrkdwn, shorten } from '../slack/mrkdwn.ts'
import { cardMenu } from './card-menu.ts'
import { cautionLines } from './caution.ts'
import { customerLines } from './customer-line.ts'
import { deliverySentence } from './delivery-words.ts'
import { changeLines } from './entry-change.ts'
import { followUpBlocks } from './follow-up-view.ts'
import { earlierBlock } from './moved-card.ts'
import type { Content } from './post.ts'
import { channelWord, customerName, wayWords } from './question.ts'
import { storyLine } from './story.ts'
import { tagWords } from './tag-words.ts'
import type { CardView, Glimpse, Person } from './view.ts'
import { paragraph, plain, quote, word } from './words.ts'

const FIRST_LINES = 5
const FIRST_LENGTH = 300
const SUBJECT_LENGTH = 200
const NAME_LENGTH = 100
const BY_LENGTH = 60

type Inline = RichTextSection['elements'][number]

/**
 * `now` decides only whether the answer is late; `relatedLink` leads to the card of the conversation it may belong to, and
 * `earlierLink` to the one it had itself before it was reopened.
 */
export function renderCard(view: CardView, now: number, relatedLink?: string, earlierLink?: string): Content {
  const blocks: KnownBlock[] = [
    paragraph([...nameParts(view.contact), word(` · ${channelWord(view.channelKind)}`), ...subjectParts(view.subject)]),
    ...(view.newest ? [quote(firstLines(view.newest))] : []),
    line(stateLine(view, now)),
    ...scheduledLine(view),
    ...writingLine(view, now),
    ...newsBlock(view, relatedLink),
    ...tagBlock(view),
    ...storyBlocks(view),
    ...followUpBlocks(view.followUps ?? [], view.story?.followUps ?? [], now),
    ...earlierBlock(earlierLink),
    { type: 'actions', elements: buttons(view) },
  ]
  return { text: escapeMrkdwn(fallback(view)), blocks }
}

/** Nothing of what others wrote, for when Slack does not take the card for whatever reason. */
export function renderPlainCard(view: CardView): Content {
  const text = 'A customer wrote, but Slack does not take the card. Press Reply to see the message.'
  const blocks: KnownBlock[] = [
    { type: 'section', text: plain(text) },
    { type: 'actions', elements: buttons(view) },
  ]
  return { text, blocks }
}

/** What a screen reader says, and what a notification shows. */
function fallback({ contact, subject, newest }: CardView): string {
  const about = subject === undefined ? [] : [shorten(oneLine(subject), SUBJECT_LENGTH)]
  return [shortName(contact), ...about, ...(newest ? [oneLine(firstLines(newest))] : [])].join(' · ')
}

export function shortName(contact: Person): string {
  return shorten(oneLine(customerName(contact)), NAME_LENGTH)
}

/** The name in bold, and the address wherever the name does not say it already. */
export function nameParts({ name, address }: Person) {
  const shown = shorten(oneLine(customerName({ name, address })), NAME_LENGTH)
  // A mail address tells a person something, an id of a chat platform does not.
  const isTelling = shown !== address && address.includes('@')
  const extra = isTelling ? [word(` ${shorten(oneLine(address), NAME_LENGTH)}`)] : []
  return [word(shown, { bold: true }), ...extra]
}

export function subjectParts(subject: string | undefined) {
  return subject === undefined ? [] : [word(`\n${shorten(oneLine(subject), SUBJECT_LENGTH)}`, { bold: true })]
}

/** A name or a subject with line breaks in it could pretend to be more than that. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

export function firstLines(glimpse: Glimpse, lengthMax = FIRST_LENGTH): string {
  const { by } = glimpse
  return by === undefined
    ? beginning(glimpse, lengthMax)
    : `${shorten(oneLine(by), BY_LENGTH)}: ${beginning(glimpse, lengthMax)}`
}

function beginning({ text, attachments, deletedAt }: Glimpse, lengthMax: number): string {
  if (deletedAt !== undefined) return '(deleted by its author)'
  const written = text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
  const first = written.slice(0, FIRST_LINES).join('\n')
  const more = written.length > FIRST_LINES && first.length < lengthMax ? '…' : ''
  if (first !== '') return shorten(first, lengthMax) + more
  return attachments > 0 ? '(no text, only attachments)' : '(no text)'
}

/** A line of our own words only: others could make theirs bold here. */
export function line(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } }
}

function scheduledLine({ scheduled }: CardView): KnownBlock[] {
  if (!scheduled) return []
  return [line(`⏰ Reply scheduled for ${dateMark(scheduled.sendAt)} by <@${scheduled.agentId}>`)]
}

/** In a line of its own: it comes and goes, and the rest stays where it is. */
function writingLine({ writing = [] }: CardView, now: number): KnownBlock[] {
  const names = writing.filter(({ until }) => until > now).map(({ agentId }) => `<@${agentId}>`)
  if (names.length === 0) return []
  const all = names.length === 1 ? `${names[0]} is` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are`
  return [{ type: 'context', elements: [{ type: 'mrkdwn', text: `✍️ ${all} writing` }] }]
}

const STATE_WORDS: Record<ConversationState, string> = {
  new: 'New',
  open: 'Open',
  'waiting-customer': 'Answered',
  snoozed: 'Snoozed',
  closed: 'Closed',
}

function stateLine(view: CardView, now: number): string {
  const { waiting, messages, priority } = view
  const count = messages === 1 ? '1 message' : `${messages} messages`
  const urgency = priority === undefined ? [] : [priority === 'high' ? '❗ *high priority*' : 'low priority']
  return [
    stateWords(view),
    ...urgency,
    ...(waiting ? [dueWords(waiting, now)] : []),
    ...ownerWords(view, now),
    count,
  ].join(' · ')
}

const WHY_LEFT = {
  'nobody is there': 'nobody has it: nobody of the desk is there',
  'everybody is full': 'nobody has it: everybody has as many as they can',
}

/** Whoever has nothing to do with it any more need not be missed. */
function ownerWords({ state, ownerId, ownerAway, whyLeft, waiting }: CardView, now: number): string[] {
  if (ownerId === undefined && state === 'closed') return []
  if (ownerId === undefined) return [whyLeft && waiting ? WHY_LEFT[whyLeft] : 'nobody has it yet']
  if (!ownerAway || ownerAway.until <= now) return [`<@${ownerId}> has it`]
  const { until, standIn } = ownerAway
  const instead = standIn === undefined ? '' : `, <@${standIn}> stands in`
  return [`<@${ownerId}> has it, away until ${dateMark(until)}${instead}`]
}

function stateWords({ state, lastEnd, snoozedUntil, isSpam, newest }: CardView): string {
  if (isSpam && state === 'closed') return '*Spam*'
  if (state === 'snoozed' && snoozedUntil !== undefined) return `*Snoozed* until ${dateMark(snoozedUntil)}`
  if (state === 'waiting-customer' && lastEnd === 'waived') return '*No reply needed*'
  if (state === 'waiting-customer' && !newest) return '*We wrote first*'
  return `*${STATE_WORDS[state]}*`
}

function dueWords({ dueAt }: { dueAt: number }, now: number): string {
  return now < dueAt ? `answer due ${dateMark(dueAt)}` : `:red_circle: *overdue since* ${dateMark(dueAt)}`
}

/** An instant, which Slack shows each reader in their own time. */
export function dateMark(at: number): string {
  const utc = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc}>`
}

function newsBlock({ trouble, newest, related, waiting }: CardView, link: string | undefined): KnownBlock[] {
  const last = trouble ? [`⚠️ Last reply: ${deliverySentence(trouble.delivery, trouble.reason)}`] : []
  const news = [...last, ...(newest ? [...cautionLines(newest), ...newestChanges(newest, waiting)] : [])].join('\n')
  if (!related) return news === '' ? [] : [paragraph([word(news)])]
  const name = shorten(oneLine(related.subject ?? 'another conversation'), SUBJECT_LENGTH) || 'another conversation'
  const other: Inline = link === undefined ? word(name) : { type: 'link', url: link, text: name }
  return [
    paragraph([
      word(`${news === '' ? '' : `${news}\n`}🔗 ${related.isJoined ? 'Joined to' : 'Possibly the same matter as'} `),
      other,
      ...(related.because === undefined ? [] : [word(`: ${related.because}.`)]),
    ]),
  ]
}

function tagBlock({ tags = [] }: CardView): KnownBlock[] {
  return tags.length === 0 ? [] : [paragraph([word(tagWords(tags))])]
}

/** In them may stand what others wrote. */
function storyBlocks({ story, customer }: CardView): KnownBlock[] {
  const lines = [...(customer ? customerLines(customer) : []), ...(story ? storyLine(story) : [])]
  return lines.length === 0 ? [] : [paragraph([word(lines.join('\n'))])]
}

/** What was deleted is for somebody to decide only while it waits. */
function newestChanges({ editedAt, deletedAt }: Glimpse, waiting: CardView['waiting']): string[] {
  return changeLines({ editedAt, deletedAt: waiting ? deletedAt : undefined })
}

/** Each only where it would do something. */
function buttons(view: CardView): (Button | Overflow)[] {
  const { conversationId, channelKind, state, ownerId, related, isSpam } = view
  // What it was is in the other conversation now, and is answered there.
  if (related?.isJoined) return [button('part', 'Part them', conversationId)]
  const { take, reopen } = TRANSITIONS[state]
  return [
    ...(ownerId === undefined && take ? [button('take', 'Take', conversationId)] : []),
    ...(reopen && !isSpam ? [button('reopen', 'Reopen', conversationId)] : []),
    ...(isSpam ? [button('not_spam', 'Not spam', conversationId)] : []),
    button(
      'reply',
      `Reply ${wayWords(channelKind)}`,
      conversationId,
      isSpam && state === 'closed' ? undefined : 'primary',
    ),
    ...(related && state !== 'closed' ? [button('join', 'Join them', conversationId)] : []),
    button('customer', 'Customer…', conversationId),
    cardMenu(view),
  ]
}

export type ActionId =
  | 'take'
  | 'reply'
  | 'assign'
  | 'acknowledge'
  | 'waive'
  | 'reopen'
  | 'join'
  | 'part'
  | 'customer'
  | 'not_spam'

export function button(actionId: ActionId, label: string, value: string, style?: 'primary' | undefined): Button {
  return { type: 'button', action_id: actionId, text: plain(label), value, ...(style && { style }) }
}
