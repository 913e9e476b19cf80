// deskbell templates: check says every fault of every letter, each with its place and its fix; preview shows a letter as a customer gets it.
import { parseArgs } from 'node:util'
import { DAY, systemClock } from '../clock.ts'
import { type Config, loadConfig } from '../config.ts'
import { type OpenReader, openReader } from '../db/open.ts'
import { peekBook } from '../letter-book.ts'
import { type LetterUse, listLetterUse } from '../letter-use.ts'
import { silentLog } from '../log.ts'
import { nearest } from '../nearest.ts'
import { loadAcknowledgements } from '../template/acknowledgement.ts'
import { listFieldValues } from '../template/field.ts'
import { sameLanguage } from '../template/language.ts'
import { findLetter, type Letter, renderLetterFaults } from '../template/letter.ts'
import { readShown, type Shown } from '../template/letter-shown.ts'
import { renderLetter } from '../template/render.ts'
import type { Command } from './command.ts'
import { openStoreToRead } from './store.ts'

const WORDS: Record<string, (config: Config, words: readonly string[]) => Promise<number>> = { check, preview, used }
const USAGE =
  'Usage: npm run deskbell -- templates check\n       npm run deskbell -- templates preview NAME --contact "Name <address>" [--channel email]\n       npm run deskbell -- templates used\n'
const CHANNELS = ['email', 'discord', 'slack']

export const templates: Command = async (words) => {
  const run = Object.entries(WORDS).find(([word]) => words.includes(word))?.[1]
  if (!run) {
    process.stderr.write(USAGE)
    return 2
  }
  return await run(await loadConfig({ argv: words, env: process.env }), words)
}

/** What the program would say of them: in the folder, and in the database, where there is one to ask. */
async function check(config: Config): Promise<number> {
  const { templates, database } = config
  const { shown, unasked } = await readLetters(config)
  const acknowledgements = await loadAcknowledgements(templates.folder)
  const faults = [...shown.faults, ...acknowledgements.faults]
  if (faults.length > 0) process.stderr.write(renderLetterFaults(faults))
  const kept = unasked === undefined ? `; ${nameOf(database)}, ${count(shown.keptCount, 'text')} kept there` : ''
  const files = `Checked: ${templates.folder}, ${count(shown.files.size, 'file')} and the acknowledgements`
  process.stdout.write(`${files}${kept}.\n`)
  if (unasked !== undefined) process.stdout.write(`Not checked: what is kept in ${nameOf(database)}. ${unasked}\n`)
  const good = shown.letters.length + shown.retired.length + acknowledgements.letters.length
  process.stdout.write(
    `${count(good, 'letter')} ${good === 1 ? 'is' : 'are'} good, ${count(faults.length, 'fault')}.\n`,
  )
  return faults.length > 0 ? 1 : 0
}

/** As the program has them. Letters are written where no database is, too: `unasked` says why it could not be asked. */
async function readLetters({ templates, desks, database }: Config): Promise<{ shown: Shown; unasked?: string }> {
  const read = (book?: OpenReader) =>
    readShown(templates.folder, Object.keys(desks), async (files) => book && (await peekBook(book, files)))
  const book = await openReader(database, { log: silentLog }).catch(sayWhy)
  if (typeof book === 'string') return { shown: await read(), unasked: book }
  try {
    return { shown: await read(book) }
  } finally {
    await book.close()
  }
}

function sayWhy(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? error.errors : []
  const said = first instanceof Error ? first.message : String(first)
  return /[.!?]$/.test(said) ? said : `${said}.`
}

/** Never with its password. */
function nameOf(database: Config['database']): string {
  return database.kind === 'sqlite' ? database.path : 'the PostgreSQL database'
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

/** With everything a letter asks still to be answered, and an agent called Alex. */
async function preview(config: Config, words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    strict: false,
    options: { config: { type: 'string' }, contact: { type: 'string' }, channel: { type: 'string' } },
  })
  const name = positionals.find((word) => word !== 'preview')
  const { contact, channel = 'email' } = values
  if (name === undefined || typeof contact !== 'string' || typeof channel !== 'string') {
    process.stderr.write(USAGE)
    return 2
  }
  if (!CHANNELS.includes(channel)) return fail(`There is no channel ${channel}.`, nearest(channel, CHANNELS))
  const { shown } = await readLetters(config)
  const isOurs = ({ language }: Letter) => Number(sameLanguage(language, config.templates.language))
  // A bare name means the letter in our language, where there is one.
  const found = findLetter(
    [...shown.letters, ...shown.retired].toSorted((a, b) => isOurs(b) - isOurs(a)),
    name,
  )
  if (!('letter' in found)) {
    const broken = shown.broken.some((each) => each.key === name || each.name === name)
    if (broken) return fail(`${name} is broken: templates check says what is wrong with it.`, undefined)
    return fail(`There is no good letter ${name}.`, found.meant)
  }
  const { letter } = found
  const situation = {
    contact: readContact(contact),
    agent: { name: 'Alex' },
    conversation: { channel, subject: 'Your question' },
    desk: { name: Object.values(config.desks)[0]?.name ?? 'Support' },
  }
  const { text, missing } = renderLetter(letter, listFieldValues(situation, letter.language))
  process.stdout.write(`${text}\n`)
  if (missing.length > 0) process.stderr.write(`\nStill to fill in: ${missing.join(', ')}\n`)
  for (const { name, bytes } of letter.enclosures) process.stderr.write(`With it goes ${name}, ${bytes} bytes.\n`)
  return 0
}

/** Of the last 90 days: how often each letter was sent, and how often just as it came. */
async function used(_: Config, words: readonly string[]): Promise<number> {
  const { db } = await openStoreToRead(words)
  try {
    const uses = await listLetterUse(db, systemClock().now() - USED_MS)
    process.stdout.write(uses.length === 0 ? 'No letter was sent in the last 90 days.\n' : uses.map(renderUse).join(''))
    return 0
  } finally {
    await db.close()
  }
}

const USED_MS = 90 * DAY

export function renderUse({ letter, sent, unedited }: Omit<LetterUse, 'lastAt'>): string {
  return `${letter}: sent ${sent} times, ${Math.round((100 * unedited) / sent)} % unedited\n`
}

function fail(said: string, meant: string | undefined): number {
  process.stderr.write(`${said}${meant === undefined ? '' : ` Did you mean ${meant}?`}\n`)
  return 1
}

/** `Ana Ruiz <ana@example.org>`, or an address alone. */
function readContact(text: string): { name?: string; address: string } {
  const [, name = '', address = text] = /^(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? []
  return name.trim() === '' ? { address } : { name: name.trim(), address }
}
