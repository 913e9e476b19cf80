// "Edit…", on a letter in the list: what it says from now on. What was sent from it stays as it is.
import { findVersion, saveVersion } from '../letter-book.ts'
import { asksOf, splitFrontMatter } from '../template/front-matter.ts'
import { tidy } from '../template/letter.ts'
import { bodyOf, writeLetterText } from '../template/letter-text.ts'
import { findChosen } from './composer.ts'
import { shortForm } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { readBodyInputs } from './letter-body.ts'
import { askBoxes, fileBoxes } from './letter-boxes.ts'
import { findBroken, wrongWith } from './letter-broken.ts'
import { type LetterFormMeta, letterForm, readLetterForm } from './letter-form.ts'
import { type ListMeta, prepareList } from './letter-list.ts'
import { findListed, type Listed } from './letter-listed.ts'
import { letterValue } from './letter-menu.ts'
import { firstFault, otherLanguage } from './letter-new.ts'
import { admitToLetter } from './letter-permission.ts'
import { keepFile, savedView } from './letter-write.ts'
import { openView, type Prepared } from './open-view.ts'
import { type Outcome, replaceView } from './respond.ts'
import type { DeskTools } from './tools.ts'

export const EDIT_LETTER = 'edit_letter'
const TITLE = 'Edit letter'
const GONE = 'This letter is gone.'
const HEAD_WRONG =
  'What stands above its words is not in order, and no form can hold it. Go back to a version that was good, or have its file mended.'
export const CHANGED =
  'Somebody has changed this letter meanwhile. Copy what you wrote, close this form and begin again.'

interface EditMeta extends LetterFormMeta {
  /** The list below, to show what has changed. */
  list: ListMeta
}

export async function openLetterEdit(tools: DeskTools, click: Click, letter: Listed): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepare(tools, click, letter) })
}

async function prepare(tools: DeskTools, { who, view }: Click, letter: Listed): Promise<Prepared> {
  const admission = await admitToLetter(tools, who, letter, EDIT_LETTER)
  if (admission.kind === 'refused') return admission
  const newest = await findVersion(tools.db, letter.key)
  const text = tools.shelf.textOf(letter.key)
  if (!view || !newest || text === undefined) return { kind: 'refused', text: GONE }
  const { head } = splitFrontMatter(tidy(text))
  if (!head) return { kind: 'refused', text: HEAD_WRONG }
  const { body } = bodyOf(text)
  const { title, when, channels, desks, attachments: files = [] } = head
  const wrong = findBroken(tools, letter.key)
  const lost = wrong?.faults.map(({ message }) => message) ?? []
  const good = findChosen(tools, { letter: letterValue(letter) })
  const variants = [...(good?.variants.keys() ?? [])]
  const asks = asksOf(head)
  const kept = files.filter((file) => !lost.some((message) => `${message} `.includes(` ${file} `)))
  const list = JSON.parse(view.metadata) as ListMeta
  const meta: EditMeta = {
    at: list.at,
    key: letter.key,
    seen: newest.n,
    list,
    files,
    asks: asks.map(({ name }) => name),
  }
  const form = letterForm({
    ...{ callbackId: EDIT_LETTER, title: TITLE, meta, name: letter.name, languages: [], desks: tools.desks },
    draft: { title, when, language: letter.language, channels, desks, body },
    belongings: [...fileBoxes(files, kept), ...askBoxes(asks)],
    notes: [
      `${letter.key}, version ${newest.n}${variants.length > 0 ? `. On ${variants.join(', ')} it says what stands in files of its own.` : ''}`,
      ...(wrong ? [`⚠️ Broken: ${wrongWith(tools, wrong)}`] : []),
    ],
  })
  return { kind: 'view', view: form }
}

async function submitEdit(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { key = '', seen, list } = JSON.parse(view.metadata) as EditMeta
  const refused = (text: string): Outcome => ({ kind: 'errors', blockId: 'body', text })
  await tools.shelf.look()
  const letter = findListed(tools, key)
  const before = tools.shelf.textOf(key)
  if (!letter || before === undefined) return refused(GONE)
  const admission = await admitToLetter(tools, who, letter, EDIT_LETTER)
  if (admission.kind === 'refused') return refused(admission.text)
  const { draft } = readLetterForm(view, letter)
  const language = await otherLanguage(tools, draft)
  if (language) return refused(language)
  const text = writeLetterText(draft, before)
  const checked = await tools.shelf.check(key, text)
  if ('faults' in checked) return firstFault(checked.faults, text, view)
  const author = admission.agent.id
  const version = await tools.db.transaction((trx) => saveVersion(trx, { letter: key, author, text, seen }))
  if (version === undefined) return refused(CHANGED)
  const written = await keepFile(tools, key, text, before)
  await refreshList(tools, who, view, list)
  return {
    kind: 'update',
    view: savedView(TITLE, `“${draft.title}” says this from now on, as version ${version}.`, written),
  }
}

/** The list below shows what has changed as soon as it is seen again. */
export async function refreshList(tools: DeskTools, who: Person, { below }: OpenView, list: ListMeta): Promise<void> {
  const prepared = await prepareList(tools, who, list)
  if (below === undefined || prepared.kind === 'refused') return
  await replaceView(tools, who, { channel: list.at }, { target: { view_id: below }, view: prepared.view })
}

export const editLetterForm = shortForm(TITLE, submitEdit, readBodyInputs)
