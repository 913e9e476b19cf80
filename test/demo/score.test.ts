// The score card of the training, from records as the program keeps them.
import { describe, expect, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { type CaseRecord, type MarkName, scoreCase } from '../../src/sandbox/page/score.ts'
import { recordOf } from '../../src/sandbox/page/training.ts'
import { ARRIVALS, CASES } from '../../src/sandbox/page/training-cases.ts'
import { isAskedFor, languageOf } from '../../src/sandbox/page/wording.ts'
import type { Recalled } from '../../src/sandbox/program/protocol.ts'

const caseNamed = (name: string) => {
  const found = CASES.find((each) => each.name === name)
  if (!found) throw new Error(`there is no case ${name}`)
  return found
}
const answeredWindow = { startedAt: 0, dueAt: 24 * HOUR, endedAt: 2 * HOUR, endedAs: 'answered' }
const makeRecord = (record: Partial<CaseRecord> = {}): CaseRecord => ({
  ...{ windows: [answeredWindow], replies: [], waivers: [], letters: [], handOvers: [] },
  ...record,
})
const answered = (text: string, record: Partial<CaseRecord> = {}) =>
  makeRecord({ replies: [{ text, at: 2 * HOUR }], ...record })
const marksOf = (name: string, record: CaseRecord | undefined, now = 2 * HOUR) => {
  const score = scoreCase(caseNamed(name), record, now)
  const isGood = (mark: MarkName) => score.marks.find((each) => each.name === mark)?.isGood
  return { ...score, isGood }
}

describe('a case of the training', () => {
  test('answered in time, by name, in their language and to the point has nothing to do better', () => {
    const score = marksOf('german', answered('Guten Tag Jonas,\n\nIhre Lieferung ist unterwegs und kommt am Montag.'))
    expect(score.marks.filter(({ isGood }) => !isGood)).toEqual([])
    expect(score).toMatchObject({ answerMs: 2 * HOUR, promisedMs: 24 * HOUR, questions: { said: 1, asked: 1 } })
    expect(score.advice).toContain('Nothing to do better')
  })

  test('an answer after the due time counts as late, and so does one that has not come', () => {
    const late = { ...answeredWindow, endedAt: 25 * HOUR }
    expect(marksOf('address', answered('Hello Ana, to the garden.', { windows: [late] })).isGood('time')).toBe(false)
    const open = { ...answeredWindow, endedAt: null, endedAs: null }
    expect(marksOf('address', makeRecord({ windows: [open] }), 25 * HOUR).isGood('time')).toBe(false)
    expect(marksOf('address', makeRecord({ windows: [open] }), HOUR).isGood('time')).toBeUndefined()
    expect(marksOf('address', makeRecord({ windows: [open] }), HOUR).isGood('handled')).toBe(false)
  })

  test('a greeting counts only with the name in it, accents or not', () => {
    expect(marksOf('address', answered('Hello,\n\nAna, the garden it is.')).isGood('name')).toBe(false)
    expect(marksOf('address', answered('Dear Ána,\n\nthe garden it is.')).isGood('name')).toBe(true)
    expect(marksOf('address', answered('Hello Anastasia,\n\nthe garden it is.')).isGood('name')).toBe(false)
  })

  test('a story is asked for again where a sentence asks, not where it only mentions', () => {
    const again = marksOf('returning', answered('Hello Gus,\n\ncould you send a photo? And what is your order number?'))
    expect(again.isGood('story')).toBe(false)
    expect(again.marks.find(({ name }) => name === 'story')?.words).toContain('his order, a photograph')
    const kept = answered('Hello Gus,\n\nthank you for the photos. The new glass leaves today.')
    expect(marksOf('returning', kept).isGood('story')).toBe(true)
  })

  test('questions are counted one by one', () => {
    const score = marksOf('offer', answered('Hello Nora,\n\nforty lamps cost 900 EUR, all on one invoice.'))
    expect(score.questions).toEqual({ said: 2, asked: 3 })
    expect(score.marks.find(({ name }) => name === 'questions')?.words).toContain('the day of delivery')
  })

  test('spam is put aside with the right reason, and a machine is left alone', () => {
    const waived = { ...answeredWindow, endedAs: 'waived' }
    const put = (reason: string) => makeRecord({ windows: [waived], waivers: [{ reason }] })
    expect(marksOf('spam', put('spam')).isGood('handled')).toBe(true)
    expect(marksOf('spam', put('thanks')).isGood('handled')).toBe(false)
    expect(marksOf('spam', answered('No, thank you.')).isGood('handled')).toBe(false)
    expect(marksOf('away', makeRecord({ windows: [] })).isGood('handled')).toBe(true)
    expect(marksOf('away', answered('Enjoy!', { windows: [] })).isGood('handled')).toBe(false)
  })

  test('a person put aside, a letter left as it was and a bare hand-over are told', () => {
    expect(marksOf('angry', makeRecord({ waivers: [{ reason: 'other' }] })).isGood('handled')).toBe(false)
    const bare = { letters: [{ use: 'unedited' }], handOvers: [{ note: 'yours' }] }
    const score = marksOf('angry', answered('Hello Dario, sorry, your money is on its way.', bare))
    expect([score.isGood('letters'), score.isGood('hand-over')]).toEqual([false, false])
    const told = { handOvers: [{ note: 'He wants his refund; I promised it for Friday.' }] }
    expect(marksOf('angry', answered('Hello Dario, sorry.', told)).isGood('hand-over')).toBe(true)
  })

  test('what has not reached the desk is not judged as if it had', () => {
    expect(marksOf('address', undefined).advice).toContain('wait until its card')
  })

  test('its conversations are known by its words, on every channel it came by', () => {
    const message = (direction: string, text: string, more = {}) => ({
      ...{ id: text, direction, text, delivery: null, at: 5, ...more },
    })
    const arrivals = ARRIVALS.filter(({ caseName }) => caseName === 'returning')
    const conversations: Recalled[] = arrivals.map(({ text }) => ({
      messages: [message('inbound', text.replaceAll('\n', '\r\n'))],
      windows: [answeredWindow],
      facts: [],
    }))
    const [mail] = conversations
    mail?.messages.push(message('outbound', 'Hello Gus', { delivery: 'accepted' }))
    mail?.messages.push(message('outbound', 'Never arrived', { delivery: 'bounced' }))
    mail?.facts.push({ kind: 'no-reply-needed', messageId: null, data: { reason: 'duplicate' } })
    const stranger = { messages: [message('inbound', 'Something else')], windows: [], facts: [] }
    expect(recordOf(arrivals, [...conversations, stranger])).toMatchObject({
      windows: [answeredWindow, answeredWindow],
      replies: [{ text: 'Hello Gus' }],
      waivers: [{ reason: 'duplicate' }],
    })
    expect(recordOf(arrivals, [stranger])).toBeUndefined()
  })
})

describe('words', () => {
  test.each([
    ['What is your order number?', true],
    ['Please send us a photo.', true],
    ['Bitte nennen Sie uns die Nummer.', true],
    ['Thank you for the photo.', false],
  ])('“%s” asks: %s', (sentence, asks) => {
    expect(isAskedFor(sentence)).toBe(asks)
  })

  test.each([
    ['The parcel is with you on Monday.', 'en'],
    ['Das Paket ist am Montag bei Ihnen.', 'de'],
    ['OK!', undefined],
  ])('“%s” is %s', (text, language) => {
    expect(languageOf(text)).toBe(language)
  })
})
