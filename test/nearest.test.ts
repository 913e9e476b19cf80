import { expect, test } from 'vitest'
import { nearest } from '../src/nearest.ts'

const NAMES = ['contact.first_name', 'contact.name', 'agent.name', 'log', 'desks']

test.each([
  ['contact.frist_name', 'contact.first_name'],
  ['contact.firstName', 'contact.first_name'],
  ['contact.first', 'contact.first_name'],
  ['contact.names', 'contact.name'],
  ['agnet.name', 'agent.name'],
  ['LOG', 'log'],
  ['lgo', 'log'],
  ['desk', 'desks'],
])('%s was meant to be %s', (written, meant) => {
  expect(nearest(written, NAMES)).toBe(meant)
})

test.each(['', 'order.number', 'xyz', '__proto__'])('nobody can tell what was meant by %j', (written) => {
  expect(nearest(written, NAMES)).toBeUndefined()
})

test('a name as long as a book is not compared letter by letter', () => {
  expect(nearest('x'.repeat(10_000_000), ['x'.repeat(10_000_000)])).toBeUndefined()
})
