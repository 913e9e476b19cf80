// The rooms of the house and who may look into whose. A violation is a design decision: change the design first.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** What each room may import besides itself. The first room whose prefix fits a file is its room. */
const ROOMS: { room: string; prefix: string; may: string[] }[] = [
  { room: 'entrance', prefix: 'src/main', may: ['*'] },
  { room: 'entrance', prefix: 'src/cli.ts', may: ['*'] },
  { room: 'entrance', prefix: 'src/cli/', may: ['*'] },
  { room: 'sandbox', prefix: 'src/sandbox/', may: ['*'] },
  { room: 'desk', prefix: 'src/desk/', may: ['nouns', 'slack', 'template', 'db'] },
  { room: 'web', prefix: 'src/web/', may: ['nouns', 'db'] },
  { room: 'slack', prefix: 'src/slack/', may: ['nouns'] },
  { room: 'template', prefix: 'src/template/', may: ['nouns'] },
  { room: 'db', prefix: 'src/db/', may: ['nouns'] },
  { room: 'config', prefix: 'src/config', may: ['nouns'] },
  { room: 'nouns', prefix: 'src/', may: ['db'] },
  { room: 'email', prefix: 'adapters/email/', may: ['contract'] },
  { room: 'slack-channel', prefix: 'adapters/slack/', may: ['contract', 'slack'] },
  { room: 'discord', prefix: 'adapters/discord/', may: ['contract'] },
]

/** All an adapter, and the database room, may know of the core. */
const LEAVES = ['channel', 'clock', 'id', 'log', 'response-window', 'calendar'].map((name) => `src/${name}.ts`)

/** A vendor's SDK is imported only in the folder that speaks to that vendor. */
const VENDORS: { package: RegExp; prefixes: string[] }[] = [
  { package: /^@slack\//, prefixes: ['src/slack/', 'src/desk/', 'adapters/slack/'] },
  { package: /^discord\.js$/, prefixes: ['adapters/discord/'] },
  { package: /^(imapflow|nodemailer.*|postal-mime)$/, prefixes: ['adapters/email/', 'src/sandbox/mail/'] },
  { package: /^(kysely.*|pg|node:sqlite)$/, prefixes: ['src/'] },
  { package: /^bottleneck$/, prefixes: ['src/rate.ts'] },
  { package: /^liquidjs$/, prefixes: ['src/template/'] },
  { package: /^tinyld/, prefixes: ['src/template/language.ts'] },
  { package: /^temporal-polyfill$/, prefixes: ['src/calendar'] },
  { package: /^node:timers/, prefixes: ['src/clock.ts', 'src/sandbox/'] },
]

const files = ['src', 'adapters'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
)

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found = text.matchAll(/^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)
  return [...found].map((match) => match[1] ?? match[2] ?? '')
}

const roomOf = (file: string) => ROOMS.find(({ prefix }) => file.startsWith(prefix))

function breaksRoom(file: string, target: string): boolean {
  const from = roomOf(file)
  const to = roomOf(target)
  if (!from || !to) return true
  if (from.may.includes('*') || from.room === to.room) return false
  if (to.room === 'entrance' || to.room === 'sandbox') return true
  if (from.room === 'db' || from.may.includes('contract'))
    return !LEAVES.includes(target) && !from.may.includes(to.room)
  return !from.may.includes(to.room)
}

test('every import stays within the directions of the house', () => {
  const violations = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)))
      .filter((target) => breaksRoom(file, target))
      .map((target) => `${file} imports ${target}`),
  )
  expect(violations).toEqual([])
})

test('a vendor is spoken to only in its own folder', () => {
  const violations = files.flatMap((file) =>
    importsOf(file).flatMap((name) =>
      VENDORS.filter(
        (vendor) => vendor.package.test(name) && !vendor.prefixes.some((prefix) => file.startsWith(prefix)),
      ).map(() => `${file} imports ${name}`),
    ),
  )
  expect(violations).toEqual([])
})

test('the rules can be broken: a wrong import is seen', () => {
  expect(breaksRoom('adapters/email/imap.ts', 'src/db/open.ts')).toBe(true)
  expect(breaksRoom('adapters/email/imap.ts', 'src/outbox.ts')).toBe(true)
  expect(breaksRoom('adapters/email/imap.ts', 'src/channel.ts')).toBe(false)
  expect(breaksRoom('src/outbox.ts', 'src/desk/card.ts')).toBe(true)
  expect(breaksRoom('src/desk/card.ts', 'adapters/email/imap.ts')).toBe(true)
})

test('time and chance come from where they can be held: no clock, timer or dice elsewhere', () => {
  const forbidden = /\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|\bnew Date\(\)/
  const violations = files
    .filter((file) => file !== 'src/clock.ts' && !file.startsWith('src/sandbox/'))
    .filter((file) => forbidden.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(violations).toEqual([])
})
