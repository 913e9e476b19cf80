// What somebody outside may have written, and what stands beside it: everything that has ever broken a chat, and much that is only odd.
import fc, { type Arbitrary } from 'fast-check'
import { MARK } from './checker.ts'

const NASTY = [
  '<!channel>',
  '<!here|here>',
  '<!subteam^SEVIL>',
  '<@UEVIL>',
  '<https://evil.example|https://bank.example>',
  '<!date^1^{date}|x>',
  '*bold* _it_ ~no~ `code` ```block```',
  ':red_circle: :tada:',
  '&amp; & &lt;!channel&gt;',
  '> quoted\n>>> all',
  '\u202eright to left\u202c',
  'مرحبا بالعالم',
  'שלום',
  '\u200b\u200d\ufeff',
  '👨‍👩‍👧‍👦',
  '🇺🇦🇺🇦',
  '🏳️‍🌈',
  'e\u0301\u0323',
  '\n\n\n',
  '\r\n\t',
  '\u2028\u2029',
  '\u0007\u001b[31m',
  '{{ contact.first_name }}',
  '"\\"quotes\\"',
  '日本語のテキスト',
  '<script>alert(1)</script>',
  '—',
  'a'.repeat(400),
  `z${'\u0301'.repeat(300)}`,
  'https://evil.example/path?x=1',
]
/** What one sees nothing of. */
const BLANK = ['', ' ', '\u200b', '\n', '\t \n', '\u00a0', '\u3000']

/** Beyond whatever a name, a subject or a line may have. */
const WORDS_MAX = 7000
const TALE_MAX = 100_000

const piece = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.lorem({ maxCount: 8 }),
)

/** At most so many characters; sometimes just as many, for what is cut. */
export function words(lengthMax = WORDS_MAX): Arbitrary<string> {
  const written = fc
    .record({ pieces: fc.array(piece, { minLength: 1, maxLength: 4 }), times: fc.constantFrom(1, 1, 1, 3, lengthMax) })
    .map(({ pieces, times }) => {
      const one = clean(`${MARK}${pieces.join(' ')}`)
      return one
        .repeat(Math.min(times, Math.ceil(lengthMax / one.length)))
        .slice(0, lengthMax)
        .toWellFormed()
    })
  return fc.oneof({ weight: 8, arbitrary: written }, { weight: 1, arbitrary: fc.constantFrom(...BLANK) })
}

/** What somebody had very much to say. */
export const tale = fc.oneof({ weight: 5, arbitrary: words() }, { weight: 1, arbitrary: words(TALE_MAX) })

/** What one of us wrote: where their links lead is their own choice, so no address takes in the mark that stands after it. */
export const written = (lengthMax?: number) => words(lengthMax).map((text) => text.replaceAll(`=1${MARK}`, `= ${MARK}`))

/** As at the contract's edge, where NUL is taken out. */
const clean = (text: string) => text.replaceAll('\0', '')

/** Of what has to say something, such as an address. */
export const said = (lengthMax?: number) => words(lengthMax).map((text) => (text.trim() === '' ? MARK : text))

export const maybe = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
export const orNull = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: null })

export const count = fc.nat({ max: 100_000 })
export const bytes = fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 31 - 1 }))
export const NOW = Date.UTC(2030, 5, 14, 12)
export const at = fc.integer({ min: NOW - 4e10, max: NOW + 4e10 })
export const flag = fc.boolean()
export const user = fc.constantFrom('U0A1', 'UMAYA', 'W9')
export const link = fc.constant('https://acme.slack.com/archives/C1/p1700000000000100')
export const id = (prefix: string) =>
  fc.constantFrom(...['a', 'b', 'c'].map((end) => `${prefix}_01HX${end}`.padEnd(28, '0')))

export const person = fc.record({ name: maybe(words(300)), address: said(400) })
export const channelKind = fc.constantFrom('email', 'discord', 'slack')
export const channel = fc.constantFrom('email:support', 'discord', 'slack:acme')
export const state = fc.constantFrom('new', 'open', 'waiting-customer', 'snoozed', 'closed')
export const delivery = fc.constantFrom(
  ...(['queued', 'sending', 'accepted', 'deferred', 'rejected', 'uncertain', 'parked', 'undone', 'bounced'] as const),
  'partly-delivered' as const,
)
export const posted = fc.constant({ channel: 'C0DESK', ts: '1700000000.000100' })
