// The home tab: an agent's queue, soonest due first, with what can be done about each row.
import type { Button, HomeView, KnownBlock, StaticSelect } from '@slack/types'
import type { Cut } from '../agent-queue.ts'
import { CUTS } from '../agent-queue.ts'
import type { QueuePlace, QueueRow } from '../queue.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { nameParts, oneLine } from './card.ts'
import { followUpSection, type HomeFollowUp } from './follow-up-view.ts'
import { channelWord, wayWords } from './question.ts'
import { priorityParts, tagWords } from './tag-words.ts'
import { heading, type Inline, instant, note, paragraph, plain, word } from './words.ts'

export const HOME_CUT = 'home_cut'
export const HOME_MORE = 'home_more'
export const HOME_FIRST = 'home_first'
export const HOME_TAKE = 'home_take'
export const HOME_OPEN = 'home_open'

/** A view has room for a hundred blocks, and a row takes three. */
export const HOME_PAGE = 25

const SUBJECT_LENGTH = 150
const LINE_LENGTH = 160

export interface HomeRow extends QueueRow {
  /** The beginning of what waits. */
  words: string
  /** The desk's title, where the reader has several. */
  deskTitle: string | undefined
  tags: readonly string[]
  /** To the card. */
  link: string | undefined
}

export interface HomeShown {
  title: string
  counts: Record<Cut, number>
  cut: Cut
  rows: readonly HomeRow[]
  /** Where the next page begins; undefined on the last one. */
  next: QueuePlace | undefined
  isFirst: boolean
  now: number
  /** What this person promised, or is to see to, that is due soon. */
  followUps?: readonly HomeFollowUp[]
}

const CUT_WORDS: Record<Cut, string> = {
  mine: 'Mine',
  unassigned: 'Unassigned',
  overdue: 'Overdue',
  waiting: 'Waiting for an answer',
  snoozed: 'Snoozed',
  all: 'All, snoozed ones too',
}

const EMPTY: Record<Cut, string> = {
  mine: 'None of yours waits for an answer.',
  unassigned: 'Somebody has every conversation that waits.',
  overdue: 'Nothing is overdue.',
  waiting: 'Nobody waits for an answer.',
  snoozed: 'Nothing that waits is snoozed.',
  all: 'Nobody waits for an answer.',
}

export function homeView(shown: HomeShown): HomeView {
  const { title, counts, cut, rows, isFirst } = shown
  const blocks: KnownBlock[] = [
    heading(shorten(title, 150)),
    paragraph(figures(counts)),
    { type: 'actions', block_id: 'home', elements: [cutSelect(counts, cut)] },
    ...followUpSection(shown.followUps ?? [], shown.now),
    ...rows.flatMap((row): KnownBlock[] => [{ type: 'divider' }, ...rowBlocks(row, shown.now)]),
    ...(rows.length === 0 ? [{ type: 'divider' as const }, note(isFirst ? EMPTY[cut] : 'There are no more.')] : []),
    ...turnButtons(shown),
  ]
  return { type: 'home', blocks }
}

/** For whoever is no agent of any desk. */
export function closedHome(): HomeView {
  const text =
    'Here agents see who waits for an answer. You are in no desk’s channel yet: ask somebody there to add you.'
  return { type: 'home', blocks: [{ type: 'section', text: plain(text) }] }
}

function figures(counts: Record<Cut, number>): Inline[] {
  const said: [number, string][] = [
    [counts.overdue, 'overdue'],
    [counts.mine, 'mine'],
    [counts.unassigned, 'unassigned'],
    [counts.waiting, 'waiting'],
    [counts.snoozed, 'snoozed'],
  ]
  return said.flatMap(([figure, words], n) => [
    word(n === 0 ? '' : '  ·  '),
    word(String(figure), { bold: true }),
    word(` ${words}`),
  ])
}

function cutSelect(counts: Record<Cut, number>, cut: Cut): StaticSelect {
  const option = (one: Cut) => ({ text: plain(`${CUT_WORDS[one]} (${counts[one]})`), value: one })
  return {
    type: 'static_select',
    action_id: HOME_CUT,
    placeholder: plain('What to show'),
    options: CUTS.map(option),
    initial_option: option(cut),
  }
}

function rowBlocks(row: HomeRow, now: number): KnownBlock[] {
  const { subject, words, conversationId, ownerId, link } = row
  const contact = { name: row.contactName ?? undefined, address: row.address }
  const elements: Inline[] = [
    ...nameParts(contact),
    word(` · ${channelWord(row.channelKind)}${row.deskTitle === undefined ? '' : ` · ${row.deskTitle}`}\n`),
    ...(subject === null ? [] : [word(shorten(oneLine(subject), SUBJECT_LENGTH), { bold: true }), word('\n')]),
    ...(words === '' ? [] : [word(shorten(oneLine(words), LINE_LENGTH)), word('\n')]),
    ...dueParts(row, now),
    ...priorityParts(row.priority ?? undefined),
    ...ownerParts(ownerId),
    ...stateParts(row),
    ...(row.tags.length === 0 ? [] : [word(`\n${tagWords(row.tags)}`)]),
  ]
  const buttons: Button[] = [
    ...(ownerId === null ? [homeButton(HOME_TAKE, 'Take', conversationId)] : []),
    homeButton('reply', `Reply ${wayWords(row.channelKind)}`, conversationId),
    ...(link === undefined ? [] : [{ ...homeButton(HOME_OPEN, 'Open', conversationId), url: link }]),
  ]
  return [paragraph(elements), { type: 'actions', block_id: `row ${conversationId}`, elements: buttons }]
}

function dueParts({ dueAt }: HomeRow, now: number): Inline[] {
  if (now < dueAt) return [word('Due '), instant(dueAt)]
  return [{ type: 'emoji', name: 'red_circle' }, word(' Overdue since '), instant(dueAt)]
}

function ownerParts(ownerId: string | null): Inline[] {
  return ownerId === null ? [word(' · nobody has it')] : [word(' · '), { type: 'user', user_id: ownerId }]
}

function stateParts({ state, snoozedUntil }: HomeRow): Inline[] {
  if (state === 'new') return [word(' · new')]
  if (state !== 'snoozed') return []
  return snoozedUntil === null ? [word(' · snoozed')] : [word(' · snoozed until '), instant(snoozedUntil)]
}

function homeButton(actionId: string, label: string, value: string): Button {
  return { type: 'button', action_id: actionId, text: plain(label), value }
}

function turnButtons({ next, isFirst }: HomeShown): KnownBlock[] {
  const elements = [
    ...(isFirst ? [] : [homeButton(HOME_FIRST, 'First page', '{}')]),
    ...(next === undefined ? [] : [homeButton(HOME_MORE, 'Next page', JSON.stringify(next))]),
  ]
  return elements.length > 0 ? [{ type: 'divider' }, { type: 'actions', block_id: 'pages', elements }] : []
}
