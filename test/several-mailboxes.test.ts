import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { readConfig, renderFaults } from '../src/config.ts'
import { systemRandom } from '../src/id.ts'
import { silentLog } from '../src/log.ts'
import { startDeskbell } from '../src/main.ts'
import { makeMail } from '../src/sandbox/mail/letter.ts'
import { startMail } from '../src/sandbox/mail/mail-server.ts'
import { eachDatabase } from './setup/database.ts'
import { until } from './setup/until.ts'

const MAILBOXES = ['support', 'billing', 'broken']

eachDatabase((_, fresh) => {
  test('E21: a desk has several mailboxes, and the one that is down disturbs neither the others nor their mail', async () => {
    const mail = await startMail({ accounts: MAILBOXES.map((name) => `${name}@desk.test`) })
    onTestFinished(mail.stop)
    const server = (side: 'imap' | 'smtp') => ({ ...mail[side], tls: 'none' })
    const mailbox = (name: string) => ({ address: `${name}@desk.test`, imap: server('imap'), smtp: server('smtp') })
    const settings = {
      desks: { main: { channel: 'C0123ABCDEF', leads: ['U0123ABCDEF'] } },
      email: Object.fromEntries(MAILBOXES.map((name) => [name, mailbox(name)])),
    }
    const env = Object.fromEntries(
      MAILBOXES.map((name) => [
        `DESKBELL_EMAIL_${name.toUpperCase()}_PASSWORD`,
        name === 'broken' ? 'wrong' : mail.password,
      ]),
    )
    const read = readConfig({ yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings) }, env })
    if ('faults' in read) throw new Error(renderFaults(read.faults))
    const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }
    const deskbell = await startDeskbell({ ...read.config, database: await fresh() }, tools)
    try {
      const problems = () => deskbell.problems().filter((problem) => problem.startsWith('email:'))
      await until(
        () => problems().length === 1 && /refuses the user broken/.test(problems()[0] ?? ''),
        'one to be down',
      )

      const letter = (to: string) => ({ from: 'ada@customer.test', to, subject: `To ${to}`, text: 'Where is it?' })
      for (const name of ['support', 'billing']) {
        const to = `${name}@desk.test`
        mail.deliver(makeMail(letter(to)), { from: 'ada@customer.test', to })
      }

      const conversations = () =>
        deskbell.db.selectFrom('conversation').select(['channel', 'desk']).orderBy('channel').execute()
      await until(async () => (await conversations()).length === 2, 'both mails')
      expect(await conversations()).toEqual([
        { channel: 'email:billing', desk: 'main' },
        { channel: 'email:support', desk: 'main' },
      ])
      expect(problems()).toHaveLength(1)
    } finally {
      await deskbell.stop() // Before its database goes.
    }
  })
})
