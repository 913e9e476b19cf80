// The connection to a real IMAP server, and what it can suffer besides dying.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.ts'
import { memoryIntake } from '../adapters/email/mailbox.ts'
import { type MailServers, mailServersSkipped, startMailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { mailboxConfig, openChannel } from './channel.ts'
import { inMailbox, writeAll } from './mailbox.ts'

describe.skipIf(mailServersSkipped())('the connection to a real IMAP server', () => {
  let servers: MailServers
  beforeAll(async () => {
    servers = await startMailServers()
  })
  afterAll(() => servers?.stop())

  const letter = (subject: string) => ({ from: 'ada@customer.test', subject, text: 'Where is it?' })

  test('new mail is told by the server, long before the next look', async () => {
    const user = servers.user('told')
    const intake = memoryIntake()
    await openChannel(mailboxConfig(servers, user)).start(intake)
    await until(() => servers.sessions(user).some(({ idle }) => idle), 'an idling connection')
    await writeAll(servers, user, [letter('new')])
    await until(() => intake.rows.length === 1, 'the mail')
  })

  test('one that stands but says nothing any more is left, and what came meanwhile is taken in', async () => {
    const user = servers.user('frozen')
    const config = mailboxConfig(servers, user)
    const channel = openChannel({ ...config, imap: { ...config.imap, timeoutMs: SECOND } })
    const intake = memoryIntake()
    await channel.start(intake)
    await until(() => servers.sessions(user).some(({ idle }) => idle), 'an idling connection')

    servers.freezeSessions(user)
    await writeAll(servers, user, [letter('while nobody listens')])

    await until(() => intake.rows.length === 1, 'the mail')
    await until(() => channel.health().ok, 'a healthy mailbox')
    await writeAll(servers, user, [letter('afterwards')])
    await until(() => intake.rows.length === 2, 'the next mail')
  })

  test('E1: what our program reads stays unread for people', async () => {
    const user = servers.user('unread')
    await writeAll(servers, user, [letter('new to everybody')])
    const intake = memoryIntake()
    await openChannel(mailboxConfig(servers, user)).start(intake)
    await until(() => intake.rows.length === 1, 'the mail')
    const flags = await inMailbox(servers, user, (client) => client.fetchAll('1:*', { flags: true }))
    expect(flags.map((mail) => [...(mail.flags ?? [])])).toEqual([expect.not.arrayContaining(['\\Seen'])])
  })

  test('E21: a server whose certificate nobody vouches for is not logged in to, and the operator is told', async () => {
    const user = servers.user('stranger')
    const { ca: _, ...imap } = mailboxConfig(servers, user).imap
    const channel = openChannel({ ...mailboxConfig(servers, user), imap })
    const started = channel.start(memoryIntake())
    await until(() => /certificate/i.test(channel.health().problem ?? ''), 'the problem')
    await channel.stop()
    await started
    expect(servers.sessions(user)).toEqual([])
  })
})
