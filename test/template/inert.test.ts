// Every letter that comes with Deskbell, on every channel, for customers who call themselves anything at all.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readInline } from '../../adapters/discord/discord-inline.ts'
import { readDiscord } from '../../adapters/discord/discord-markdown.ts'
import { writeDiscord } from '../../adapters/discord/markdown.ts'
import { parseMarkdown } from '../../adapters/email/markdown.ts'
import { blocksToHtml, escapeHtml } from '../../adapters/email/markdown-html.ts'
import { blocksToText } from '../../adapters/email/markdown-text.ts'
import { pagesOf } from '../../adapters/slack/letter.ts'
import type { Answers } from '../../src/template/ask.ts'
import { FIELDS, type FieldValues } from '../../src/template/field.ts'
import type { Letter } from '../../src/template/letter.ts'
import { loadLetters } from '../../src/template/letter-folder.ts'
import { renderLetter } from '../../src/template/render.ts'
import { cleanValue } from '../../src/template/value.ts'
import { HOSTILE } from './hostile.ts'
import { SHIPPED } from './letters.ts'

/** The fields that somebody else fills with words of their own. */
const FREE = [
  ...(['contact.greeting', 'contact.name', 'contact.first_name', 'contact.email', 'contact.tier'] as const),
  ...(['agent.name', 'agent.first_name', 'conversation.subject', 'desk.name'] as const),
]
type Free = Record<(typeof FREE)[number], string>

/** Words that mean nothing anywhere, each the only one of its kind. */
const HARMLESS = Object.fromEntries(FREE.map((name, n) => [name, `Qzx${'abcdefghi'[n]}xzQ`])) as Free

const NOBODY = { users: new Map(), roles: new Map(), channels: new Map() }

/** What a customer of this channel gets of a letter, and how a word looks in it that is nothing but a word. */
const WAYS: Record<string, { got(markdown: string): string; word(value: string): string }[]> = {
  email: [
    { got: (markdown) => blocksToText(parseMarkdown(markdown)), word: (value) => value },
    { got: (markdown) => blocksToHtml(parseMarkdown(markdown)), word: escapeHtml },
  ],
  slack: [{ got: (markdown) => JSON.stringify(pagesOf(markdown)), word: asJson }],
  discord: [
    { got: (markdown) => readDiscord(writeDiscord(markdown), NOBODY).text, word: uncalled },
    { got: (markdown) => JSON.stringify(marksOf(writeDiscord(markdown))), word: (value) => asJson(uncalled(value)) },
  ],
}

const LINE_MARK = /^(?:#{1,3} |-# |>{1,3} | *[-*] | *\d+\. )/

/** Of each line: what it begins with, and what is bold, a link or somebody in it. */
function marksOf(written: string) {
  return written.split('\n').map((line) => [LINE_MARK.exec(line)?.[0] ?? '', readInline(line, NOBODY)])
}

function asJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

/** Discord would call everybody by these words themselves. */
function uncalled(value: string): string {
  return value.replaceAll(/@(?=everyone|here)/gi, '@\u200b')
}

const value = (lengthMax: number) =>
  fc
    .oneof(
      fc.constantFrom(...HOSTILE),
      fc
        .array(fc.constantFrom(...HOSTILE, '{{', '}}', '{%', ' ', '\u202e', '⟦', '\\', '@'), { maxLength: 4 })
        .map((all) => all.join('')),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constant('x'.repeat(10_000)),
    )
    .filter((each) => cleanValue(each, lengthMax) !== '')

const hostile = fc.record(
  Object.fromEntries(FREE.map((name) => [name, value(FIELDS[name].lengthMax)])),
) as fc.Arbitrary<Free>

describe('T2, T3, T10: of every starter letter the customer reads each value as its very characters, in the form that the letter has without them', async () => {
  const { letters } = await loadLetters(SHIPPED)

  test.each(Object.entries(WAYS))('by %s', (channel, ways) => {
    expect(letters.length).toBeGreaterThanOrEqual(60)
    for (const letter of letters) {
      const [answers, given] = [
        answersTo(letter),
        { 'conversation.channel': channel, 'contact.history': 'first', 'desk.hours': 'open' },
      ]
      const write = (values: FieldValues) => renderLetter(letter, { ...values, ...given }, answers).text
      const plain = write(HARMLESS)
      const shown = ways.map(({ got }) => got(plain))
      fc.assert(
        fc.property(hostile, (values) => {
          const text = write(values)
          expect(write(values)).toBe(text)
          for (const [n, { got, word }] of ways.entries()) expect(got(text)).toBe(filled(shown[n] ?? '', values, word))
        }),
        { numRuns: 10 },
      )
    }
  })
})

function answersTo({ asks }: Letter): Answers {
  const answers = { text: 'soon', long: 'soon', choice: '0', date: '2030-06-14' }
  return Object.fromEntries(asks.map(({ name, kind }) => [name, answers[kind]]))
}

function filled(shown: string, values: Free, word: (value: string) => string): string {
  return FREE.reduce(
    (text, name) => text.replaceAll(HARMLESS[name], () => word(cleanValue(values[name], FIELDS[name].lengthMax))),
    shown,
  )
}
