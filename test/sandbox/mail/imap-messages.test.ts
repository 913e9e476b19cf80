import { expect, test } from 'vitest'
import { makeMail } from '../../../src/sandbox/mail/letter.ts'
import { makeMailServer, openClient, SUPPORT } from './programs.ts'

const letter = (subject: string) => makeMail({ from: 'ann@customer.test', to: SUPPORT, subject, text: 'Hello' })

async function makeInbox(subjects: string[]) {
  const mail = await makeMailServer()
  const account = mail.account(SUPPORT)
  for (const subject of subjects) account.append(letter(subject))
  const client = await openClient(mail)
  await client.mailboxOpen('INBOX')
  return { mail, account, client }
}

test('flags are added, removed and replaced', async () => {
  const { account, client } = await makeInbox(['one'])
  await client.messageFlagsAdd('1', ['\\seen', '$Done'])
  expect(account.list()[0]?.flags).toEqual(['\\Seen', '$Done'])
  await client.messageFlagsRemove('1', ['\\Seen'])
  expect(account.list()[0]?.flags).toEqual(['$Done'])
  await client.messageFlagsSet({ uid: '1' }, ['\\Flagged'])
  expect(account.list()[0]?.flags).toEqual(['\\Flagged'])
})

test('a read-only folder stays as it is', async () => {
  const { account, client } = await makeInbox(['one'])
  await client.mailboxOpen('INBOX', { readOnly: true })
  expect(await client.messageFlagsAdd('1', ['\\Seen'])).toBe(false)
  expect(await client.messageDelete('1')).toBe(false)
  expect(account.list()[0]?.flags).toEqual([])
})

test('mails are copied and moved, and the client learns their new numbers', async () => {
  const { account, client } = await makeInbox(['one', 'two', 'three'])

  const copied = await client.messageCopy('1:2', 'Sent')
  const moved = await client.messageMove('2:3', 'Trash', { uid: true })

  expect(copied).toMatchObject({
    uidMap: new Map([
      [1, 1],
      [2, 2],
    ]),
  })
  expect(moved).toMatchObject({
    uidMap: new Map([
      [2, 1],
      [3, 2],
    ]),
  })
  expect(account.list().map(({ uid }) => uid)).toEqual([1])
  expect(account.list('Sent').map(({ raw }) => raw.toString())).toEqual([letter('one'), letter('two')].map(String))
  expect(account.list('Trash').map(({ raw }) => raw.toString())).toEqual([letter('two'), letter('three')].map(String))
  expect(client.mailbox).toMatchObject({ exists: 1 })
})

test('deleting by uid removes nothing else that is marked as deleted', async () => {
  const { account, client } = await makeInbox(['one', 'two', 'three'])
  await client.messageFlagsAdd('1', ['\\Deleted'])
  await client.messageDelete('3', { uid: true })
  expect(account.list().map(({ uid }) => uid)).toEqual([1, 2])
  await client.mailboxClose()
  expect(account.list().map(({ uid }) => uid)).toEqual([2])
})

test('a uid is never used twice', async () => {
  const { account, client } = await makeInbox(['one', 'two'])
  account.expunge(2)
  expect(await client.append('INBOX', letter('three'))).toMatchObject({ uid: 3 })
})

test('folders are made, renamed with their children, and removed', async () => {
  const { account, client } = await makeInbox(['one'])
  await client.mailboxCreate('Büro')
  await client.mailboxCreate(['Büro', 'Alt'])
  await client.messageCopy('1', 'Büro/Alt')
  await client.mailboxRename('Büro', 'Office')

  expect((await client.list()).map(({ path }) => path)).toEqual(expect.arrayContaining(['Office', 'Office/Alt']))
  expect(await client.status('Office/Alt', { messages: true, uidNext: true })).toMatchObject({
    messages: 1,
    uidNext: 2,
  })
  const validity = account.uidValidity('Office/Alt')
  await client.mailboxDelete('Office/Alt')
  await client.mailboxCreate('Office/Alt')
  expect(account.uidValidity('Office/Alt')).toBeGreaterThan(validity)
  expect(account.list('Office/Alt')).toEqual([])
})
