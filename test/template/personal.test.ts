import { describe, expect, test } from 'vitest'
import { findCautions, type Leaving, questionsIn } from '../../src/template/personal.ts'
import { fileFaultsOf, letterOf } from './letters.ts'

const LETTER = letterOf('Hello.')
const LEAVING: Leaving = {
  letter: LETTER,
  use: 'edited',
  text: 'Hello Ana, it comes on Monday.',
  names: ['Ana'],
  hadBefore: false,
  asked: ['Where is it?'],
}
const rulesFor = (leaving: Partial<Leaving>) =>
  findCautions({ ...LEAVING, ...leaving }).map(({ rule, level }) => `${rule} ${level}`)

describe('T7: what is said of a reply before it leaves', () => {
  test('nothing of a good one', () => {
    expect(rulesFor({})).toEqual([])
    expect(rulesFor({ letter: undefined, use: undefined, text: 'Yes.' })).toEqual([])
  })

  test('that nobody touched the letter; what it asks for counts as touching', () => {
    expect(rulesFor({ use: 'unedited' })).toEqual(['unedited warn'])
    expect(rulesFor({ use: 'answered' })).toEqual([])
    expect(rulesFor({ use: 'answered', letter: { ...LETTER, mustEdit: true } })).toEqual(['unedited warn'])
  })

  test('that it does not call them by their name, in whatever spelling', () => {
    expect(rulesFor({ text: 'Hello there, it comes.' })).toEqual(['nameless warn'])
    expect(rulesFor({ text: 'Hello ANÁ, it comes.' })).toEqual([])
    expect(rulesFor({ text: 'Hello there, it comes.', names: [] })).toEqual([])
    expect(rulesFor({ text: 'It comes.', letter: undefined, use: undefined })).toEqual([])
  })

  test('that they had it before, also without a letter', () => {
    expect(rulesFor({ hadBefore: true })).toEqual(['repeated warn'])
    expect(rulesFor({ hadBefore: true, letter: undefined, use: undefined })).toEqual(['repeated warn'])
  })

  test.each<[asked: string, text: string, open: string[]]>([
    [
      'Where is my parcel? Can I still change the colour?',
      'Ana, the parcel left today.',
      ['Can I still change the colour?'],
    ],
    ['Where is my parcel? Can I still change the colour?', 'Ana, the parcel left, and the colour is changed.', []],
    ['Where is it? And the invoice? And the keys?', 'Ana,\n1. Berlin\n2. attached\n3. tomorrow', []],
    ['Where is it?', 'Ana, soon.', []],
    ['> Where is it?\n> Can I change the colour?\nThanks!', 'Ana, you are welcome.', []],
    ['Wo ist das Paket? Kann ich die Farbe ändern?', 'Ana, das Paket ist unterwegs.', ['Kann ich die Farbe ändern?']],
  ])('that a question seems open: %j', (asked, text, open) => {
    const [caution] = findCautions({ ...LEAVING, asked: [asked], text })
    for (const question of open) expect(caution?.said).toContain(`“${question}”`)
    if (open.length === 0) expect(caution).toBeUndefined()
  })

  test('blocks come first, and what is allowed is not said', () => {
    const rules = { unedited: 'allow', repeated: 'warn', nameless: 'block', unanswered: 'warn' } as const
    const leaving = { use: 'unedited', hadBefore: true, text: 'Hi.', letter: { ...LETTER, rules } } as const
    expect(rulesFor(leaving)).toEqual(['nameless block', 'repeated warn'])
  })
})

test('questions are found in many scripts, and addresses are none', () => {
  expect(questionsIn('Hi! Is it here? 在哪里？ أين هو؟ https://x.test/?a=1')).toEqual([
    'Is it here?',
    '在哪里？',
    'أين هو؟',
  ])
  expect(questionsIn('?'.repeat(10_000))).toEqual([])
})

test('T7: a rule that is no rule is refused', () => {
  const text = '---\ntitle: T\nwhen: W\nlanguage: en\nunedited: never\n---\nHi'
  expect(fileFaultsOf(text)).toMatchObject([
    { line: 5, column: 11, message: '"unedited" is none of allow, warn, block' },
  ])
})
