import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinLetter, placeOfLine, splitLetter } from '../../src/template/letter-part.ts'

const PARAGRAPHS = fc
  .array(
    fc.tuple(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.constantFrom(' ', '\n', '\n\n', '\n\n\n', ' \n\n  ', '{% if a %}'),
    ),
  )
  .map((all) => all.flat().join(''))
const ROUGH = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '😀', '\t', '客'), maxLength: 400 })

test('T8: a long letter in parts is the same letter again, to the very character', () => {
  fc.assert(
    fc.property(fc.oneof(PARAGRAPHS, ROUGH), fc.integer({ min: 2, max: 200 }), (text, lengthMax) => {
      const { texts, joints } = splitLetter(text, lengthMax)
      expect(joinLetter(texts, joints)).toBe(text)
      expect(texts.every((part) => part.length <= lengthMax && part.isWellFormed())).toBe(true)
      // A line of the letter is that line of its part.
      const lines = text.split('\n')
      const place = placeOfLine(texts, joints, lines.length - 1)
      expect(texts[place.part]?.split('\n')[place.line]).toBe(texts.at(-1)?.split('\n').at(-1))
    }),
  )
})

test('a part ends with its paragraph, an emptied one is gone, and a new one is a paragraph of its own', () => {
  const { texts, joints } = splitLetter('One is here.\n\nTwo is here.\n\n\nThree is here.', 16)
  expect(texts).toEqual(['One is here.', 'Two is here.', 'Three is here.'])
  expect(joinLetter(['One', '', 'Three', 'Four'], joints)).toBe('One\n\nThree\n\nFour')
  expect(placeOfLine(['One', '', 'Three\nand more'], joints, 3)).toEqual({ part: 2, line: 1 })
})
