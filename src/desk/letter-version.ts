// "Versions…", on a letter in the list: what it said before, who wrote it, and the way back.
import type { KnownBlock, ModalView } from '@slack/types'
import { findVersion, type LetterVersion, listVersions, saveVersion } from '../letter-book.ts'
import { shorten } from '../slack/mrkdwn.ts'
import type { Click, Person } from './interaction.ts'
import { CHANGED, refreshList } from './letter-edit.ts'
import { changeWords, dateWords, type ListMeta } from './letter-list.ts'
import { findListed, type Listed, mayList } from './letter-listed.ts'
import { admitToLetter, desksForLetters } from './letter-permission.ts'
import { keepFile } from './letter-write.ts'
import { type OnClick, opening } from './listen.ts'
import { openView, type Prepared } from './open-view.ts'
import { replaceView } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { note, paragraph, plain, word } from './words.ts'

const LETTER_VERSIONS = 'letter_versions'
const SHOW = 'show_version'
const RESTORE = 'restore_version'
const TITLE = 'Versions'
const VERSIONS_MAX = 20
const SHOWN_LENGTH_MAX = 6000
const GONE = 'This letter is gone.'
const CHANGED_SINCE =
  'Somebody has changed this letter meanwhile. Below is what it says now; restore again if you still want to.'

interface VersionsMeta {
  at: string
  key: string
  /** The version that is shown. */
  n: number
  /** The newest that is listed. */
  newest?: number
  /** The list below, to show what has changed. */
  list?: ListMeta
}

export async function openVersions(tools: DeskTools, click: Click, letter: Listed): Promise<void> {
  if (!click.view) return
  const list = JSON.parse(click.view.metadata) as ListMeta
  const prepare = async (): Promise<Prepared> => {
    const allowed = await desksForLetters(tools, click.who)
    if ('kind' in allowed) return allowed
    if (!mayList(tools, click.who, letter, allowed.desks)) return { kind: 'refused', text: GONE }
    const meta = { at: list.at, key: letter.key, n: Number.MAX_SAFE_INTEGER, list }
    return { kind: 'view', view: versionsView(meta, await listVersions(tools.db, letter.key, VERSIONS_MAX)) }
  }
  await openView(tools, click, { title: TITLE, prepare })
}

/** The newest first. */
export function versionsView(meta: VersionsMeta, versions: readonly LetterVersion[], said?: string): ModalView {
  const [newest] = versions
  const shown = versions.find(({ n }) => n === meta.n) ?? newest
  return {
    type: 'modal',
    callback_id: LETTER_VERSIONS,
    private_metadata: JSON.stringify({ ...meta, n: shown?.n ?? 0, newest: newest?.n ?? 0 } satisfies VersionsMeta),
    title: plain(TITLE),
    close: plain('Back'),
    blocks: [
      ...(said === undefined ? [] : [paragraph([word(said, { bold: true })])]),
      note(meta.key),
      ...(shown ? shownBlocks(shown, shown === newest) : [paragraph([word(GONE)])]),
      { type: 'divider' },
      ...versions.map((version) => versionRow(version, version === newest, version === shown)),
    ],
  }
}

function shownBlocks({ n, text }: LetterVersion, isNewest: boolean): KnownBlock[] {
  const button = { type: 'button' as const, action_id: RESTORE, text: plain(`Restore version ${n}`), value: String(n) }
  return [
    paragraph([word(isNewest ? `Version ${n}, what it says now:` : `Version ${n}:`, { bold: true })]),
    {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: shorten(text, SHOWN_LENGTH_MAX) || ' ' }] },
      ],
    },
    ...(isNewest ? [] : [{ type: 'actions' as const, elements: [button] }]),
  ]
}

function versionRow(version: LetterVersion, isNewest: boolean, isShown: boolean): KnownBlock {
  const { n, author, at } = version
  const how = n === 1 && author === undefined ? `as it came in its file ${dateWords(at)}` : changeWords(version)
  const text = `*Version ${n}*${isNewest ? ', what it says now' : ''} · ${how}`
  const button = { type: 'button' as const, action_id: SHOW, text: plain('Show'), value: String(n) }
  return { type: 'section', text: { type: 'mrkdwn', text }, ...(isShown ? {} : { accessory: button }) }
}

async function show(tools: DeskTools, { who, view, value }: Click): Promise<void> {
  if (view) await replace(tools, who, view.id, { ...(JSON.parse(view.metadata) as VersionsMeta), n: Number(value) })
}

async function restore(tools: DeskTools, { who, view, value }: Click): Promise<void> {
  if (!view) return
  const meta = JSON.parse(view.metadata) as VersionsMeta
  const done = await restoreVersion(tools, who, meta, Number(value))
  await replace(
    tools,
    who,
    view.id,
    done.kind === 'done' ? { ...meta, n: done.n } : { ...meta, ...done.show },
    done.said,
  )
  if (done.kind === 'done' && meta.list) await refreshList(tools, who, view, meta.list)
}

async function replace(
  tools: DeskTools,
  who: Person,
  viewId: string,
  meta: VersionsMeta,
  said?: string,
): Promise<void> {
  const view = versionsView(meta, await listVersions(tools.db, meta.key, VERSIONS_MAX), said)
  await replaceView(tools, who, { channel: meta.at }, { target: { view_id: viewId }, view })
}

type Done = { kind: 'done'; n: number; said: string } | { kind: 'refused'; said: string; show?: { n: number } }

/** What it said then it says again, as a version of its own. */
async function restoreVersion(tools: DeskTools, who: Person, meta: VersionsMeta, n: number): Promise<Done> {
  const { key, newest: listed } = meta
  await tools.shelf.look()
  const [letter, before] = [findListed(tools, key), tools.shelf.textOf(key)]
  const [then, newest] = [await findVersion(tools.db, key, n), await findVersion(tools.db, key)]
  if (!letter || before === undefined || !then || !newest) return { kind: 'refused', said: GONE }
  const admission = await admitToLetter(tools, who, letter, RESTORE)
  if (admission.kind === 'refused') return { kind: 'refused', said: admission.text }
  if (listed !== undefined && newest.n !== listed)
    return { kind: 'refused', said: CHANGED_SINCE, show: { n: newest.n } }
  const checked = await tools.shelf.check(key, then.text)
  if ('faults' in checked) {
    const [fault] = checked.faults
    const why = fault ? `${fault.message}. ${fault.hint}` : ''
    return { kind: 'refused', said: `Version ${n} does not work any more: ${why}` }
  }
  const saved = { letter: key, author: admission.agent.id, text: then.text, seen: newest.n, restored: n }
  const version = await tools.db.transaction((trx) => saveVersion(trx, saved))
  if (version === undefined) return { kind: 'refused', said: CHANGED }
  await keepFile(tools, key, then.text, before)
  return { kind: 'done', n: version, said: `Restored: version ${version} says what version ${n} said.` }
}

export const VERSION_CLICKS: Record<string, OnClick> = { [SHOW]: opening(show), [RESTORE]: opening(restore) }
