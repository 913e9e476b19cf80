// What the configuration says of each desk and mailbox, as the parts of the program ask for it.
import { openHours } from './calendar.ts'
import { type Config, mailboxOf } from './config.ts'
import { type DeskDay, deskDay } from './desk-day.ts'
import type { DigestDesk } from './digest.ts'
import { quietHours } from './promises.ts'

/** Of a domain that one of our mailboxes has. */
export function isOursOf({ email }: Config): (address: string) => boolean {
  const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  const domains = new Set(Object.values(email).flatMap((box) => [box.address, ...box.aliases].map(domainOf)))
  return (address) => domains.has(domainOf(address))
}

export function addressesOf(config: Config, channel: string): readonly string[] {
  const mailbox = mailboxOf(config, channel)
  return mailbox ? [mailbox.address, ...mailbox.aliases] : []
}

export function takesTurns({ desks }: Config, name: string): boolean {
  return desks[name]?.assign === 'round-robin'
}

export function isOpen({ desks, calendars }: Config, name: string, at: number): boolean {
  const calendar = calendars[desks[name]?.calendar ?? '']
  return calendar === undefined || openHours(calendar).isOpen(at)
}

export function dayOf({ desks, calendars }: Config, name: string): DeskDay {
  const calendar = desks[name]?.calendar
  return deskDay(calendar === undefined ? undefined : calendars[calendar])
}

export function digestDesks(config: Config): DigestDesk[] {
  return Object.entries(config.desks)
    .filter(([, { digest }]) => digest)
    .map(([name, { leads }]) => ({ name, leads, day: dayOf(config, name) }))
}

export function quietOf({ desks, calendars }: Config, name: string) {
  const { quiet, calendar } = desks[name] ?? {}
  const zone = (calendar === undefined ? undefined : calendars[calendar])?.zone ?? 'UTC'
  return quiet && { until: quietHours(quiet, zone), exceptTiers: quiet.exceptTiers }
}
