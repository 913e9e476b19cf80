// The mail stand-in in a process of its own, with a full mailbox: the same server for the program and for the bare chain.
import { makeMail } from '../../src/sandbox/mail/letter.ts'
import { startMail } from '../../src/sandbox/mail/mail-server.ts'
import { asChild } from './child.ts'

const { input, say } = asChild<{ address: string; mails: number }>()
const mail = await startMail({ accounts: [input.address] })
const inbox = mail.account(input.address)
const WORDS =
  'the order number has not arrived yet could you please look where it is and tell me when to expect it'.split(' ')

for (let n = 0; n < input.mails; n++) {
  const customer = `customer${n % 500}@example.org`
  const text = Array.from({ length: 110 }, (_, word) => WORDS[(word * 7 + n) % WORDS.length]).join(' ')
  const raw = await makeMail({
    from: `Customer ${n % 500} <${customer}>`,
    to: input.address,
    subject: `Question ${n}`,
    text,
    messageId: `<question-${n}@example.org>`,
    date: Date.UTC(2026, 0, 5) + n * 1000,
  })
  inbox.append(raw)
}
say({ kind: 'ready', imap: mail.imap, smtp: mail.smtp, password: mail.password })
process.once('SIGTERM', () => void mail.stop().then(() => process.exit(0)))
