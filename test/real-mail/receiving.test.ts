// The whole way in on real servers: what a mailbox goes through in a year, in a few seconds.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.ts'
import { eachDatabase } from '../setup/database.ts'
import { type MailServers, mailServersSkipped, startMailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { openOffice } from './office.ts'

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
      timeout: 120 * SECOND,
    }, async () => {
      const office = await openOffice(servers, servers.user(`support-${engine}`), await fresh())
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

        // The whole server dies while we idle and is gone for a while, and mail waits elsewhere.
        await office.idles()
        await servers.killImap()
        await office.write(60, 100)
        await servers.startImap()
        await office.has(100)

        // We are killed while taking mail in, and a colleague reads everything before we are back.
        await office.idles()
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
          openWindows: MAILS,
          quarantined: 0,
        })
        // Each numbering was read: the same mail was kept under a new place, and known by its content.
        expect(await office.numberings()).toBe(3)
      } finally {
        await office.close()
      }
    })
  })
})
