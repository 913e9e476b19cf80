// Says once whether the tests of this folder run here, and fails where they have to.
import { expect, test } from 'vitest'
import { mailServersMissing } from '../setup/mail-servers.ts'

test('the real mail servers are installed', ({ skip }) => {
  const missing = mailServersMissing()
  if (process.env.DESKBELL_REQUIRE_MAIL_SERVERS === '1') expect(missing).toBeUndefined()
  if (missing === undefined) return
  console.log(`Skipped: ${missing}`)
  skip(missing)
})

test('where one is missing, the packages to install are named', () => {
  expect(mailServersMissing(['/usr/sbin/no-such-server', process.execPath])).toBe(
    'no real mail servers here (/usr/sbin/no-such-server not found); ' +
      'for these tests: apt-get install dovecot-imapd dovecot-lmtpd exim4-daemon-light openssl',
  )
})
