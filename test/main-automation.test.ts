// The program's own parts, from one configuration: who is acknowledged, in whose name and zone, and how an alarm leaves.
import { describe, expect, test } from 'vitest'
import { putAlarm } from '../src/alarm.ts'
import { acknowledgingOf, alarmMail, automationHandlers } from '../src/main-automation.ts'
import { configOf, ENV } from './config/reading.ts'
import { noSlack } from './setup/acknowledging.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { makeWorld } from './setup/world.ts'

const config = configOf(
  `calendars: { office: { zone: Europe/Berlin, hours: { mon-fri: 09:00-17:00 } } }
desks:
  main: { name: Customer care, channel: C0123ABCDEF, leads: [U0123ABCDEF], calendar: office, alert_email: [lea@example.com] }
  other: { channel: C0123ABCDEG, leads: [U0123ABCDEF] }
email:
  support: { address: support@example.com, desk: main, acknowledge: unverified, imap: { host: x.com }, smtp: { host: x.com } }
  sales: { address: sales@example.com, desk: main, imap: { host: x.com }, smtp: { host: x.com } }
templates: { language: fr }
`,
  { ...ENV, DESKBELL_EMAIL_SALES_PASSWORD: 'x' },
)

async function makeProgram(open: OpenTestDb) {
  const world = await makeWorld(open)
  const channels = new Map([[world.channel.name, { channel: world.channel, desk: 'main' }]])
  Object.assign(world.desk, acknowledgingOf(config, 'email:support'))
  Object.assign(
    world.handlers,
    await automationHandlers(config, { ...world, channels, channelOf: () => world.channel, tellLeads: noSlack }),
  )
  return { ...world, mail: alarmMail(config, { ...world, channels }) }
}

test('only the mailbox that is told to acknowledges', () => {
  expect(acknowledgingOf(config, 'email:support')).toEqual({ acknowledge: 'unverified' })
  expect(acknowledgingOf(config, 'email:sales')).toEqual({})
  expect(acknowledgingOf(config, 'slack:acme')).toEqual({})
})

eachDatabase((open) => {
  describe('the program', () => {
    test('acknowledges in the desk’s name and zone, and in its language where it cannot tell the customer’s', async () => {
      const world = await makeProgram(open)
      await world.customerWrites('ok', { acknowledgeable: true, sender: 'none' })
      await world.runOutbox()
      const [letter] = world.channel.delivered
      expect(letter?.text).toBe('Bonjour,')
      const said = world.channel.delivered.map(({ text }) => text).join('\n')
      expect(said).toContain('Customer care')
      expect(said).toContain('mardi 6 janvier 2026 à 10:00 (heure normale d’Europe centrale), soit dans les 24 heures')
    })

    test('brings alarms to the desk’s addresses, and says it when there is no way', async () => {
      const world = await makeProgram(open)
      const alarm = { key: 'k', subject: 'Down', text: 'It is down.' }
      await world.db.transaction((trx) => putAlarm(trx, { ...alarm, desk: 'main' }))
      await world.runOutbox()
      await world.mail('main', 'It is still down.')
      expect(world.channel.delivered).toEqual([
        { to: 'lea@example.com', text: 'It is down.' },
        { to: 'lea@example.com', text: 'It is still down.' },
      ])
      await expect(world.mail('other', 'It is down.')).rejects.toThrow('desks.other.alert_email is empty')
    })
  })
})
