// "Edit…", on a letter in the list: what it says from now on. What was sent from it stays as it is.
import { findVersion, saveVersion } from '../letter-book.ts'
import type { Letter } from '../template/letter.ts'
import { bodyOf, writeLetterText } from '../template/letter-text.ts'
import { shortForm } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { LETTER_LENGTH_MAX, type LetterFormMeta, letterForm, readLetterForm } from './letter-form.ts'
import { findByKey, type ListMeta, prepareList } from './letter-list.ts'
import { firstFault, otherLanguage } from './letter-new.ts'
import { admitToLetter } from './letter-permission.ts'
import { keepFile, savedView } from './letter-write.ts'
import { openView, type Prepared } from './open-view.ts'
import { type Outcome, replaceView } from './respond.ts'
import type { DeskTools } from './tools.ts'

export const EDIT_LETTER = 'edit_letter'
const TITLE = 'Edit letter'
const TOO_LONG = `This letter is longer than the ${LETTER_LENGTH_MAX.toLocaleString('en-US')} characters that fit into a form. Change its file instead.`
const GONE = 'This letter is gone.'
export const CHANGED =
  'Somebody has changed this letter meanwhile. Copy what you wrote, close this form and begin again.'

interface EditMeta extends LetterFormMeta {
  /** The list below, to show what has changed. */
  list: ListMeta
}

export async function openLetterEdit(tools: DeskTools, click: Click, letter: Letter): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepare(tools, click, letter) })
}

async function prepare(tools: DeskTools, { who, view }: Click, letter: Letter): Promise<Prepared> {
  const admission = await admitToLetter(tools, who, letter, EDIT_LETTER)
  if (admission.kind === 'refused') return admission
  const newest = await findVersion(tools.db, letter.key)
  const text = tools.shelf.textOf(letter.key)
  if (!view || !newest || text === undefined) return { kind: 'refused', text: GONE }
  const { body } = bodyOf(text)
  if (body.length > LETTER_LENGTH_MAX) return { kind: 'refused', text: TOO_LONG }
  const list = JSON.parse(view.metadata) as ListMeta
  const meta: EditMeta = { at: list.at, key: letter.key, seen: newest.n, list }
  const form = letterForm({
    ...{ callbackId: EDIT_LETTER, title: TITLE, meta, name: letter.name, languages: [], desks: tools.desks },
    draft: { ...letter, desks: letter.desks, channels: letter.channels, body },
    notes: [
      `${letter.key}, version ${newest.n}${letter.variants.size > 0 ? `. On ${[...letter.variants.keys()].join(', ')} it says what stands in files of its own.` : ''}`,
    ],
  })
  return { kind: 'view', view: form }
}

async function submitEdit(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { key = '', seen, list } = JSON.parse(view.metadata) as EditMeta
  const refused = (text: string): Outcome => ({ kind: 'errors', blockId: 'body', text })
  await tools.shelf.look()
  const letter = findByKey(tools, key)
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
async function refreshList(tools: DeskTools, who: Person, { below }: OpenView, list: ListMeta): Promise<void> {
  const prepared = await prepareList(tools, who, list)
  if (below === undefined || prepared.kind === 'refused') return
  await replaceView(tools, who, { channel: list.at }, { target: { view_id: below }, view: prepared.view })
}

export const editLetterForm = shortForm(TITLE, submitEdit, (view) => view.typed('body', 'body'))
