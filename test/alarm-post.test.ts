import { describe, expect, test } from 'vitest'
import { putAlarm } from '../src/alarm.ts'
import { alarmHandler } from '../src/alarm-post.ts'
import { MINUTE } from '../src/clock.ts'
import { LEAD, makeAcknowledgingWorld, noSlack } from './setup/acknowledging.ts'
import { eachDatabase } from './setup/database.ts'

const ALARM = { desk: 'main', key: 'mailbox', subject: 'The mailbox is down', text: 'Log in again.' }

eachDatabase((open) => {
  describe('an alarm', () => {
    test('reaches the lead by mail, once', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (let n = 0; n < 2; n++) await world.db.transaction((trx) => putAlarm(trx, ALARM))
      await world.runOutbox()
      expect(world.channel.delivered).toEqual([{ to: LEAD, text: 'Log in again.' }])
      expect(world.rendered[0]).toMatchObject({ automated: 'alarm', subject: ALARM.subject })
      expect(world.rendered[0]).not.toHaveProperty('conversationToken')
      expect(await world.count('message')).toBe(0)
    })

    test('P9, E12: reaches the leads in Slack where Slack takes it, and then sends no mail', async () => {
      const world = await makeAcknowledgingWorld(open)
      const { log, channel } = world
      const heard: string[] = []
      const tellLeads = async (desk: string, text: string) => void heard.push(`${desk}: ${text}`)
      world.handlers.alarm = alarmHandler({ tellLeads, log, addressesOf: () => [LEAD], mailboxOf: () => channel })
      for (let n = 0; n < 2; n++) await world.db.transaction((trx) => putAlarm(trx, ALARM))
      await world.runOutbox()
      expect(heard).toEqual(['main: 🔔 *The mailbox is down*\nLog in again.'])
      expect(channel.delivered).toEqual([])
    })

    test('without an address is said where the program’s log is read', async () => {
      const world = await makeAcknowledgingWorld(open)
      const { log, channel } = world
      world.handlers.alarm = alarmHandler({ tellLeads: noSlack, log, addressesOf: () => [], mailboxOf: () => channel })
      await world.db.transaction((trx) => putAlarm(trx, ALARM))
      await world.runOutbox()
      expect(await world.effects('alarm')).toMatchObject([
        { state: 'undone', error: 'desks.main.alert_email is empty' },
      ])
      expect(world.logLines.join()).toContain('The mailbox is down')
    })

    test('without a mailbox too', async () => {
      const world = await makeAcknowledgingWorld(open)
      const { log } = world
      world.handlers.alarm = alarmHandler({
        tellLeads: noSlack,
        log,
        addressesOf: () => [LEAD],
        mailboxOf: () => undefined,
      })
      await world.db.transaction((trx) => putAlarm(trx, ALARM))
      await world.runOutbox()
      expect(await world.effects('alarm')).toMatchObject([
        { state: 'undone', error: expect.stringMatching(/no mailbox/) },
      ])
    })

    test('reaches the others when one address is wrong, and is tried again while none was reached', async () => {
      const world = await makeAcknowledgingWorld(open)
      const { log, channel } = world
      const addressesOf = () => ['gone@example.com', LEAD]
      world.handlers.alarm = alarmHandler({ tellLeads: noSlack, log, addressesOf, mailboxOf: () => channel })
      channel.fates.push(
        { kind: 'rejected', reason: 'gone' },
        { kind: 'temporary' },
        { kind: 'rejected', reason: 'gone' },
      )
      await world.db.transaction((trx) => putAlarm(trx, ALARM))
      await world.runOutbox()
      expect(channel.delivered).toEqual([])
      await world.passTime(MINUTE)
      expect(channel.delivered.map(({ to }) => to)).toEqual([LEAD])
      expect(world.rendered.map(({ id }) => id)).toEqual(Array(4).fill(world.rendered[0]?.id))
      expect(await world.effects('alarm')).toMatchObject([{ state: 'accepted' }])
    })
  })
})
