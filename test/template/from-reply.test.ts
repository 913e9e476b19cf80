import { expect, test } from 'vitest'
import { findParticulars, proposeBody } from '../../src/template/from-reply.ts'

const sent = {
  language: 'en',
  names: ['Ana Ruiz', 'Ana'],
  email: 'ana@customer.test',
  agent: { name: 'Maya Lindt', firstName: 'Maya' },
  shared: new Map([['greeting', 'Hello Ana,']]),
}
const field = "{{ contact.first_name | default: 'there' }}"

test.each([
  ['the shared greeting', 'Hello Ana,\n\nit left.', "{% render 'greeting' %}\n\nit left."],
  ['a greeting of one’s own', 'Dear Ana Ruiz!\n\nit left.', "{% render 'greeting' %}\n\nit left."],
  ['a name within a sentence', 'I told Ana so.', `I told ${field} so.`],
  [
    'a name that the comma goes with',
    'Thank you, Ana.',
    'Thank you{% if contact.first_name %}, {{ contact.first_name }}{% endif %}.',
  ],
  ['no name within a word', 'Anagram, Diana and Ana-Maria', 'Anagram, Diana and Ana-Maria'],
  ['an address', 'We wrote to ana@customer.test.', "We wrote to {{ contact.email | default: '⟦address⟧' }}."],
  ['who signed', 'Bye,\n\nMaya', 'Bye,\n\n{{ agent.first_name }}'],
  ['who signed in full', 'Bye,\n\nMaya Lindt, Support', 'Bye,\n\n{{ agent.name }}, Support'],
  ['somebody of the same name in a sentence', 'Ask Maya for it.', 'Ask Maya for it.'],
  ['braces', 'Use {{ x }} and {% y %}', 'Use {% raw %}{{{% endraw %} x }} and {% raw %}{%{% endraw %} y %}'],
])('T1: a reply becomes a letter for others: %s', (_, markdown, body) => {
  expect(proposeBody({ ...sent, markdown })).toBe(body)
})

test('T1: a customer who is called as the agent is stays the customer', () => {
  const body = proposeBody({ ...sent, names: ['Maya'], markdown: 'Bye,\n\nMaya' })
  expect(body).toBe(`Bye,\n\n${field}`)
})

test('what may be this customer’s alone is named', () => {
  expect(findParticulars('Order 4711, 12,50 €, on 3.4., see https://a.test/x for ana@b.test, twice 4711')).toEqual([
    '4711',
    '12,50 €',
    '3.4',
    'https://a.test/x',
    'ana@b.test',
  ])
})
