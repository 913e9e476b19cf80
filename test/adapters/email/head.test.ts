import { expect, test } from 'vitest'
import { readHead } from '../../../adapters/email/head.ts'
import { SECOND } from '../../../src/clock.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const headValue = (text: string, name: string) => readHead(bytes(text)).find((line) => line.name === name)?.value

test('the lines people look for are there, decoded, in their order, and no others', () => {
  const head = readHead(
    bytes(
      [
        'Received: from a by b',
        'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
        'X-Mailer: anything',
        'From: =?iso-8859-1?q?J=FCrgen?= <j@example.org>',
        'To: support@example.com,',
        ' other@example.com',
        'Message-ID: <1@example.org>',
        '',
        'Cc: nobody, this is the body',
      ].join('\r\n'),
    ),
  )
  expect(head).toEqual([
    { name: 'From', value: 'Jürgen <j@example.org>' },
    { name: 'To', value: 'support@example.com, other@example.com' },
    { name: 'Subject', value: 'Grüße' },
    { name: 'Message-ID', value: '<1@example.org>' },
  ])
})

test('line breaks, NULs and marks that turn the reading direction do not get through an encoded word', () => {
  const value = headValue('Subject: =?utf-8?q?a=0D=0ABcc:=20x=00=E2=80=AEgnp.exe?=\r\n\r\n', 'Subject') ?? ''
  expect(value).toBe('a Bcc: x gnp.exe')
})

test('a head of nothing but lines, one endless line, and no head at all cost next to nothing', () => {
  const startedAt = performance.now()
  expect(readHead(bytes('To: a@example.org\r\n'.repeat(100_000)))).toHaveLength(3)
  expect(headValue(`Subject: ${'=?utf-8?q?a?= '.repeat(100_000)}`, 'Subject')?.length).toBeLessThanOrEqual(4000)
  expect(headValue(`Subject: ${'=?'.repeat(500_000)}`, 'Subject')?.length).toBeLessThanOrEqual(4000)
  expect(readHead(bytes(''))).toEqual([])
  expect(readHead(new Uint8Array(300_000))).toEqual([])
  expect(performance.now() - startedAt).toBeLessThan(2 * SECOND)
})
