// What a mail is about, whatever mailers, lists and gateways put before it.
import { describe, expect, test } from 'vitest'
import { isForwardSubject, subjectOf, topicOf } from '../../../adapters/email/subject.ts'

describe('E10: what a mail is about', () => {
  test.each([
    ['Where is it?', 'Where is it?'],
    ['Re: Where is it?', 'Where is it?'],
    ['RE: AW: Sv: Odp: Where is it?', 'Where is it?'],
    ['Re[2]: Re (3): Re^2: Re²: Where is it?', 'Where is it?'],
    ['Fwd: FW: WG: TR: RV: Where is it?', 'Where is it?'],
    ['RE : Où est-il ?', 'Où est-il ?'],
    ['R: I: Dov’è?', 'Dov’è?'],
    ['回复：转发: 订单', '订单'],
    ['返信: 注文', '注文'],
    ['Ответ: Re: Заказ', 'Заказ'],
    ['YNT: Sipariş', 'Sipariş'],
    ['[cats] Where is it?', 'Where is it?'],
    ['Re: [cats] Re: Where is it?', 'Where is it?'],
    ['[EXTERNAL] Re: Where is it?', 'Where is it?'],
    ['EXT: Where is it?', 'Where is it?'],
    ['Re: [EXT] [cats] Fwd: Where is it?', 'Where is it?'],
    ['[External Email] {Spam?} Where is it?', 'Where is it?'],
    ['Re: [Ticket#2026051] Lamp', '[Ticket#2026051] Lamp'],
    ['[#4711] Lamp', '[#4711] Lamp'],
    ['Reklamation', 'Reklamation'],
    ['External drive is broken', 'External drive is broken'],
    ['Return: lamp', 'Return: lamp'],
    ['Re:', ''],
    ['', ''],
  ])('“%s” is about “%s”', (subject, topic) => {
    expect(topicOf(subject)).toBe(topic)
  })

  test.each([
    ['Re: [EXTERNAL] AW: Where is it?', 'Re: Where is it?'],
    ['Fwd: Where is it?', 'Re: Where is it?'],
    ['回复: 订单', 'Re: 订单'],
    ['[cats] Where is it?', 'Re: [cats] Where is it?'],
    ['RE: [#4711] Lamp', 'Re: [#4711] Lamp'],
  ])('the answer to “%s” is called “%s”', (asked, answer) => {
    expect(subjectOf(asked, true)).toBe(answer)
  })

  test('ten thousand prefixes are cut in no time', () => {
    const started = performance.now()
    topicOf('Re: '.repeat(10_000))
    topicOf('[a'.repeat(10_000))
    topicOf(' '.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

test('a forward says so in front, after whatever a gateway put there', () => {
  expect(['Fwd: a', '[EXTERNAL] WG: a', 'TR : a', '转发：a'].map(isForwardSubject)).toEqual([true, true, true, true])
  expect(['Re: Fwd: a', 'Forward', 'Trap: a', 'Re: a'].map(isForwardSubject)).toEqual([false, false, false, false])
})
