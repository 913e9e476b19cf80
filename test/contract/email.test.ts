import { startMail } from '../../src/sandbox/mail/mail-server.ts'
import { configOf, letterOf, openChannel, outbound, SUPPORT } from '../adapters/email/mailbox.ts'
import { simpleMail } from '../adapters/email/simple-mail.ts'
import { type ChannelHarness, channelContract } from './channel-contract.ts'

let count = 0

async function makeHarness(sentFolder?: string): Promise<ChannelHarness> {
  const mail = await startMail({ accounts: [SUPPORT] })
  const account = mail.account(SUPPORT)
  const fileSent = () => {
    // As providers do that keep what they send: whatever was taken is in the Sent folder.
    for (const { raw } of mail.outbound.slice(account.list('Sent').length)) account.append(raw, { folder: 'Sent' })
  }
  return {
    open: () => openChannel({ ...configOf(mail), ...(sentFolder && { sentFolder }) }),
    async customerWrites(text, options = {}) {
      account.append(
        letterOf(`mail ${++count}`, { text, ...(options.claimedAt !== undefined && { date: options.claimedAt }) }),
      )
    },
    async weWrite(text) {
      account.append(letterOf(`mail ${++count}`, { from: `Desk <${SUPPORT}>`, to: 'anna@customer.test', text }))
    },
    redeliver: async () => account.resetUidValidity(),
    platformNow: () => Date.now(),
    outbound: (id, markdown) => outbound({ id, markdown }),
    nextSend(meets) {
      if (meets === 'temporary') mail.faults.smtp.next({ kind: 'greylist' })
      if (meets === 'rejected') mail.faults.smtp.next({ kind: 'refuse-recipient' })
      if (meets === 'lost') mail.faults.smtp.next({ kind: 'drop-after-data', accepted: true })
    },
    async customerSees() {
      if (sentFolder) fileSent()
      return mail.outbound.map(({ raw }) => simpleMail(raw))
    },
    close: () => mail.stop(),
  }
}

channelContract('email', () => makeHarness())
channelContract('email with a Sent folder', () => makeHarness('Sent'))
