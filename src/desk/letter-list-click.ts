// What is clicked in the list of letters.
import type { App } from '@slack/bolt'
import { bringBack, retire } from '../letter-book.ts'
import type { Letter } from '../template/letter.ts'
import { foldText } from '../template/token.ts'
import type { Call } from './command.ts'
import type { Click, Person } from './interaction.ts'
import { findBroken, visibleBroken, wrongWith } from './letter-broken.ts'
import { openLetterEdit } from './letter-edit.ts'
import {
  FIND_LETTER,
  LETTER_PAGES,
  LETTER_ROW,
  LETTERS_TITLE,
  type ListMeta,
  prepareList,
  readRow,
} from './letter-list.ts'
import { findListed, type Listed, visible } from './letter-listed.ts'
import { groupsOf, LETTERS_ACTION } from './letter-menu.ts'
import { inOrder } from './letter-order.ts'
import { admitToLetter, desksForLetters } from './letter-permission.ts'
import { openVersions, VERSION_CLICKS } from './letter-version.ts'
import { type OnClick, opening } from './listen.ts'
import { openView } from './open-view.ts'
import { within } from './race.ts'
import { replaceView } from './respond.ts'
import type { DeskTools } from './tools.ts'

const GONE = 'This letter is gone.'

/** From the composer, above it. */
async function openList(tools: DeskTools, click: Click): Promise<void> {
  if (!click.view) return
  const { at } = JSON.parse(click.view.metadata) as { at: string }
  await openView(tools, click, { title: LETTERS_TITLE, prepare: () => prepareList(tools, click.who, { at, page: 0 }) })
}

/** `/desk letters`. */
export async function openListFrom(tools: DeskTools, { who, channel, triggerId }: Call): Promise<undefined> {
  const click: Click = { who, triggerId, value: '', place: { channel }, view: undefined }
  const meta = { at: channel, page: 0 }
  await openView(tools, click, { title: LETTERS_TITLE, prepare: () => prepareList(tools, who, meta) })
}

async function showList(
  tools: DeskTools,
  { who, view }: Click,
  change: Partial<ListMeta>,
  said?: string,
): Promise<void> {
  if (!view) return
  const meta: ListMeta = { ...(JSON.parse(view.metadata) as ListMeta), ...change }
  const prepared = await prepareList(tools, who, meta, said)
  if (prepared.kind === 'refused') return
  await replaceView(tools, who, { channel: meta.at }, { target: { view_id: view.id }, view: prepared.view })
}

async function turn(tools: DeskTools, click: Click): Promise<void> {
  if (!click.view) return
  const { only: _, ...meta } = JSON.parse(click.view.metadata) as ListMeta
  const view = { ...click.view, metadata: JSON.stringify(meta) }
  await showList(tools, { ...click, view }, { page: Number(click.value) || 0 })
}

async function actOnRow(tools: DeskTools, click: Click): Promise<void> {
  const { deed, letter: value } = readRow(click.value)
  const letter = findListed(tools, value)
  if (!letter) return await showList(tools, click, {}, GONE)
  if (deed === 'edit') return await openLetterEdit(tools, click, letter)
  if (deed === 'versions') return await openVersions(tools, click, letter)
  await showList(tools, click, {}, await putAway(tools, click.who, letter, deed))
}

async function putAway(tools: DeskTools, who: Person, letter: Listed, deed: string): Promise<string> {
  const admission = await admitToLetter(tools, who, letter, `letter-${deed}`)
  if (admission.kind === 'refused') return admission.text
  const by = admission.agent.id
  await tools.db.transaction((trx) =>
    deed === 'retire' ? retire(trx, letter.key, by) : bringBack(trx, letter.key, by),
  )
  await tools.shelf.look()
  if (deed === 'retire') return `“${letter.title}” is not offered any more. What was sent from it stays as it is.`
  const wrong = findBroken(tools, letter.key)
  return wrong ? `“${letter.title}” is back, and offered once it is mended.` : `“${letter.title}” is offered again.`
}

export const LETTER_LIST_CLICKS: Record<string, OnClick> = {
  [LETTERS_ACTION]: opening(openList),
  [FIND_LETTER]: opening((tools, click) => showList(tools, click, { page: 0, only: click.value })),
  [LETTER_ROW]: opening(actOnRow),
  [LETTER_PAGES.back]: opening(turn),
  [LETTER_PAGES.on]: opening(turn),
  ...VERSION_CLICKS,
}

/** What "Find a letter" shows for what is typed into it. */
export function onLetterFind(app: App, tools: DeskTools): void {
  app.options<'block_suggestion'>({ action_id: FIND_LETTER }, async ({ body, ack }) => {
    const { id, team_id: teamId } = body.user
    const work = findLetters(tools, { id, teamId }, body.value).catch((error: unknown) => {
      tools.log.error({ error: String(error) }, 'desk: letters could not be found')
      return []
    })
    const raced = await within(tools.clock, tools.saveWithinMs, work)
    const groups = raced.kind === 'done' ? raced.value : []
    await (groups.length === 0 ? ack({ options: [] }) : ack({ option_groups: groups }))
  })
}

async function findLetters(tools: DeskTools, who: Person, query: string) {
  const allowed = await desksForLetters(tools, who)
  if ('kind' in allowed) return []
  const words = foldText(query.trim()).split(/\s+/)
  const has = (text: string) => words.every((word) => foldText(text).includes(word))
  const says = ({ key, title, shortcut, tags, source }: Letter) =>
    has([key, title, shortcut ?? '', ...tags, source].join('\n'))
  const broken = visibleBroken(tools, who, allowed.desks)
    .filter(({ key, title }) => has(`${key}\n${title}`))
    .map((letter) => ({ ...letter, when: wrongWith(tools, letter) }))
  const [offered, retired] = [tools.letters(), tools.shelf.retired()].map((letters) =>
    visible(letters, allowed.desks).filter(says).toSorted(inOrder(tools.language)),
  )
  return groupsOf([
    { label: 'Broken', letters: broken },
    { label: 'Letters', letters: offered ?? [] },
    { label: 'Retired', letters: retired ?? [] },
  ])
}
