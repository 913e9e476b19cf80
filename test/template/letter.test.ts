import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { greet } from '../../src/template/greeting.ts'
import { type Letter, listLetters, renderLetterFaults } from '../../src/template/letter.ts'
import { loadLetters } from '../../src/template/letter-folder.ts'
import { renderLetter } from '../../src/template/render.ts'
import { indexLetters } from '../../src/template/suggest.ts'
import { fileFaultsOf, HEAD, letterOf, SHIPPED } from './letters.ts'

const HEAD_OF = (title: string, language = 'en') =>
  `---\ntitle: ${title}\nwhen: In a test.\nlanguage: ${language}\n---\n`

async function folder(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
  onTestFinished(() => rm(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  return root
}

describe('a folder of letters', () => {
  test('a broken letter is left out and reported, the others load', async () => {
    const root = await folder({
      'en/good.md': `${HEAD_OF('Good')}Hello`,
      'en/bad.md': `${HEAD_OF('Bad')}Hello {{ contact.nmae }}`,
      'de/gut.md': `${HEAD_OF('Gut', 'de')}Hallo`,
    })
    const { letters, faults } = await loadLetters(root)
    expect(letters.map(({ key }) => key)).toEqual(['de/gut', 'en/good'])
    expect(renderLetterFaults(faults)).toContain(
      `${join(root, 'en/bad.md')}:6:10: there is no field contact.nmae\n  Fix: Did you mean contact.name?\n`,
    )
  })

  test('Windows line ends and a byte order mark change nothing', async () => {
    const root = await folder({ 'en/good.md': `\ufeff${HEAD_OF('Good')}One\n\nTwo`.replaceAll('\n', '\r\n') })
    const { letters, faults } = await loadLetters(root)
    expect(faults).toEqual([])
    expect(letters[0] && renderLetter(letters[0], {}).text).toBe('One\n\nTwo')
  })

  test('misnamed, huge and unreadable files and equal titles are reported; other files are not ours', async () => {
    const root = await folder({
      'en/Not Good.md': `${HEAD_OF('A')}Hello`,
      'en/huge.md': `${HEAD_OF('B')}${'x'.repeat(20_000)}`,
      'en/folder.md/inside.txt': 'x',
      'en/one.md': `${HEAD_OF('Same')}Hello`,
      'en/two.md': `${HEAD_OF('Same')}Hello`,
      'en/notes.txt': 'x',
      'en/.hidden.md': 'x',
      'README.md': 'x',
    })
    const { letters, faults } = await loadLetters(root)
    expect(letters.map(({ name }) => name)).toEqual(['one', 'two'])
    expect(faults.map(({ file, message }) => [file.slice(root.length + 1), message.split(join(root))[0]])).toEqual([
      ['en/Not Good.md', 'has a name that is not usable'],
      ['en/folder.md', 'cannot be read'],
      ['en/huge.md', 'is larger than 20000 bytes'],
      ['en/two.md', 'has the same title as '],
    ])
  })

  test('a folder that is not there is a fault and no exception', async () => {
    const { letters, faults } = await loadLetters('/nowhere/templates')
    expect(letters).toEqual([])
    expect(faults).toMatchObject([
      { file: '/nowhere/templates', message: 'cannot be read', hint: 'Check templates.folder.' },
    ])
  })

  test('an agent sees the letters of the language that suit the channel', async () => {
    const root = await folder({
      'en/any.md': `${HEAD_OF('Any')}Hello`,
      'en/mail.md': `${HEAD_OF('Mail').replace('when:', 'channels: [email]\nwhen:')}Hello`,
      'de/any.md': `${HEAD_OF('Any', 'de')}Hallo`,
    })
    const { letters } = await loadLetters(root)
    const keys = (channelKind: string) => listLetters(letters, { language: 'en', channelKind }).map(({ key }) => key)
    expect(keys('email')).toEqual(['en/any', 'en/mail'])
    expect(keys('slack')).toEqual(['en/any'])
  })
})

describe('T1: bad front matter names the line and the way out', () => {
  const rows: [text: string, place: [number, number], message: RegExp, hint: RegExp][] = [
    ['Hello', [1, 1], /front matter is missing/, /line of ---/],
    ['---\ntitle: x\nHello', [1, 1], /front matter is missing/, /another line of ---/],
    ['---\n---\nHello', [1, 1], /"title" is missing/, /title/],
    [HEAD.replace('title: Test\n', ''), [1, 1], /"title" is missing/, /at most 75/],
    [HEAD.replace('Test', ''), [2, 8], /"title" is not text/, /at most 75/],
    [HEAD.replace('Test', `'  '`), [2, 8], /"title" is empty/, /at most 75/],
    [HEAD.replace('Test', 'x'.repeat(76)), [2, 8], /"title" is longer than 75/, /at most 75/],
    [HEAD.replace('Test', '7'), [2, 8], /"title" is not text/, /title/],
    [HEAD.replace('Test', 'Sorry: late'), [2, 8], /./, /in quotes/],
    [HEAD.replace('title', 'titel'), [2, 1], /"titel" is not known/, /Did you mean title\?/],
    [HEAD.replace('when: In', 'colour: x\nwhen: In'), [3, 1], /"colour" is not known/, /Known here: title, when/],
    [HEAD.replace('language: en', 'language: de'), [1, 1], /language is de but the folder is en/, /move the file/],
    [
      HEAD.replace('when: In', 'channels: email\nwhen: In'),
      [3, 11],
      /"channels" is not a list/,
      /email, discord, slack/,
    ],
    [
      HEAD.replace('when: In', 'channels: [fax]\nwhen: In'),
      [3, 12],
      /"channels" is no channel/,
      /email, discord, slack/,
    ],
    [HEAD.replace('when: In', 'channels: []\nwhen: In'), [3, 11], /"channels" is an empty list/, /leave it out/],
    ['---\n- a\n---\nHello', [2, 1], /no settings/, /title/],
  ]
  test.each(rows)('%j', (text, [line, column], message, hint) => {
    const faults = fileFaultsOf(`${text}Hello`)
    expect(faults).toContainEqual({
      file: 'en/test.md',
      line,
      column,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  test('the head and the body are checked in one go', () => {
    const faults = fileFaultsOf(`${HEAD.replace('title', 'titel')}{{ x.y }}`)
    expect(faults.map(({ line }) => line).toSorted()).toEqual([1, 2, 6])
  })

  test('three dashes in the body are only a rule', () => {
    expect(renderLetter(letterOf('One\n\n---\n\nTwo'), {}).text).toBe('One\n\n---\n\nTwo')
  })
})

describe('the letters that come with Deskbell', () => {
  const known = {
    'agent.first_name': 'Maria',
    'desk.name': 'Support',
    'conversation.channel': 'email',
    'contact.history': 'first',
  }
  const greeted = (letter: Letter, name?: string) => greet(letter.language, { name })

  test('are twenty in three languages, and none has a fault', async () => {
    const { letters, faults } = await loadLetters(SHIPPED)
    expect(renderLetterFaults(faults)).toBe('')
    for (const language of ['en', 'de', 'es'])
      expect(letters.filter((letter) => letter.language === language)).toHaveLength(20)
  })

  test('the first answer can leave as it is, and the others ask for what must be said', async () => {
    const { letters } = await loadLetters(SHIPPED)
    for (const letter of letters) {
      const values = { ...known, 'contact.greeting': greeted(letter) }
      const { missing } = renderLetter(letter, values)
      expect(missing.length === 0, letter.key).toBe(letter.name === 'first-answer')
      expect(missing, letter.key).toEqual(letter.asks.map(({ name }) => name).filter((name) => missing.includes(name)))
      const answers = Object.fromEntries(
        letter.asks.map(({ name, kind }) => [name, kind === 'date' ? '2030-06-14' : 'x']),
      )
      expect(renderLetter(letter, values, answers).missing, letter.key).toEqual([])
    }
  })

  test('they greet by name, or nobody by none; they fit one screen; languages do not mix', async () => {
    const { letters } = await loadLetters(SHIPPED)
    for (const letter of letters) {
      const text = renderLetter(letter, { ...known, 'contact.greeting': greeted(letter, 'Ana Ruiz') }).text
      expect(text, letter.key).toMatch(/^(?:Hello|Guten Tag|Hola) Ana[,:]\n\n/)
      expect(renderLetter(letter, { ...known, 'contact.greeting': greeted(letter) }).text).toMatch(
        /^[\p{L} ]+\p{L}[,:]\n\n/u,
      )
      expect(text.length, letter.key).toBeLessThan(900)
      expect(text.includes('Kind regards'), letter.key).toBe(letter.language === 'en')
      expect(text.includes('Viele Grüße'), letter.key).toBe(letter.language === 'de')
    }
  })

  test.each([
    ['Hello, where is my parcel? It should have come on Monday.', 'en/delay'],
    ['I would like my money back please', 'en/refund'],
    ['The lamp arrived broken', 'en/damaged'],
    ['I forgot my password and cannot log in', 'en/access'],
    ['Can you send me the invoice?', 'en/invoice'],
    ['Please cancel my subscription', 'en/cancellation'],
    ['Wo bleibt mein Paket?', 'de/delay'],
    ['Ich möchte mein Abo kündigen', 'de/cancellation'],
    ['Die Vase kam zerbrochen an', 'de/damaged'],
    ['¿Dónde está mi paquete?', 'es/delay'],
    ['Quiero darme de baja', 'es/cancellation'],
    ['Necesito la factura de mi pedido', 'es/invoice'],
  ])('T8: for "%s" the first is %s', async (words, key) => {
    const { letters } = await loadLetters(SHIPPED)
    const index = indexLetters(letters.filter(({ language }) => key.startsWith(language)))
    expect(index.suggest(words, 3)[0]?.key).toBe(key)
  })
})
