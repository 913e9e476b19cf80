// What an entry says of where a message came from: another mailbox, a colleague of the customer, an agent who passed it on.
import { expect, test } from 'vitest'
import { channelSource } from '../../src/inbox.ts'
import { eachDatabase } from '../setup/database.ts'
import { inbound, rawOf } from '../setup/fake-channel.ts'
import { makeActingDesk } from './acting.ts'

const ANN = { address: 'ann@example.org', name: 'Ann' }
const BEN = { address: 'ben@example.org', name: 'Ben' }

eachDatabase((open) => {
  test('E8: it is said when a colleague of the customer wrote, with their name', async () => {
    const desk = await makeActingDesk(open)
    await desk.customerWrites('Ben knows more', { from: ANN, people: [BEN] })
    const evidence = [{ by: 'reference' as const, key: `thread:${ANN.address}` as never }]
    await desk.customerWrites('It came to my house', { from: BEN, evidence, keys: [] })
    expect(desk.thread().at(-1)).toContain('Ben ben@example.org')
    expect(desk.thread().at(-1)).toContain('👥 Not Ann, but takes part here.')
    expect(desk.thread()[0]).not.toContain('👥')
  })

  test('E6: both mailboxes are shown, and whose the other one is', async () => {
    const desk = await makeActingDesk(open)
    const { world } = desk
    const source = channelSource({ ...world.channel, name: 'email:sales' }, { ...world.desk, desk: 'selling' })
    world.sources.set('email:sales', source)
    const event = inbound('To you both', { from: ANN, at: world.clock.now() })
    await world.keep([rawOf(event, 'support/1')])
    await world.runIntake()
    await desk.settle()
    expect(desk.thread().at(-1)).not.toContain('mailbox')
    await world.keep([rawOf(event, 'sales/1')], undefined, 'email:sales')
    await world.runIntake()
    await desk.settle()
    expect(desk.thread().at(-1)).toContain(
      '📥 Also arrived in the mailbox sales (of the desk selling; it is answered here).',
    )
  })

  test('an agent’s note to what they pass on stands below it, marked as theirs', async () => {
    const desk = await makeActingDesk(open)
    const { maya, world } = desk
    await world.db.transaction((trx) =>
      trx.updateTable('agent').set({ email: 'Maya@Desk.test' }).where('id', '=', maya).execute(),
    )
    const about = { subject: 'Lamp', topic: 'Lamp', replyHandle: 'handle', keys: [], evidence: [] }
    const original = {
      from: ANN,
      text: 'Is it in stock?',
      markdown: 'Is it in stock?',
      note: 'For *you* <!channel>',
      ...about,
    }
    await desk.customerWrites('Is it in stock?', {
      from: { address: 'maya@desk.test' },
      evidence: [],
      forwarded: { original },
    })
    const entry = desk.thread().at(-1) ?? ''
    expect(entry).toContain('Ann ann@example.org')
    expect(entry).toMatch(/passed this on and wrote:\n+For \*you\* <!channel>/)
    expect(entry).toContain('Replies go to ann@example.org.')
    expect(desk.shownCard()).toContain('Ann')
  })
})
