import { expect, test } from 'vitest'
import { quoteOf } from '../../adapters/email/quote.ts'
import { cutQuotedBelow } from '../../src/desk/quoted-below.ts'

const QUOTE = quoteOf({
  from: { address: 'ana@customer.test', name: 'Ana' },
  arrivedAt: 0,
  text: 'Where is it?\n\nAna',
})

test('what a mail quotes below itself is not shown again', () => {
  const sent = `It is on its way.\n\n-- \nMaya\n\n${QUOTE?.text}`
  expect(cutQuotedBelow(sent, 'It is on its way.')).toEqual({
    text: 'It is on its way.\n\n-- \nMaya',
    isQuoting: true,
  })
})

test('a quote that the agent wrote is theirs, and so is what only looks like one', () => {
  const written = 'You wrote:\n\n> Where is it?'
  expect(cutQuotedBelow(`${written}\n\n${QUOTE?.text}`, written).text).toContain('> Where is it?')
  for (const text of ['Please note:\n\nAll of it:\nis there', 'No quote at all', 'As I said:\n> Yes.\nAnd no.']) {
    expect(cutQuotedBelow(text, text)).toEqual({ text, isQuoting: false })
  }
})
