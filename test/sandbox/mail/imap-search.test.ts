import type { SearchObject } from 'imapflow'
import { expect, test } from 'vitest'
import { DAY } from '../../../src/clock.ts'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import { makeMailServer, openClient, openSocket, SUPPORT } from './programs.ts'

const JANUARY = Date.UTC(2026, 0, 5, 9)

const MIDNIGHT = Date.UTC(2026, 0, 5)

const mails = [
  makeMail({
    from: 'Ann <ann@customer.test>',
    to: SUPPORT,
    subject: 'Größe',
    text: 'first',
    messageId: '<one@x.test>',
  }),
  makeMail({ from: 'bob@customer.test', to: SUPPORT, subject: 'Size', text: 'zweiter Gruß', cc: 'eve@customer.test' }),
  makeMail({
    from: 'bob@customer.test',
    to: 'else@x.test',
    subject: 'Size',
    text: 'third',
    headers: { 'X-Tag': 'a b' },
  }),
]

const questions: [string, SearchObject, number[]][] = [
  ['everything', { all: true }, [1, 2, 3]],
  ['a Message-ID', { header: { 'Message-ID': '<one@x.test>' } }, [1]],
  ['a field that is there', { header: { 'X-Tag': true } }, [3]],
  ['since a day', { since: new Date(MIDNIGHT + DAY) }, [2, 3]],
  ['before a day', { before: new Date(MIDNIGHT + DAY) }, [1]],
  ['on a day', { on: new Date(MIDNIGHT + 2 * DAY) }, [3]],
  ['a subject in another script', { subject: 'GRÖSSE'.replace('SS', 'ß') }, [1]],
  ['a sender', { from: 'bob@' }, [2, 3]],
  ['a recipient', { to: SUPPORT }, [1, 2]],
  ['a copy', { cc: 'eve' }, [2]],
  ['words of the text', { body: 'gruß' }, [2]],
  ['words of text or header', { text: 'a b' }, [3]],
  ['what was read', { seen: true }, [2]],
  ['what was not read', { seen: false }, [1, 3]],
  ['a keyword', { keyword: '$Done' }, [2]],
  ['uids', { uid: '2:*' }, [2, 3]],
  ['numbers', { seq: '1,3' }, [1, 3]],
  ['one or the other', { or: [{ subject: 'größe' }, { to: 'else' }] }, [1, 3]],
  ['neither', { not: { or: [{ subject: 'größe' }, { to: 'else' }] } }, [2]],
  ['two things at once', { from: 'bob', seen: false }, [3]],
  ['size', { larger: 1, smaller: 1_000_000 }, [1, 2, 3]],
  ['nothing', { subject: 'nowhere' }, []],
]

test.each(questions)('a search for %s finds exactly that', async (_what, question, uids) => {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  mails.forEach((raw, index) => {
    account.append(raw, { internalDate: JANUARY + index * DAY, flags: index === 1 ? ['\\Seen', '$Done'] : [] })
  })
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')

  expect(await client.search(question, { uid: true })).toEqual(uids)
})

test('a question that cannot be read is refused', async () => {
  const socket = await openSocket((await makeMailServer()).imap)
  socket.write('a LOGIN support@desk.test secret\r\nb SELECT INBOX\r\n')
  await socket.until(/b OK/)
  for (const question of ['', 'SINCE yesterday', 'NOT', 'OR SEEN', 'WHATEVER', 'UID x', '()']) {
    socket.write(`c SEARCH ${question}\r\n`)
    expect(await socket.until(/^c /m)).toMatch(/^c BAD/)
  }
  socket.write('d SEARCH CHARSET KOI8-R ALL\r\n')
  expect(await socket.until(/^d /m)).toMatch(/^d NO \[BADCHARSET/)
})
