import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { introEndingAt } from '../../../adapters/email/quote-intro.ts'
import { FOLD_LINES_MAX, FOLD_TEXT_MAX, LINE_SEEN_MAX, readLines } from '../../../adapters/email/reply-line.ts'
import { foldReply, visibleReply } from '../../../adapters/email/visible-reply.ts'
import { blocksOf, casesOf, linesOf } from './reply-cases.ts'

const OWN = 'Yes, that works.\n\nAda'
const HISTORY = 'Please try again.\n\nBob'
const QUOTED = '> Please try again.\n>\n> Bob'

/** As a mail program breaks a long line. */
function wrap(line: string, width: number): string {
  const lines = ['']
  for (const word of line.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last ? `${last} ${word}` : word
  }
  return lines.join('\n')
}

describe('mails as programs write them show what is new', () => {
  test.each([...casesOf('folded.txt'), ...casesOf('more.txt')])('E18: $title', ({ text, visible }) => {
    expect(visibleReply(text).trim()).toBe(visible.trim())
    expect(visibleReply(visible)).toBe(visible)
    expect(visibleReply(text.replaceAll('\n', '\r\n')).trim()).toBe(visible.trim().replaceAll('\n', '\r\n'))
  })

  // Written by somebody who did not know how it works.
  test.each(casesOf('independent.txt'))('E18: seen from outside: $title', ({ text, visible }) => {
    expect(visibleReply(text).trim()).toBe(visible.trim())
  })

  test.each(casesOf('shown.txt'))('E18: all of it is shown: $title', ({ text }) => {
    expect(visibleReply(text)).toBe(text)
    expect(foldReply(text)).toBeUndefined()
  })
})

test.each(linesOf('intros.txt'))('the history goes with its intro: %s', (intro) => {
  for (const written of [intro, wrap(intro, 72), wrap(intro, 50)]) {
    expect(visibleReply(`${OWN}\n\n${written}\n\n${HISTORY}`)).toBe(OWN)
    expect(visibleReply(`${OWN}\n\n${written}\n${QUOTED}`)).toBe(OWN)
    expect(visibleReply(`${OWN}\n\n${written}`)).toBe(OWN)
    expect(visibleReply(`${OWN}\n\n> ${written.replaceAll('\n', '\n> ')}\n${QUOTED}`)).toBe(OWN)
  }
})

test.each(linesOf('weak-intros.txt'))('above marked lines only, it is an intro: %s', (intro) => {
  expect(visibleReply(`${OWN}\n\n${intro}\n\n${QUOTED}`)).toBe(OWN)
  const prose = `${OWN}\n\n${intro}\n\n${HISTORY}`
  expect(visibleReply(prose)).toBe(prose)
})

test.each(blocksOf('header-blocks.txt'))('the history goes with its header block: %s', (block) => {
  expect(visibleReply(`${OWN}\n\n${block}\n\n${HISTORY}`)).toBe(OWN)
  expect(visibleReply(`${OWN}\n________________________________\n${block}\n${HISTORY}`)).toBe(OWN)
})

test.each(linesOf('marks.txt'))('the history goes with the title above it: %s', (mark) => {
  expect(visibleReply(`${OWN}\n${mark}\n\n${HISTORY}`)).toBe(OWN)
})

test.each(linesOf('delimiters.txt'))('only what stands above is new: %s', (delimiter) => {
  expect(visibleReply(`${OWN}\n\n${delimiter}\n\n${HISTORY}`)).toBe(OWN)
  expect(visibleReply(`${OWN}\n\n> ${delimiter}\n${QUOTED}`)).toBe(OWN)
})

test.each(linesOf('client-lines.txt'))('the mail program’s line is not the customer’s: %s', (line) => {
  expect(visibleReply(`${OWN}\n\n${line}`)).toBe(OWN)
  expect(visibleReply(`${OWN}\n${line}\n\nOn 03/05/2013 10:30 AM, Bob wrote:\n${QUOTED}`)).toBe(OWN)
})

test.each(linesOf('forwards.txt'))('E18: what is passed on is news: %s', (mark) => {
  const text = `${OWN}\n\n${mark}\nFrom: Bob <bob@example.net>\nDate: 5 March 2013 10:30\nTo: Ada\nSubject: x\n\n${HISTORY}\n\nOn 03/05/2013 10:30 AM, Carol wrote:\n${QUOTED}`
  expect(visibleReply(text)).toBe(text)
})

describe('whatever a stranger sends', () => {
  const unit = fc.constantFrom(
    ...['> ', '>', '\n', '\n\n', '\r\n', ' ', '-- ', '--', '_____', 'a', 'Hi', '\u200f', '\u00a0', '\0', '\ud800', ':'],
    ...['On Tue, Mar 5, 2013 at 10:30 AM, Ada <ada@example.org> wrote:', 'Ada wrote:', 'Sent from my iPhone', '@', '<'],
    ...[
      'From: a@b',
      'Sent: 5 May 2013',
      'To: c',
      'Subject: d',
      '-----Original Message-----',
      '## reply above this line ##',
    ],
  )
  const bodies = fc.oneof(
    fc.string({ unit, maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(unit, { maxLength: 20 }).map((lines) => lines.join('\n')),
  )

  test('E18: the visible words are lines of the mail, in their order, and never none', () => {
    fc.assert(
      fc.property(bodies, (text) => {
        const visible = visibleReply(text)
        expect(text.includes(visible)).toBe(true)
        expect(visible.trim() === '').toBe(text.trim() === '')
        const [lines, kept] = [text.split('\n'), visible.split('\n')]
        const at = lines.findIndex((_, index) =>
          kept.every((line, i) => lines[index + i]?.trimEnd() === line.trimEnd()),
        )
        expect(at).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 4000 },
    )
  })

  test('E20: of an endless line, of endless lines and of an endless text only so much is looked at', () => {
    for (const char of [' ', '>', '-', '<', ':', '@', '\u200b', 'On 1:', 'a@']) {
      for (const line of readLines(char.repeat(FOLD_TEXT_MAX / char.length)) ?? []) {
        expect(line.view.length).toBeLessThanOrEqual(LINE_SEEN_MAX)
      }
    }
    expect(readLines('\n'.repeat(FOLD_LINES_MAX - 1))).toHaveLength(FOLD_LINES_MAX)
    expect(readLines('\n'.repeat(FOLD_LINES_MAX))).toBeUndefined()
    expect(readLines('x'.repeat(FOLD_TEXT_MAX + 1))).toBeUndefined()
    const long = `${OWN}\n\n${QUOTED}\n${'> x\n'.repeat(FOLD_LINES_MAX)}`
    expect(visibleReply(long)).toBe(long)
  })

  test('E20: a mail made of intros is looked at a bounded number of times, and then shown whole', () => {
    const text = `Hello\n${'Ada wrote\n'.repeat(3000)}`
    const lines = readLines(text) ?? []
    const looks = { left: 100 }
    for (const index of lines.keys()) introEndingAt(lines, index, looks)
    expect(looks.left).toBeLessThanOrEqual(0)
    expect(looks.left).toBeGreaterThan(-lines.length)
    expect(visibleReply(`${text}> x\n> y`)).toBe(`${text}> x\n> y`)
  })
})
