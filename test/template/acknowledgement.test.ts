import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import {
  type AcknowledgementSituation,
  loadAcknowledgements,
  parseAcknowledgement,
  writeAcknowledgement,
} from '../../src/template/acknowledgement.ts'
import { detectLanguage } from '../../src/template/language.ts'
import { loadLetters } from '../../src/template/letter-folder.ts'
import { SHIPPED } from './letters.ts'

const { letters, faults } = await loadAcknowledgements(SHIPPED)
const MONDAY = Date.UTC(2026, 0, 5, 9)

const write = async (situation: Partial<AcknowledgementSituation> = {}, languages = ['en']) =>
  await writeAcknowledgement(letters, languages, {
    text: 'ok',
    desk: { name: 'Care', zone: 'UTC' },
    dueAt: MONDAY + 24 * HOUR,
    ...situation,
  })

const markdown = async (situation?: Partial<AcknowledgementSituation>, languages?: string[]) =>
  (await write(situation, languages))?.markdown ?? ''

const TEXTS: [language: string, text: string, hello: RegExp][] = [
  ['en', 'Hello, my order has not arrived yet. Could you tell me where it is?', /^Hello Ada,/],
  ['de', 'Guten Tag, meine Bestellung ist noch nicht angekommen. Wo ist sie?', /^Guten Tag Ada,/],
  ['fr', 'Bonjour, ma commande n’est pas encore arrivée. Où se trouve-t-elle ?', /^Bonjour Ada,/],
  ['es', 'Hola, mi pedido todavía no ha llegado. ¿Me pueden decir dónde está?', /^Hola Ada:/],
  ['it', 'Buongiorno, il mio ordine non è ancora arrivato. Potete dirmi dove si trova?', /^Buongiorno Ada,/],
  ['nl', 'Hallo, mijn bestelling is nog niet aangekomen. Kunt u mij vertellen waar die is?', /^Hallo Ada,/],
  ['pt', 'Olá, a minha encomenda ainda não chegou. Podem dizer-me onde está?', /^Olá Ada,/],
  ['pl', 'Dzień dobry, moje zamówienie jeszcze nie dotarło. Czy możecie powiedzieć, gdzie jest?', /^Dzień dobry,/],
  ['sv', 'Hej, min beställning har inte kommit fram ännu. Kan ni berätta var den är?', /^Hej Ada!/],
]

describe('the language of an acknowledgement', () => {
  test.each(TEXTS)('%s is answered in %s', async (language, text, hello) => {
    expect(await detectLanguage(text)).toBe(language)
    const contact = { name: 'Ada Lovelace', address: 'ada@example.org' }
    expect(await markdown({ text, contact })).toMatch(hello)
  })

  test.each([
    ['too short', 'ok'],
    ['a number', 'Invoice 12345'],
    ['only an address', 'https://example.org/where-is-my-order-please'],
    ['nothing', ''],
    ['no words', 'asdf qwer zxcv yxcv'],
    ['somebody else’s words', 'ok\n> Guten Tag, meine Bestellung ist noch nicht angekommen. Wo ist sie?'],
  ])('unsure, as of %s, is the usual one', async (_, text) => {
    expect(await detectLanguage(text)).toBeUndefined()
    expect(await markdown({ text }, ['nl', 'en'])).toMatch(/^Hallo,/)
  })

  test.each([
    ['Danish', 'Hej, min bestilling er ikke kommet frem endnu. Kan I fortælle mig, hvor den er?'],
    ['Finnish', 'Hei, tilaukseni ei ole vielä saapunut. Voitteko kertoa missä se on?'],
    ['Russian', 'Здравствуйте, мой заказ ещё не пришёл. Где он сейчас?'],
    ['Chinese', '您好，我的訂單還沒有到，請問它現在在哪裡呢？謝謝您的幫助'],
  ])('%s, for which there is no letter, gets the usual one and not a neighbour’s', async (_, text) => {
    expect(await markdown({ text }, ['de', 'en'])).toMatch(/^Guten Tag,/)
  })

  test('Q12: in the language that an agent has said, whatever the customer writes in', async () => {
    const contact = { name: 'Ada Lovelace', address: 'ada@example.org' }
    const text = 'Hello, my order has not arrived yet. Could you tell me where it is?'
    expect(await markdown({ text, language: 'de', contact })).toMatch(/^Guten Tag Ada,/)
    expect(await markdown({ text, language: 'xx', contact })).toMatch(/^Hello Ada,/)
  })

  test('a usual language without a letter falls back to the next', async () => {
    expect(await markdown({}, ['fi', 'en'])).toMatch(/^Hello,/)
    expect(await writeAcknowledgement([], ['en'], { text: '', desk: { name: 'D', zone: 'UTC' }, dueAt: 0 })).toBe(
      undefined,
    )
  })
})

describe('when an answer can be expected', () => {
  test('is said with the day, the time and the name of the zone', async () => {
    expect(await markdown({ hours: 24 })).toContain(
      'You can expect our answer by Tuesday, January 6, 2026, 9:00 AM (Coordinated Universal Time), that is within 24 hours of its arrival.',
    )
    expect(await markdown()).toContain('2026, 9:00 AM (Coordinated Universal Time).')
  })

  // Berlin leaves summer time on 25 October 2026 at 01:00 UTC, and enters it on 29 March 2026 at 01:00 UTC.
  test.each([
    [Date.UTC(2026, 9, 25, 0, 30), /Sonntag, 25. Oktober 2026, 02:30 \(Mitteleuropäische Sommerzeit\)/],
    [Date.UTC(2026, 9, 25, 1, 30), /Sonntag, 25. Oktober 2026, 02:30 \(Mitteleuropäische Normalzeit\)/],
    [Date.UTC(2026, 2, 29, 0, 59), /Sonntag, 29. März 2026, 01:59 \(Mitteleuropäische Normalzeit\)/],
    [Date.UTC(2026, 2, 29, 1, 0), /Sonntag, 29. März 2026, 03:00 \(Mitteleuropäische Sommerzeit\)/],
  ])('W8: is right when the clocks change', async (dueAt, words) => {
    expect(await markdown({ dueAt, desk: { name: 'Care', zone: 'Europe/Berlin' } }, ['de'])).toMatch(words)
  })

  test('is never earlier than the promise: a begun minute counts in full', async () => {
    expect(await markdown({ dueAt: MONDAY + 1 })).toContain('9:01 AM')
    expect(await markdown({ dueAt: MONDAY + MINUTE - SECOND })).toContain('9:01 AM')
    expect(await markdown({ dueAt: Date.UTC(2026, 0, 5, 23, 59, 30) })).toContain('January 6, 2026, 12:00 AM')
  })
})

describe('the letters', () => {
  test('come in nine languages, are whole in each and are no letters that agents pick', async () => {
    expect(faults).toEqual([])
    expect(letters.map(({ language }) => language)).toEqual(['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt', 'sv'])
    for (const { language } of letters) {
      const words = await markdown({ hours: 24 }, [language])
      expect(words).toMatch(/24/)
      expect(words).not.toMatch(/[⟦⟧{}]/)
    }
    const picked = await loadLetters(SHIPPED)
    expect(picked.faults).toEqual([])
    expect(picked.letters.filter(({ key }) => key.includes('acknowledgement'))).toEqual([])
  })

  test('A customer’s words never get in, whatever they are called', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9<>[\]()*_#!{}%|&:/ ]{6,40}$/)
    await fc.assert(
      fc.asyncProperty(word, word, async (body, name) => {
        const said = await write({ text: `xq${body}xq`, contact: { name: `Jx${name} 7`, address: 'ada@example.org' } })
        expect(`${said?.subject} ${said?.markdown}`).not.toContain(`xq${body}`)
        expect(said?.markdown).not.toContain('Jx') // No name that we are not sure of.
      }),
    )
  })

  test.each([
    ['a field that is none', 'Hi {{ contact.mail }}', 'there is no field contact.mail'],
    ['an agent’s field', 'Hi {{ agent.name }}', 'there is no field agent.name'],
    ['the customer’s subject', 'About {{ conversation.subject }}', 'there is no field conversation.subject'],
    ['no fallback', 'Hi {{ contact.first_name }}', 'may be empty and has no fallback'],
    ['a blank', 'Until ⟦the day⟧', 'nobody fills it in'],
  ])('with %s are refused', (_, body, message) => {
    const text = `---\nsubject: We have it\nlanguage: en\n---\n${body}`
    const parsed = parseAcknowledgement({ path: 'en.md', language: 'en', name: 'en.md' }, text)
    expect('faults' in parsed && parsed.faults.map((fault) => fault.message).join()).toContain(message)
  })

  test('need a subject and the language of their file', () => {
    const parse = (head: string) =>
      parseAcknowledgement({ path: 'en.md', language: 'en', name: 'en.md' }, `---\n${head}\n---\nHello`)
    expect(parse('language: en')).toMatchObject({ faults: [{ message: '"subject" is missing' }] })
    expect(parse('subject: Ja\nlanguage: de')).toMatchObject({ faults: [{ message: expect.stringMatching(/is de/) }] })
    expect(parse('title: x\nsubject: Ja\nlanguage: en')).toMatchObject({
      faults: [{ message: expect.stringMatching(/title/) }],
    })
    expect(parse('subject: Ja\nlanguage: en')).toHaveProperty('letter')
  })

  test('of the operator’s own folder stand in for those that come along', async () => {
    const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
    onTestFinished(() => rm(root, { recursive: true }))
    expect((await loadAcknowledgements(root)).letters).toHaveLength(9)
    const path = join(root, 'acknowledgement/en.md')
    await mkdir(dirname(path))
    await writeFile(path, '---\nsubject: Got it\nlanguage: en\n---\nThanks.')
    await writeFile(join(root, 'acknowledgement/German.md'), '---\nsubject: Da\nlanguage: de\n---\nDanke.')
    const own = await loadAcknowledgements(root)
    expect(own.letters.map(({ subject }) => subject)).toEqual(['Got it'])
    expect(own.faults).toMatchObject([{ hint: expect.stringContaining('de.md') }])
  })
})
