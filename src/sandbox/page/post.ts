// The customers' mail: what each sent and got, and a mail server that returns what cannot be delivered.
import type { MovableClock } from '../clock.ts'
import { makeMail } from '../mail/letter.ts'
import { type ReadMail, readMail } from '../mail/read-mail.ts'
import { type Stage, SUPPORT_ADDRESS } from '../stage.ts'
import { CUSTOMERS, type Customer, GONE_DOMAIN } from './cast.ts'

export interface Exchanged extends ReadMail {
  at: number
  way: 'sent' | 'got'
}

export interface NewMail {
  subject: string
  text: string
  isAnswer?: boolean
  headers?: Record<string, string>
}

export interface Post {
  /** Oldest first. */
  of(address: string): readonly Exchanged[]
  /** Sends to the support address, as an answer to the newest mail there is where `isAnswer` is set. */
  write(from: Customer, mail: NewMail): Promise<void>
  /** Looks into the mailboxes, and returns what nobody can get. */
  look(): Promise<void>
}

export function customersPost({ mail }: Stage, clock: MovableClock): Post {
  const exchanged = new Map<string, Exchanged[]>(CUSTOMERS.map(({ address }) => [address, []]))
  const seen = new Map<string, number>()
  let returned = 0
  for (const { address } of CUSTOMERS) if (!address.endsWith(GONE_DOMAIN)) mail.account(address)
  const note = async (address: string, way: Exchanged['way'], at: number, raw: Uint8Array) => {
    exchanged.get(address)?.push({ ...(await readMail(raw)), at, way })
  }
  return {
    of: (address) => exchanged.get(address) ?? [],
    async write(from, { subject, text, isAnswer = false, headers }) {
      const answered = isAnswer ? exchanged.get(from.address)?.at(-1)?.messageId : undefined
      const raw = makeMail({
        from: `${from.name} <${from.address}>`,
        to: SUPPORT_ADDRESS,
        subject,
        text,
        date: clock.now(),
        ...(headers && { headers }),
        // Two mails of the same words are two mails.
        messageId: `<${clock.now()}.${exchanged.get(from.address)?.length}@${from.address.split('@')[1]}>`,
        ...(answered !== undefined && { inReplyTo: answered, references: [answered] }),
      })
      mail.deliver(raw, { from: from.address, to: [SUPPORT_ADDRESS] })
      await note(from.address, 'sent', clock.now(), raw)
    },
    async look() {
      for (const { address } of CUSTOMERS.filter(({ address }) => !address.endsWith(GONE_DOMAIN))) {
        const inbox = mail.account(address).list()
        for (const { raw, internalDate } of inbox.slice(seen.get(address) ?? 0)) {
          await note(address, 'got', internalDate, raw)
        }
        seen.set(address, inbox.length)
      }
      for (const { to, raw } of mail.outbound.slice(returned)) {
        const gone = to.find((address) => address.endsWith(GONE_DOMAIN))
        if (gone !== undefined) giveBack(gone, await readMail(raw))
      }
      returned = mail.outbound.length
    },
  }

  function giveBack(address: string, { messageId, subject }: ReadMail): void {
    const words = [
      'I could not deliver your message, and I have given up.',
      '',
      `<${address}>: host mx.${GONE_DOMAIN} said: 550 5.1.1 The mailbox does not exist`,
      '',
      `Message-ID: ${messageId}`,
      `Subject: ${subject}`,
    ]
    const raw = makeMail({
      from: `Mail Delivery System <MAILER-DAEMON@mx.${GONE_DOMAIN}>`,
      to: SUPPORT_ADDRESS,
      subject: 'Undelivered Mail Returned to Sender',
      text: words.join('\n'),
      date: clock.now(),
      headers: { 'Auto-Submitted': 'auto-replied', 'X-Failed-Recipients': address },
    })
    mail.deliver(raw, { from: '', to: [SUPPORT_ADDRESS] })
  }
}
