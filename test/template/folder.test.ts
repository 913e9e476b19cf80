import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findLetter, renderLetterFaults } from '../../src/template/letter.ts'
import { loadLetters } from '../../src/template/letter-folder.ts'
import { renderLetter } from '../../src/template/render.ts'

const head = (title: string, language = 'en', more = '') =>
  `---\ntitle: ${title}\nwhen: In a test.\nlanguage: ${language}\n${more}---\n`

async function folder(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
  onTestFinished(() => rm(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  return root
}

async function load(files: Record<string, string>) {
  const root = await folder(files)
  const { letters, faults } = await loadLetters(root)
  return { root, letters, faults: renderLetterFaults(faults).replaceAll(`${root}/`, '') }
}

describe('texts that letters share', () => {
  test('stand in each letter of their language, with its values', async () => {
    const { letters, faults } = await load({
      'en/one.md': `${head('One')}{% render 'greeting' %}\n\nHi.`,
      'en/_greeting.md': '{{ contact.greeting }},\n',
      'de/one.md': `${head('Eins', 'de')}{% render "greeting" %}\n\nHallo.`,
      'de/_greeting.md': 'Lieber Mensch,',
    })
    expect(faults).toBe('')
    const texts = letters.map((letter) => renderLetter(letter, { 'contact.greeting': 'Hello *Ana*' }).text)
    expect(texts).toEqual(['Lieber Mensch,\n\nHallo.', 'Hello \\*Ana\\*,\n\nHi.'])
  })

  test('are named nearest when mistyped, reported when dead, and cannot call each other', async () => {
    const { letters, faults } = await load({
      'en/one.md': `${head('One')}Hi\n{% render 'greting' %}`,
      'en/two.md': `${head('Two')}{% render 'loop' %}`,
      'en/_greeting.md': 'Hello',
      'en/_loop.md': "{% render 'loop' %}",
    })
    expect(letters).toEqual([])
    expect(faults).toContain(`en/one.md:7:1: partial 'greting' not found\n  Fix: Did you mean 'greeting'?`)
    expect(faults).toContain(`en/_loop.md:1:1: partial 'loop' not found`)
    expect(faults).toContain(`en/two.md:6:1: partial 'loop' not found`)
    expect(faults).toContain(`en/_greeting.md:1:1: is used by no letter`)
  })
})

describe('what a letter says on a channel of its own', () => {
  test('takes the place of its body there', async () => {
    const { letters, faults } = await load({
      'en/one.md': `${head('One', 'en', 'ask:\n  day: Which day?\n')}Dear customer, on {{ fill.day }}.`,
      'en/one.slack.md': 'Hey! {{ fill.day }}',
    })
    expect(faults).toBe('')
    const [letter] = letters
    const on = (channel: string) =>
      letter && renderLetter(letter, { 'conversation.channel': channel }, { day: 'Monday' }).text
    expect([on('email'), on('slack')]).toEqual(['Dear customer, on Monday.', 'Hey! Monday'])
  })

  test('a broken one keeps its letter from being used, and one without a letter is reported', async () => {
    const { letters, faults } = await load({
      'en/one.md': `${head('One')}Dear customer.`,
      'en/one.discord.md': 'Hey {{ agent.nam }}',
      'en/on.slack.md': 'Hey',
    })
    expect(letters).toEqual([])
    expect(faults).toContain('en/one.discord.md:1:8: there is no field agent.nam\n  Fix: Did you mean agent.name?')
    expect(faults).toContain(
      'en/on.slack.md:1:1: there is no letter on that it could be a variant of\n  Fix: Did you mean one?',
    )
  })
})

test('T6: a language that lacks a letter that others have is named', async () => {
  const { letters, faults } = await load({
    'en/one.md': `${head('One')}Hi`,
    'en/two.md': `${head('Two')}Hi`,
    'de/one.md': `${head('Eins', 'de')}Hallo`,
  })
  expect(letters).toHaveLength(3)
  expect(faults).toContain('de/two.md:1:1: is missing: the letter two is there in en, and not in de')
})

test('T8: one title for two letters is reported, unless no desk sees both', async () => {
  const { faults } = await load({
    'en/one.md': `${head('One', 'en', 'desks: [a]\n')}Hi`,
    'en/two.md': `${head('One', 'en', 'desks: [b]\n')}Hi`,
    'en/three.md': `${head('One', 'en', 'desks: [b, c]\n')}Hi`,
  })
  expect(faults.match(/has the same title as \S+/g)).toEqual([expect.stringContaining('en/three.md')])
})

describe('T9: the files of a letter', () => {
  test('are real files inside the folder', async () => {
    const { letters, faults } = await load({
      'en/one.md': `${head('One', 'en', 'attachments: [files/sizes.pdf]\n')}Hi`,
      'files/sizes.pdf': 'pdf',
    })
    expect(faults).toBe('')
    expect(letters[0]?.enclosures).toMatchObject([{ name: 'sizes.pdf', type: 'application/pdf', bytes: 3 }])
  })

  test.each([
    ['files/nothing.pdf', /there is no attachment files\/nothing.pdf/],
    ['../../../../../../etc/passwd', /outside the folder|there is no attachment/],
    ['/etc/passwd', /outside the folder|there is no attachment/],
    ['files/link', /outside the folder/],
    ['files', /is no file/],
    ['files/empty.txt', /is empty/],
    ['files/huge.bin', /is larger than/],
  ])('%s keeps the letter from being used', async (named, message) => {
    const root = await folder({
      'en/one.md': `${head('One', 'en', `attachments: ["${named}"]\n`)}Hi`,
      'en/two.md': `${head('Two')}Hi`,
      'files/empty.txt': '',
    })
    await writeFile(join(root, 'files/huge.bin'), Buffer.alloc(10 * 1024 * 1024 + 1))
    await symlink('/etc/passwd', join(root, 'files/link'))
    const { letters, faults } = await loadLetters(root)
    expect(letters.map(({ name }) => name)).toEqual(['two'])
    expect(faults).toMatchObject([{ line: 5, column: 15, message: expect.stringMatching(message) }])
  })
})

describe('a condition', () => {
  test('looks at the tier, the hours, the channel and whether they come for the first time', async () => {
    const body = [
      `{% if contact.tier == 'gold' %}gold{% endif %}`,
      `{% if desk.hours == 'closed' %}closed{% endif %}`,
      `{% if contact.history == 'returning' %}again{% endif %}`,
    ].join(' ')
    const { letters } = await load({ 'en/one.md': `${head('One')}${body}.` })
    const values = { 'contact.tier': 'gold', 'desk.hours': 'closed', 'contact.history': 'returning' }
    expect(letters[0] && renderLetter(letters[0], values).text).toBe('gold closed again.')
  })

  test('that can never be true is refused with the nearest word', async () => {
    const { faults } = await load({ 'en/one.md': `${head('One')}{% if desk.hours == 'close' %}x{% endif %}y` })
    expect(faults).toBe(`en/one.md:6:21: desk.hours is never 'close'\n  Fix: Did you mean 'closed'?\n`)
  })
})

test('a letter is found by its key, name or shortcut, or the nearest name is', async () => {
  const { letters } = await load({ 'en/refund.md': `${head('Refund', 'en', 'shortcut: rf\n')}Hi` })
  const keyOf = (name: string) => {
    const found = findLetter(letters, name)
    return 'letter' in found ? found.letter.key : found.meant
  }
  expect(['en/refund', 'refund', 'rf', 'refnud'].map(keyOf)).toEqual(['en/refund', 'en/refund', 'en/refund', 'refund'])
})

test('T8: a letter for a desk that is not there is left out, with the nearest one', async () => {
  const root = await folder({
    'en/one.md': `${head('One', 'en', 'desks: [suport]\n')}Hi`,
    'en/two.md': `${head('Two')}Hi`,
  })
  const { letters, faults } = await loadLetters(root, ['support', 'billing'])
  expect(letters.map(({ name }) => name)).toEqual(['two'])
  expect(faults).toMatchObject([
    { line: 5, column: 9, message: 'there is no desk suport', hint: 'Did you mean support?' },
  ])
})
