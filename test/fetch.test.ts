import { describe, expect, test } from 'vitest'
import { getBlob } from '../src/blob.ts'
import { SendError } from '../src/channel.ts'
import { DAY, HOUR } from '../src/clock.ts'
import { inPlace, makeChat } from './setup/chat.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { FETCH_BYTES_MAX } from './setup/world.ts'

const BYTES = new Uint8Array(250).fill(7)

eachDatabase((open) => {
  describe('a file behind a link of the platform’s', () => {
    test('C30: is fetched at once and kept, whatever becomes of the link', async () => {
      const { chat, file } = await makeFile(open)
      await chat.runOutbox()
      chat.channel.files.clear()
      const row = await file()
      expect(row).toMatchObject({ fetch: 'done', bytes: BYTES.byteLength })
      expect([...(await getBlob(chat.db, row.fetched_blob_id ?? ''))]).toEqual([...BYTES])
      expect(await chat.facts('attachment-fetched')).toHaveLength(1)
    })

    test('C30: the platform has a bad hour: it is tried again, also by another instance', async () => {
      const { chat, file } = await makeFile(open)
      chat.channel.troubles.fetch = [new Error('reset'), new SendError({ kind: 'temporary' }, 'busy')]
      await chat.runOutbox()
      expect((await file()).fetch).toBe('due')
      await chat.restart()
      await chat.passTime(HOUR)
      await chat.passTime(HOUR)
      expect((await file()).fetch).toBe('done')
    })

    test('E20: gone for good, its place says so', async () => {
      const { chat, file } = await makeFile(open)
      chat.channel.files.clear()
      await chat.runOutbox()
      expect(await file()).toMatchObject({
        fetch: 'failed',
        name: 'lamp.png',
        fetch_error: expect.stringContaining('does not have it'),
      })
    })

    test('E20: given up after many tries, its place says so', async () => {
      const { chat, file } = await makeFile(open)
      chat.channel.troubles.fetch = Array.from({ length: 50 }, () => new Error('reset'))
      for (let n = 0; n < 26; n++) await chat.passTime(HOUR)
      expect(await file()).toMatchObject({ fetch: 'failed', fetch_error: expect.stringContaining('reset') })
    })

    test('E20: larger than what we keep, its place says so, and no more of it is read', async () => {
      const { chat, file } = await makeFile(open)
      chat.channel.files.set('link', new Uint8Array(FETCH_BYTES_MAX + 1))
      await chat.runOutbox()
      expect(await file()).toMatchObject({ fetch: 'failed', fetch_error: expect.stringContaining('larger') })
    })

    test('holds up no reply', async () => {
      const { chat } = await makeFile(open)
      chat.channel.troubles.fetch = Array.from({ length: 3 }, () => new Error('reset'))
      await chat.agentReplies('Yes.')
      expect(chat.channel.delivered).toMatchObject([{ text: 'Yes.' }])
      await chat.passTime(DAY)
    })
  })
})

async function makeFile(open: OpenTestDb) {
  const chat = await makeChat(open)
  chat.channel.files.set('link', BYTES)
  const attachments = [{ name: 'lamp.png', type: 'image/png', bytes: 1, ref: 'link' }]
  await chat.customerWrites('Look', { ...inPlace(), attachments })
  const file = () => chat.db.selectFrom('attachment').selectAll().executeTakeFirstOrThrow()
  return { chat, file }
}
