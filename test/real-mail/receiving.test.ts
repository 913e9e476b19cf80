// The whole way in on real servers: what a mailbox goes through in a year, in a few seconds.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.ts'
import type { Database } from '../../src/db/open.ts'
import { eachDatabase } from '../setup/database.ts'
import { type MailServers, mailServersSkipped, startMailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { inMailbox, writeAll } from './mailbox.ts'
import { lookInto, startProgram } from './program.ts'

const MAILS = 200
const SESSIONS_KILLED = 3

describe.skipIf(mailServersSkipped())('a mailbox on real servers', () => {
  let servers: MailServers
  beforeAll(async () => {
    servers = await startMailServers()
  })
  afterAll(() => servers?.stop())

  eachDatabase((_, fresh, engine) => {
    test('E1, E2, E3, E5: whatever the server and we go through, 200 mails are 200 conversations that wait for an answer', {
      timeout: 90 * SECOND,
    }, async () => {
      const office = await openOffice(servers, `support-${engine}`, await fresh())
      try {
        await office.start()
        await office.idles()

        // The server kills our connection while it idles, and mail keeps coming.
        const coming = office.write(0, 60)
        for (let n = 0; n < SESSIONS_KILLED; n++) {
          await office.idles()
          servers.kill9Sessions(office.user)
        }
        await coming
        await office.has(60)

        // The whole server is gone for a while, and mail waits elsewhere.
        await servers.killImap()
        await office.write(60, 100)
        await servers.startImap()
        await office.has(100)

        // We are killed while taking mail in, and a colleague reads everything before we are back.
        const more = office.write(100, 150)
        await until(() => !servers.sessions(office.user).some(({ idle }) => idle), 'a fetch', 15 * SECOND, 1)
        await office.program().kill()
        await office.isGivenUpForDead()
        await more
        await office.arrived(150)
        await office.markAllRead()
        await office.start()
        await office.has(150)

        // The server is restored from a backup and numbers all mails anew: once while we run, once while we do not.
        await servers.killImap()
        await servers.resetUidValidity(office.user)
        await servers.startImap()
        await office.hasReadToTheEnd()
        expect((await office.stored()).messages).toBe(150)
        await office.program().stop()
        await office.write(150, MAILS)
        await office.arrived(MAILS)
        await servers.resetUidValidity(office.user)
        await office.markAllRead()
        await office.start()
        await office.hasReadToTheEnd()

        expect(await office.stored()).toEqual({
          messages: MAILS,
          subjects: MAILS,
          conversations: MAILS,
          windows: MAILS,
          quarantined: 0,
        })
        // Each numbering was read: the same mail was kept under a new place, and known by its content.
        expect((await office.numberings()).length).toBe(3)
      } finally {
        await office.close()
      }
    })
  })
})

async function openOffice(servers: MailServers, name: string, database: Database) {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-office-'))
  const user = servers.user(name)
  let program: Awaited<ReturnType<typeof startProgram>> | undefined
  let store: Awaited<ReturnType<typeof lookInto>> | undefined
  const rows = async (text: string) => {
    store ??= await lookInto(database)
    return await store.rows(text)
  }
  const count = async (what: string) => Number((await rows(`select count(${what}`))[0]?.n)
  const running = () => {
    if (!program) throw new Error('the program was not started')
    return program
  }
  const numberings = async () => {
    const keys = await rows("select distinct meta from intake where channel = 'email:support'")
    return [...new Set(keys.map(({ meta }) => JSON.parse(String(meta)).uidValidity as string))]
  }
  const office = {
    user,
    program: running,
    numberings,
    async start() {
      program = await startProgram({ servers, user, database, folder })
    },
    /** On PostgreSQL others wait a minute before they take over from a program that was killed; here that minute is over. */
    async isGivenUpForDead() {
      if (database.kind === 'postgres') await rows('delete from instance')
    },
    /** The server holds a connection of ours on which it may announce mail. */
    async idles() {
      await until(() => {
        running().assertRunning()
        return servers.sessions(user).some(({ idle }) => idle)
      }, 'an idling connection')
    },
    /** A customer each; every tenth mail comes from a program that gives it no Message-ID. */
    async write(from: number, to: number) {
      const numbers = Array.from({ length: to - from }, (_, index) => from + index)
      const letters = numbers.map((n) => ({
        from: `Customer ${n} <customer${n}@customer.test>`,
        subject: `Question ${n}`,
        text: `Where is order ${n}?`,
        ...(n % 10 === 0 && { messageId: false as const }),
      }))
      await writeAll(servers, user, letters)
    },
    async arrived(mails: number) {
      const inMail = () => inMailbox(servers, user, async ({ mailbox }) => (mailbox ? mailbox.exists : 0))
      await until(async () => (await inMail()) === mails, `${mails} mails in the mailbox`)
    },
    async markAllRead() {
      await inMailbox(servers, user, (client) => client.messageFlagsAdd('1:*', ['\\Seen']))
    },
    async has(messages: number) {
      await until(async () => {
        running().assertRunning()
        return (await office.stored()).messages >= messages
      }, `${messages} messages`)
    },
    /** Everything in the mailbox, as it is numbered now, has been taken in. */
    async hasReadToTheEnd() {
      const { uidValidity, last } = await inMailbox(servers, user, async ({ mailbox }) => ({
        uidValidity: mailbox ? String(mailbox.uidValidity) : '',
        last: mailbox ? mailbox.uidNext - 1 : 0,
      }))
      await until(async () => {
        running().assertRunning()
        const [cursor] = await rows("select value from channel_cursor where channel = 'email:support'")
        const read = JSON.parse(String(cursor?.value))
        const waiting = await count("*) as n from intake where state in ('kept', 'parsing')")
        return read.uidValidity === uidValidity && read.uid >= last && !read.scan && waiting === 0
      }, 'the program to have read the mailbox to its end')
    },
    stored: async () => ({
      messages: await count('*) as n from message'),
      subjects: await count('distinct subject) as n from message'),
      conversations: await count('*) as n from conversation'),
      windows: await count('*) as n from response_window where ended_at is null'),
      quarantined: await count("*) as n from intake where state = 'quarantined'"),
    }),
    async close() {
      await store?.close()
      await program?.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return office
}
