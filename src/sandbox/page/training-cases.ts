// The queue of the training: eight cases that ask for different things, in the order and at the distances at which they arrive.
import { HOUR, MINUTE } from '../../clock.ts'
import { CUSTOMERS, type Customer } from './cast.ts'
import type { Case } from './score.ts'

/** Where it is written, and by whom: a customer with a mailbox, a place among the people on Discord, or a place in Slack. */
export type Voice =
  | { on: 'email'; from: Customer; subject: string; headers?: Record<string, string> }
  | { on: 'discord'; person: number }
  | { on: 'slack'; lounge: number; person: number }

export interface Arrival {
  caseName: string
  /** How long after the one before. */
  afterMs: number
  voice: Voice
  text: string
}

const named = (address: string) => CUSTOMERS.find((customer) => customer.address === address) as Customer
const ANA = named('ana@customer.test')
const BEN = named('ben@customer.test')
const DARIO = named('dario@customer.test')
const GUS: Customer = named('gus@customer.test')
const JONAS: Customer = named('jonas@kunde.test')
const OFFERS: Customer = { address: 'winner@offers.test', name: 'Golden Offers' }

export const CASES: readonly Case[] = [
  {
    ...{ name: 'address', title: 'Ana moves house', wants: 'reply', firstName: 'Ana', language: 'en' },
    questions: [{ about: 'whether the parcel can go to the new address', words: ['address', 'garden', 'moved'] }],
    told: [{ what: 'the number of her order', words: ['order number', 'which order'] }],
  },
  {
    ...{ name: 'returning', title: 'Gus comes back on another channel', wants: 'reply', firstName: 'Gus' },
    ...{ language: 'en' },
    questions: [
      { about: 'when the new glass leaves', words: ['glass', 'replacement', 'leaves', 'on its way', 'sent'] },
    ],
    told: [
      { what: 'the number of his order', words: ['order number', 'which order', 'number of your order'] },
      { what: 'a photograph', words: ['photo', 'picture'] },
      { what: 'what is broken', words: ['what is broken', 'what happened', 'which part', 'describe'] },
    ],
  },
  {
    ...{ name: 'dimming', title: 'Cleo asks twice on Discord', wants: 'reply', firstName: 'Cleo', language: 'en' },
    questions: [
      { about: 'how to dim the lamp', words: ['dim', 'press', 'hold', 'knob', 'switch'] },
      { about: 'whether there is an app', words: ['app'] },
    ],
    told: [],
  },
  {
    ...{ name: 'away', title: 'Ben’s mail program is on holiday', wants: 'nothing', firstName: 'Ben', language: 'en' },
    ...{ questions: [], told: [] },
  },
  {
    ...{ name: 'offer', title: 'Nora wants an offer', wants: 'reply', firstName: 'Nora', language: 'en' },
    questions: [
      { about: 'the price of forty lamps', words: ['price', 'discount', 'cost', '€', 'eur', 'each', 'percent', '%'] },
      { about: 'the day of delivery', words: ['deliver', 'day', 'week', 'arrive', 'by the'] },
      { about: 'one invoice for all', words: ['invoice'] },
    ],
    told: [{ what: 'how many lamps', words: ['how many'] }],
  },
  {
    ...{ name: 'german', title: 'Jonas writes in German', wants: 'reply', firstName: 'Jonas', language: 'de' },
    questions: [{ about: 'when his delivery comes', words: ['liefer', 'paket', 'sendung', 'kommt', 'unterwegs'] }],
    told: [{ what: 'the number of his order', words: ['bestellnummer', 'welche bestellung'] }],
  },
  {
    ...{ name: 'angry', title: 'Dario has had enough', wants: 'reply', firstName: 'Dario', language: 'en' },
    questions: [
      { about: 'an apology', words: ['sorry', 'apolog', 'regret', 'forgive'] },
      { about: 'when the refund comes', words: ['refund', 'money', 'paid back', 'account'] },
    ],
    told: [
      { what: 'the number of his order', words: ['order number', 'which order'] },
      { what: 'his bank account', words: ['bank details', 'account number', 'iban'] },
    ],
  },
  {
    ...{ name: 'spam', title: 'Somebody has won something', wants: 'waiver', reasons: ['spam', 'not-for-us'] },
    ...{ firstName: '', language: 'en', questions: [], told: [] },
  },
]

export const ARRIVALS: readonly Arrival[] = [
  {
    ...{ caseName: 'address', afterMs: 0 },
    voice: { on: 'email', from: ANA, subject: 'New address for order 5120' },
    text: 'Hello,\n\nwe have moved house. Can order 5120 still go to 8 Garden Street instead?\n\nAna',
  },
  {
    ...{ caseName: 'returning', afterMs: 30 * MINUTE },
    voice: { on: 'email', from: GUS, subject: 'Broken glass, order 6044' },
    text: 'Hello,\n\nthe glass of my lamp (order 6044) came cracked from top to bottom. I have sent the photographs to your colleague already, who promised a new glass. When does it leave?\n\nGus Keller',
  },
  {
    ...{ caseName: 'dimming', afterMs: 2 * HOUR },
    voice: { on: 'discord', person: 0 },
    text: 'How do I dim the reading lamp? And is there an app for it?',
  },
  {
    ...{ caseName: 'away', afterMs: HOUR },
    voice: {
      ...{ on: 'email', from: BEN, subject: 'Automatic reply: your order' },
      headers: { 'Auto-Submitted': 'auto-replied' },
    },
    text: 'I am out of the office until Monday and read no mail.\n\nBen Novak',
  },
  {
    ...{ caseName: 'offer', afterMs: 3 * HOUR },
    voice: { on: 'slack', lounge: 0, person: 0 },
    text: 'We would like forty reading lamps for the new office. What is the price? When could they be here? And can it all be on one invoice?',
  },
  {
    ...{ caseName: 'german', afterMs: 4 * HOUR },
    voice: { on: 'email', from: JONAS, subject: 'Wo bleibt meine Lieferung?' },
    text: 'Guten Tag,\n\nich habe die Bestellung 7310 vor zwei Wochen bezahlt. Wann kommt die Lieferung?\n\nViele Grüße\nJonas Weber',
  },
  {
    ...{ caseName: 'returning', afterMs: 3 * HOUR },
    voice: { on: 'slack', lounge: 1, person: 0 },
    text: 'Hi, it is Gus with the cracked glass; I wrote you a mail about it this morning. Has the new one left?',
  },
  {
    ...{ caseName: 'angry', afterMs: 6 * HOUR },
    voice: { on: 'email', from: DARIO, subject: 'THIRD time I write: where is my refund' },
    text: 'Order 4988. I sent the lamp back three weeks ago, you have my bank details, and I have written TWICE. Nobody answers. When do I get my money back?!\n\nDario Conti',
  },
  {
    ...{ caseName: 'spam', afterMs: 5 * HOUR },
    voice: { on: 'email', from: OFFERS, subject: 'You have been SELECTED' },
    text: 'Congratulations! Your address was selected for a golden watch. Claim it within the next hour.',
  },
]
