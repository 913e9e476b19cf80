// Real TLS on real sockets before the mail stand-in: what is not encrypted for the right reader gets no password.

import { describe, expect, onTestFinished, test } from 'vitest'
import type { MailboxConfig } from '../../../adapters/email/mailbox-config.ts'
import { startMail } from '../../../src/sandbox/mail/mail-server.ts'
import { type Certificate, makeCertificate, opensslMissing } from '../../setup/certificate.ts'
import { wiretap } from '../../setup/wiretap.ts'
import { configOf, memoryIntake, openChannel, outbound, progress, SUPPORT, until } from './mailbox.ts'

const PASSWORD = 'secret-c4n4ry'

async function makeDoors(certificate?: Certificate) {
  const mail = await startMail({ accounts: [SUPPORT], password: PASSWORD })
  onTestFinished(mail.stop)
  const imap = await wiretap(mail.imap.port, certificate)
  const smtp = await wiretap(mail.smtp.port, certificate)
  return { mail, imap, smtp }
}

type Doors = Awaited<ReturnType<typeof makeDoors>>

/** What the operator is told of the way in, and the sender of the way out. */
async function problems(
  { mail, imap, smtp }: Doors,
  server: Partial<MailboxConfig['imap']>,
): Promise<[string, string]> {
  const account = { user: SUPPORT, password: PASSWORD, tls: 'implicit' as const }
  const config = {
    ...configOf(mail),
    imap: { ...account, ...imap, ...server },
    smtp: { ...account, ...smtp, ...server },
  }
  const channel = openChannel(config)
  onTestFinished(() => channel.stop())
  void channel.start(memoryIntake())
  await until(() => channel.health().ok || !/not connected yet/.test(channel.health().problem ?? ''))
  const sent = channel.send(await channel.render(outbound()), progress())
  const out = await sent.then(
    () => 'sent',
    (error: Error) => error.message,
  )
  return [channel.health().problem ?? 'read', out]
}

function expectUnspoken({ mail, imap, smtp }: Doors): void {
  expect(mail.outbound).toEqual([])
  const words = `${imap.heard()} ${smtp.heard()}`
    .split(/\s+/)
    .flatMap((word) => [word, Buffer.from(word, 'base64').toString('latin1')])
  expect(words.filter((word) => word.includes('c4n4ry'))).toEqual([])
}

describe.skipIf(opensslMissing())('TLS is strict', () => {
  test('a server whose authority is named is trusted, and then mail goes both ways', async () => {
    const certificate = makeCertificate()
    const doors = await makeDoors(certificate)
    expect(await problems(doors, { ca: certificate.cert })).toEqual(['read', 'sent'])
    expect(doors.mail.outbound).toHaveLength(1)
  })

  test('E21: a certificate that nobody vouches for is refused, and the setting that would is named', async () => {
    const doors = await makeDoors(makeCertificate())
    const [read, sent] = await problems(doors, {})
    expect(read).toMatch(/authority that nobody here knows.*email\.support\.imap\.ca_file/)
    expect(sent).toMatch(/authority that nobody here knows.*email\.support\.smtp\.ca_file/)
    expectUnspoken(doors)
  })

  test('E21: one of another authority than the named one is refused', async () => {
    const doors = await makeDoors(makeCertificate())
    const [read, sent] = await problems(doors, { ca: makeCertificate().cert })
    expect(read).toMatch(/authority that nobody here knows/)
    expect(sent).toMatch(/authority that nobody here knows/)
    expectUnspoken(doors)
  })

  test('E21: one for another name is refused, whoever signed it', async () => {
    const certificate = makeCertificate('DNS:mail.elsewhere.test')
    const doors = await makeDoors(certificate)
    const [read, sent] = await problems(doors, { ca: certificate.cert })
    expect(read).toMatch(/for another name.*email\.support\.imap\.host/)
    expect(sent).toMatch(/for another name.*email\.support\.smtp\.host/)
    expectUnspoken(doors)
  })

  test('E21: one that has expired is refused', async () => {
    const certificate = makeCertificate(undefined, '20200102000000Z')
    const doors = await makeDoors(certificate)
    const [read, sent] = await problems(doors, { ca: certificate.cert })
    expect(read).toMatch(/has expired\. Renew it/)
    expect(sent).toMatch(/has expired\. Renew it/)
    expectUnspoken(doors)
  })
})

// Seen failing with `doSTARTTLS` and `requireTLS` left out.
test('E21: a server from which somebody has stripped STARTTLS gets no password: there is no way back to plain text', async () => {
  const doors = await makeDoors()
  const [read, sent] = await problems(doors, { tls: 'starttls' })
  expect(read).toMatch(/offers no encryption.*email\.support\.imap\.tls/)
  expect(sent).toMatch(/offers no encryption.*email\.support\.smtp\.tls/)
  expectUnspoken(doors)
})

test('E21: a server that does not speak TLS where it should is told as just that', async () => {
  const doors = await makeDoors()
  const [read, sent] = await problems(doors, {})
  expect(read).toMatch(/does not speak TLS from the first byte/)
  expect(sent).toMatch(/does not speak TLS|cannot send through/)
  expectUnspoken(doors)
})
