// What two settings say of each other. Reads the raw data, so that it speaks in the same breath as the checks of single settings.

import { nearest } from '../nearest.ts'
import { checkCalendars } from './check-calendar.ts'
import { checkNames } from './check-name.ts'
import { checkPromises } from './check-promise.ts'
import { customersFaults, pathFaults } from './customers.ts'
import { discordFaults } from './discord.ts'
import { dkimFaults } from './dkim.ts'
import { didYouMeanOneOf, type Fault } from './fault.ts'
import { oauthFaults } from './oauth.ts'
import { isLoopback } from './value.ts'
import { type Data, named, pick } from './yaml.ts'

export function crossCheck(data: Data, now: number | undefined): Fault[] {
  return [
    ...deskFaults(data),
    ...deskChannelFaults(data),
    ...capFaults(data),
    ...addressFaults(data),
    ...serverFaults(data),
    ...tlsFaults(data),
    ...oauthFaults(data),
    ...dkimFaults(data),
    ...discordFaults(data),
    ...customersFaults(data),
    ...pathFaults(data),
    ...sentCopyFaults(data),
    ...acknowledgeFaults(data),
    ...nameFaults(data),
    ...tierFaults(data),
    ...checkCalendars(data, now),
    ...checkNames(data),
    ...checkPromises(data),
  ]
}

/** Each mailbox belongs to a desk: the one it names, or the only one there is. */
function deskFaults(data: Data): Fault[] {
  const desks = Object.keys(named(data, 'desks'))
  const mailboxes = Object.entries(named(data, 'email'))
  if (mailboxes.length > 0 && desks.length === 0) {
    const fix = 'Add a desk with its Slack channel and leads; without one nobody would see the mail.'
    return [{ key: 'desks', problem: 'is empty although there are mailboxes', fix }]
  }
  return mailboxes.flatMap(([name, mailbox]) => {
    const desk = pick(mailbox, 'desk')
    const key = `email.${name}.desk`
    const fix = `Write ${desks.length === 1 ? desks.join() : `one of ${desks.join(', ')}`}.`
    if (desk === undefined && desks.length > 1) return [{ key, problem: 'is missing and there are several desks', fix }]
    if (typeof desk !== 'string' || desks.includes(desk)) return []
    return [{ key, problem: 'names no desk of this file', fix: didYouMeanOneOf(nearest(desk, desks), desks, 'desk') }]
  })
}

/** A card's channel tells the desk. */
function deskChannelFaults(data: Data): Fault[] {
  const channels = Object.entries(named(data, 'desks')).map(([name, desk]) => ({
    name,
    taken: [pick(desk, 'channel')],
  }))
  return collisions(channels).map(({ name, other }) => ({
    key: `desks.${name}.channel`,
    problem: `is also the channel of desks.${other}`,
    fix: 'Give every desk its own private channel.',
  }))
}

/** Whoever writes a limit believes that something is limited. */
function capFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'desks')).flatMap(([name, desk]) => {
    if (pick(desk, 'cap') === undefined || pick(desk, 'assign') === 'round-robin') return []
    const fix = `Write desks.${name}.assign: round-robin, or remove the cap.`
    return [{ key: `desks.${name}.cap`, problem: 'limits nothing, because nothing is assigned by turns', fix }]
  })
}

/** Without the name nobody is ever verified, and `on` would quietly mean `off`. */
function acknowledgeFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) => {
    if (pick(mailbox, 'acknowledge') !== 'on' || pick(mailbox, 'auth_server') !== undefined) return []
    const fix = `Write email.${name}.auth_server, or acknowledge: off.`
    return [{ key: `email.${name}.acknowledge`, problem: 'is on, but no sender can be verified', fix }]
  })
}

function sentCopyFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) => {
    if (pick(mailbox, 'sent_copy') !== true || pick(mailbox, 'sent_folder') !== undefined) return []
    const fix = `Write email.${name}.sent_folder, such as Sent, or sent_copy: false.`
    return [{ key: `email.${name}.sent_copy`, problem: 'is true, but there is no folder to put copies into', fix }]
  })
}

/** A mail to an address must have one home. */
function addressFaults(data: Data): Fault[] {
  const mailboxes = Object.entries(named(data, 'email')).map(([name, mailbox]) => {
    const aliases = pick(mailbox, 'aliases')
    return { name, taken: [pick(mailbox, 'address'), ...(Array.isArray(aliases) ? aliases : [])] }
  })
  return collisions(mailboxes).map(({ name, other }) => ({
    key: `email.${name}.address`,
    problem: `or one of its aliases is also an address of email.${other}`,
    fix: 'Keep the address in one of the two mailboxes.',
  }))
}

/** A contact is in one tier. */
function tierFaults(data: Data): Fault[] {
  const tiers = Object.entries(named(data, 'tiers')).map(([name, taken]) => ({
    name,
    taken: Array.isArray(taken) ? taken : [],
  }))
  return collisions(tiers).map(({ name, other }) => ({
    key: `tiers.${name}`,
    problem: `has an address or domain that is in tiers.${other} too`,
    fix: 'Keep it in one of the two.',
  }))
}

function collisions(owners: { name: string; taken: unknown[] }[]): { name: string; other: string }[] {
  const owner = new Map<string, string>()
  return owners.flatMap(({ name, taken }) => {
    const keys = taken.flatMap((item) => (typeof item === 'string' ? [item.trim().toLowerCase()] : []))
    const other = keys.map((key) => owner.get(key)).find((found) => found !== undefined)
    for (const key of keys) if (!owner.has(key)) owner.set(key, name)
    return other === undefined ? [] : [{ name, other }]
  })
}

/** The servers of a mailbox must be known: from here, or from where it signs in. */
function serverFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) => {
    if (pick(mailbox, 'oauth') !== undefined) return []
    return ['imap', 'smtp'].flatMap((side) => {
      const key = `email.${name}.${side}`
      const server = pick(mailbox, side)
      const fix = 'Write its settings below it, indented by two spaces.'
      if (server === undefined) return [{ key, problem: 'is missing', fix }]
      if (typeof server !== 'object' || server === null || pick(server, 'host') !== undefined) return []
      return [{ key: `${key}.host`, problem: 'is missing', fix: `Write a host name such as ${side}.example.com.` }]
    })
  })
}

/** Passwords and customers' mail never cross a network in the clear. */
function tlsFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) =>
    ['imap', 'smtp'].flatMap((side) => {
      const host = pick(mailbox, side, 'host')
      if (pick(mailbox, side, 'tls') !== 'none' || typeof host !== 'string' || isLoopback(host)) return []
      const problem = 'is none although the server is on another machine'
      return [{ key: `email.${name}.${side}.tls`, problem, fix: 'Write implicit or starttls.' }]
    }),
  )
}

/** Mailbox `a-imap` and the IMAP side of mailbox `a` would share a password variable. */
function nameFaults(data: Data): Fault[] {
  const names = Object.keys(named(data, 'email')).filter((name) => /-(imap|smtp)$/.test(name))
  const fix = 'Give the mailbox a name that does not end in -imap or -smtp.'
  return names.map((name) => ({ key: `email.${name}`, problem: 'has the name of a password variable of another', fix }))
}
