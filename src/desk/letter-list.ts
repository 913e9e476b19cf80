// "Letters…": all that this person may use, how each has served, who changed it last, and what can be done about it.
import type { KnownBlock, ModalView, Overflow } from '@slack/types'
import { DAY } from '../clock.ts'
import { type LetterVersion, listLastChanges } from '../letter-book.ts'
import { type LetterUse, listLetterUse } from '../letter-use.ts'
import type { Letter } from '../template/letter.ts'
import type { BrokenLetter } from '../template/letter-broken.ts'
import type { Person } from './interaction.ts'
import { brokenWords, isEditable, visibleBroken } from './letter-broken.ts'
import { visible } from './letter-listed.ts'
import { letterValue } from './letter-menu.ts'
import { inOrder, orderWords } from './letter-order.ts'
import { desksForLetters } from './letter-permission.ts'
import type { Prepared } from './open-view.ts'
import { type Desk, type DeskTools, deskTitle } from './tools.ts'
import { note, paragraph, plain, word } from './words.ts'

export const LETTER_LIST = 'letter_list'
export const FIND_LETTER = 'find_letter'
export const LETTER_ROW = 'letter_row'
export const LETTER_PAGES = { back: 'letters_back', on: 'letters_on' } as const
export const LETTERS_TITLE = 'Letters'

export interface ListMeta {
  /** Where a word about it can be said. */
  at: string
  page: number
  /** The key of the only one that is shown. */
  only?: string
}

const PAGE = 8
const COUNTED_DAYS = 90

export const ROW_DEEDS = { edit: 'Edit…', versions: 'Versions…', retire: 'Retire', back: 'Bring back' } as const
export type RowDeed = keyof typeof ROW_DEEDS

export function readRow(value: string): { deed: string; letter: string } {
  const [deed = '', ...letter] = value.split(' ')
  return { deed, letter: letter.join(' ') }
}

/** `said`: what has just been done. */
export async function prepareList(tools: DeskTools, who: Person, meta: ListMeta, said?: string): Promise<Prepared> {
  const allowed = await desksForLetters(tools, who)
  if ('kind' in allowed) return allowed
  const uses = new Map(
    (await listLetterUse(tools.db, tools.clock.now() - COUNTED_DAYS * DAY)).map((use) => [use.letter, use]),
  )
  const changes = await listLastChanges(tools.db)
  const order = inOrder(tools.language, uses)
  const offered = visible(tools.letters(), allowed.desks).toSorted(order)
  const retired = visible(tools.shelf.retired(), allowed.desks).toSorted(order)
  const broken = visibleBroken(tools, who, allowed.desks)
  const all = [...broken, ...offered, ...retired].filter(
    (letter) => meta.only === undefined || letterValue(letter) === meta.only,
  )
  const page = Math.max(0, Math.min(meta.page, Math.ceil(all.length / PAGE) - 1))
  const rows = all.slice(page * PAGE, (page + 1) * PAGE).map((letter): KnownBlock[] => {
    if ('faults' in letter) return brokenRow(tools, letter)
    const about = { use: uses.get(letter.key), change: changes.get(letter.key), isRetired: retired.includes(letter) }
    return rowOf(letter, about, tools.desks)
  })
  const words = orderWords(tools.language, { broken: broken.length, letters: [...offered, ...retired] })
  return { kind: 'view', view: listView({ ...meta, page }, rows, { count: all.length, order: words, said }) }
}

export function listView(
  meta: ListMeta,
  rows: KnownBlock[][],
  { count, order, said }: { count: number; order: string; said?: string | undefined },
): ModalView {
  const shown = `${meta.page * PAGE + 1} to ${meta.page * PAGE + rows.length} of ${count}, ${order}`
  return {
    type: 'modal',
    callback_id: LETTER_LIST,
    private_metadata: JSON.stringify(meta),
    title: plain(LETTERS_TITLE),
    close: plain('Close'),
    blocks: [
      ...(said === undefined ? [] : [paragraph([word(said, { bold: true })])]),
      finder(meta),
      ...(rows.length === 0
        ? [paragraph([word('There is no letter yet. “Save as letter…” below a reply makes one.')])]
        : []),
      ...rows.flat(),
      ...(meta.only !== undefined || count <= PAGE ? [] : [note(shown)]),
      ...turning(meta, count),
    ],
  }
}

function finder({ only, page }: ListMeta): KnownBlock {
  return {
    type: 'actions',
    // Under a new name nothing stands in it that was chosen before.
    block_id: `find-${page}-${only ?? ''}`,
    elements: [
      { type: 'external_select', action_id: FIND_LETTER, placeholder: plain('Find a letter'), min_query_length: 1 },
    ],
  }
}

function turning({ page, only }: ListMeta, count: number): KnownBlock[] {
  const button = (action_id: string, label: string) => ({ type: 'button' as const, action_id, text: plain(label) })
  if (only !== undefined)
    return [{ type: 'actions', elements: [{ ...button(LETTER_PAGES.back, 'All letters'), value: '0' }] }]
  const elements = [
    ...(page > 0 ? [{ ...button(LETTER_PAGES.back, 'Back'), value: String(page - 1) }] : []),
    ...((page + 1) * PAGE < count ? [{ ...button(LETTER_PAGES.on, 'More'), value: String(page + 1) }] : []),
  ]
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

interface About {
  use: LetterUse | undefined
  change: Omit<LetterVersion, 'text'> | undefined
  isRetired: boolean
}

export function brokenRow(tools: Parameters<typeof brokenWords>[0], letter: BrokenLetter): KnownBlock[] {
  const deeds: RowDeed[] = [
    ...(isEditable(letter) ? (['edit'] as const) : []),
    'versions',
    letter.isRetired ? 'back' : 'retire',
  ]
  return [
    {
      type: 'section',
      text: plain(`⚠️ ${letter.title} (broken${letter.isRetired ? ', retired' : ''})`),
      accessory: menuOf(letter, deeds),
    },
    ...brokenWords(tools, letter),
  ]
}

function menuOf(letter: { key: string }, deeds: readonly RowDeed[]): Overflow {
  const options = deeds.map((deed) => ({ text: plain(ROW_DEEDS[deed]), value: `${deed} ${letterValue(letter)}` }))
  return { type: 'overflow', action_id: LETTER_ROW, options }
}

/** What it is called is its author's word, and stands where nothing in it means anything. */
export function rowOf(letter: Letter, { use, change, isRetired }: About, desks: readonly Desk[]): KnownBlock[] {
  const deeds: RowDeed[] = ['edit', 'versions', isRetired ? 'back' : 'retire']
  const scope = letter.desks
    ?.map((name) => desks.find((desk) => desk.name === name))
    .flatMap((desk) => (desk ? [deskTitle(desk)] : []))
  const value = letterValue(letter)
  const served = `${useWords(use)}${change ? ` · ${changeWords(change)}` : ''}`
  return [
    {
      type: 'section',
      text: plain(`${letter.title}${isRetired ? ' (retired)' : ''}`),
      accessory: menuOf(letter, deeds),
    },
    {
      type: 'context',
      elements: [
        plain([value, ...(scope ? [`only ${scope.join(', ')}`] : [])].join(' · ')),
        { type: 'mrkdwn', text: served },
      ],
    },
  ]
}

function useWords(use: LetterUse | undefined): string {
  if (!use) return `Not sent in ${COUNTED_DAYS} days`
  const times = use.sent === 1 ? 'once' : `${use.sent} times`
  const share = Math.round((100 * use.unedited) / use.sent)
  return `Sent ${times} in ${COUNTED_DAYS} days, ${share} % unedited, last ${dateWords(use.lastAt)}`
}

/** In mrkdwn. */
export function changeWords({ n, author, at }: Omit<LetterVersion, 'text' | 'letter'>): string {
  const by = author === undefined ? 'in its file' : `by <@${author}>`
  if (n === 1 && author === undefined) return 'never changed'
  return `${n === 1 ? 'written' : 'changed'} ${by} ${dateWords(at)}`
}

export function dateWords(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty}|${new Date(at).toISOString().slice(0, 10)}>`
}
