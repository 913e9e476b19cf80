// The list of letters, a letter's form and what it said before, whatever its author and its key are like.
import fc from 'fast-check'
import { askBoxes, fileBoxes } from '../../src/desk/letter-boxes.ts'
import { letterForm } from '../../src/desk/letter-form.ts'
import { brokenRow, listView, rowOf } from '../../src/desk/letter-list.ts'
import { letterMenu } from '../../src/desk/letter-menu.ts'
import { versionsView } from '../../src/desk/letter-version.ts'
import { savedView } from '../../src/desk/letter-write.ts'
import { letter } from '../desk/desk.ts'
import { type Case, drawing } from './case.ts'
import { faultsOfView } from './checker.ts'
import * as some from './hostile.ts'

const { at, count, flag, maybe, said, user, words } = some

const key = fc.constantFrom('en/first', `en/${'x'.repeat(240)}`)
const version = fc.record({ n: fc.integer({ min: 1, max: 99_999 }), author: maybe(user), at, text: words(9000) })
const desk = said(150).map((title) => ({ name: 'a', title, channel: 'C1', undoMs: 1, leads: [], backup: [] }))

const row = fc.record({
  ...{ title: said(75), key, isRetired: flag, scoped: flag },
  use: maybe(fc.record({ sent: fc.integer({ min: 1, max: 99_999 }), lastAt: at })),
  change: maybe(version),
})

export const letterCases: Record<string, Case> = {
  'list of letters': drawing(
    fc.tuple(fc.array(row, { maxLength: 8, size: 'max' }), desk, maybe(words(150)), count, flag),
    ([rows, one, word, page, isFound]) => {
      const drawn = rows.map(({ title, key, isRetired, scoped, use, change }) =>
        rowOf(
          { ...letter('a', 'Hello'), title, key, ...(scoped && { desks: ['a', 'gone'] }) },
          {
            isRetired,
            use: use && { letter: key, unedited: 1, ...use },
            change: change && { letter: key, ...change },
          },
          [one],
        ),
      )
      const meta = { at: 'C1', page, ...(isFound && { only: 'en/first' }) }
      return faultsOfView(
        listView(meta, drawn, {
          count: rows.length + page * 8,
          order: 'English first, then the most used first',
          said: word,
        }),
      )
    },
  ),
  'a broken letter in the list': drawing(
    fc.record({
      ...{ title: said(75), key, isRetired: flag, kept: maybe(count) },
      message: words(400),
      hint: words(400),
    }),
    ({ message, hint, ...broken }) => {
      const fault = { file: 'a.md', line: 9, column: 1, message, hint }
      const letter = {
        ...broken,
        name: 'a',
        language: 'en',
        file: 'a.md',
        desks: undefined,
        head: undefined,
        faults: [fault, fault],
      }
      const shelf = { broken: () => [letter], textOf: () => undefined } as never
      const rows = [brokenRow({ shelf, desks: [], letterEditors: 'leads' }, letter)]
      const offered = { suggested: [], hasLetters: true, broken: [broken.title, message, hint, 'd'] }
      const blocks = letterMenu(offered, undefined, 0)
      const view = listView({ at: 'C1', page: 0 }, rows, { count: 1, order: 'what is broken first' })
      return [...faultsOfView(view), ...faultsOfView({ ...view, blocks })]
    },
  ),
  'a letter in a form': drawing(
    fc.record({
      ...{ title: words(200), when: words(400), body: words(9000), name: fc.constant('a-b'), isNew: flag },
      ...{ notes: fc.array(words(900), { maxLength: 2 }), desks: fc.array(desk, { maxLength: 20, size: 'max' }) },
      channels: maybe(fc.subarray(['email', 'discord', 'slack'])),
    }),
    ({ title, when, body, channels, isNew, desks, ...form }) =>
      faultsOfView(
        letterForm({
          ...{ ...form, callbackId: 'save_letter', title: 'Save as letter', languages: ['de', 'en'] },
          meta: { at: 'C1', seen: 0, ...(isNew ? {} : { key: 'en/a' }) },
          draft: { title, when, body, channels, language: 'en', desks: ['a0'] },
          belongings: [
            ...fileBoxes(['a', `files/${'x'.repeat(190)}`], ['a']),
            ...askBoxes([{ name: 'a', label: when }]),
          ],
          desks: desks.map((one, n) => ({ ...one, name: `a${n}` })),
        }),
      ),
  ),
  'what a letter said before': drawing(
    fc.tuple(fc.array(version, { maxLength: 20, size: 'max' }), key, maybe(words(600))),
    ([versions, key, word]) => {
      const all = versions.map((one, n) => ({ letter: key, ...one, n: versions.length - n }))
      return [1, 20].flatMap((n) => faultsOfView(versionsView({ at: 'C1', key, n }, all, word)))
    },
  ),
  'a letter that is saved': drawing(words(150), (title) =>
    (['written', 'kept', 'taken'] as const).flatMap((how) => faultsOfView(savedView('Save as letter', title, how))),
  ),
}
