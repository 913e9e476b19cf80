// deskbell templates: check says every fault of every letter, each with its place and its fix; preview shows a letter as a customer gets it.
import { parseArgs } from 'node:util'
import { DAY, systemClock } from '../clock.ts'
import { type Config, loadConfig } from '../config.ts'
import { type LetterUse, listLetterUse } from '../letter-use.ts'
import { nearest } from '../nearest.ts'
import { loadAcknowledgements } from '../template/acknowledgement.ts'
import { listFieldValues } from '../template/field.ts'
import { findLetter, renderLetterFaults } from '../template/letter.ts'
import { loadLetters } from '../template/letter-folder.ts'
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

async function check({ templates, desks }: Config): Promise<number> {
  const letters = await loadLetters(templates.folder, Object.keys(desks))
  const acknowledgements = await loadAcknowledgements(templates.folder)
  const faults = [...letters.faults, ...acknowledgements.faults]
  if (faults.length > 0) process.stderr.write(renderLetterFaults(faults))
  const good = letters.letters.length + acknowledgements.letters.length
  process.stdout.write(`${good} letters are good, ${faults.length} faults.\n`)
  return faults.length > 0 ? 1 : 0
}

/** With everything a letter asks still to be answered, and an agent called Alex. */
async function preview({ templates, desks }: Config, words: readonly string[]): Promise<number> {
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
  const { letters } = await loadLetters(templates.folder)
  const found = findLetter(letters, name)
  if (!('letter' in found)) return fail(`There is no good letter ${name}.`, found.meant)
  const { letter } = found
  const situation = {
    contact: readContact(contact),
    agent: { name: 'Alex' },
    conversation: { channel, subject: 'Your question' },
    desk: { name: Object.values(desks)[0]?.name ?? 'Support' },
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
