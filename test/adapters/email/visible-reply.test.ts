import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMail } from '../../../adapters/email/mail.ts'
import { visibleReply } from '../../../adapters/email/visible-reply.ts'

const CASES = readFileSync(join(import.meta.dirname, '../../fixtures/reply/replies.txt'), 'utf8')

/**
 * A case is `=== name`, the new words, `@@@`, and the rest of the mail; nothing after `@@@` means that all of it is shown. After
 * `@@@bottom` stand the new words when they come last.
 */
function readCase(text: string): [string, string, string] {
  const [name = '', ...lines] = text.split('\n')
  const rest = lines.join('\n')
  const [body, bottom] = rest.split(/^@@@bottom\n/m)
  if (bottom !== undefined) return [name, body ?? '', bottom.trim()]
  const [shown = '', hidden = ''] = rest.split(/^@@@\n/m)
  return [name, shown + hidden, shown.trim()]
}

const cases = CASES.split(/^=== /m).slice(1).map(readCase)

describe('E18: of a mail the new words are shown, without the mail they answer', () => {
  test.each(cases)('%s', (_name, body, shown) => {
    expect(visibleReply(body).trim()).toBe(shown)
  })

  test.each(cases)('%s, with the line ends of mail', (_name, body, shown) => {
    expect(visibleReply(body.replaceAll('\n', '\r\n')).replaceAll('\r\n', '\n').trim()).toBe(shown)
  })
})

test('E18: whatever is written, what is shown are lines of it in their order, and something is shown', () => {
  const pieces = fc.constantFrom(
    ...['', '> quoted', 'On Mon, 1 Jan 2024 at 10:00, Ada <a@b.example> wrote:', '--', 'From: a@b.example', 'To: c'],
    ...['Sent: 1 Jan 2024', 'Subject: x', 'Sent from my iPhone', '________', '----- Original Message -----', 'Yes.'],
    ...['Reply above this line', '---------- Forwarded message ---------', 'wrote:', '\u200f', '>>> deep', 'No?'],
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (parts) => {
      const text = parts.join('\n')
      const shown = visibleReply(text)
      if (text.trim()) expect(shown.trim()).not.toBe('')
      const lines = text.split(/\r\n|\n|\r/)
      let at = 0
      for (const line of shown.split(/\r\n|\n|\r/)) {
        at = lines.indexOf(line, at) + 1
        expect(at).toBeGreaterThan(0)
      }
    }),
    { seed: 1, numRuns: 2000 },
  )
})

test('E18: a mail that is all pattern is given up on in time', () => {
  for (const unit of ['On ', '> ', ' ', 'From: ', 'wrote: ', '\n> ', 'On 1 Jan 2024\n', '--\n', '____\n', 'a@b '])
    expect(visibleReply(unit.repeat(200_000 / unit.length)).length).toBeGreaterThan(0)
})

test('E18: what is folded stays in the text, and a forwarded mail is not folded', async () => {
  const mail = (subject: string) =>
    Buffer.from(
      `From: Ada <ada@example.org>\r\nTo: support@desk.test\r\nSubject: ${subject}\r\n\r\nPlease look.\r\n\r\nFrom: Shop <shop@example.net>\r\nSent: Monday, January 5, 2026 9:00 AM\r\nTo: Ada\r\nSubject: Invoice\r\n\r\nYour invoice.\r\n`,
    )
  const answer = await parseMail(mail('Re: Invoice'), false)
  expect(answer.unquoted).toBe('Please look.')
  expect(answer.text).toContain('Your invoice.')
  expect((await parseMail(mail('Fwd: Invoice'), false)).unquoted).toBeUndefined()
})
