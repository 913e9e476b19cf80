// A letter that is left out, in the list of letters: what is wrong with it, and who can mend it.
import { basename } from 'node:path'
import type { KnownBlock } from '@slack/types'
import { listRecentLetters } from '../letter-use.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { isForDesk } from '../template/letter.ts'
import type { BrokenLetter } from '../template/letter-broken.ts'
import { bodyOf, renderFault } from '../template/letter-text.ts'
import type { Person } from './interaction.ts'
import { letterValue } from './letter-menu.ts'
import type { Desk, DeskTools } from './tools.ts'
import { plain } from './words.ts'

const WRONG_LENGTH_MAX = 900

type Tools = Pick<DeskTools, 'shelf' | 'desks' | 'letterEditors'>

/** Those that this person may see. Where nobody can tell whose a letter is, leads are told of it. */
export function visibleBroken({ shelf, desks: all }: Tools, who: Person, desks: readonly Desk[]): BrokenLetter[] {
  const leads = all.length === 1 || all.some((desk) => desk.leads.includes(who.id))
  return shelf.broken().filter((letter) => {
    return letter.desks === 'unread' ? leads : desks.some(({ name }) => isForDesk({ desks: desksOf(letter) }, name))
  })
}

const RECENT_MAX = 5

/** The titles of those that somebody at this desk may look for in vain, what they used lately first. */
export async function listLeftOut(tools: Tools & Pick<DeskTools, 'db'>, who: Person, desk: string): Promise<string[]> {
  const broken = visibleBroken(
    tools,
    who,
    tools.desks.filter(({ name }) => name === desk),
  ).filter(({ isRetired }) => !isRetired)
  if (broken.length === 0) return []
  const recent = await listRecentLetters(tools.db, who.id, RECENT_MAX)
  const rank = ({ key }: BrokenLetter) => (recent.includes(key) ? recent.indexOf(key) : recent.length)
  return broken.toSorted((a, b) => rank(a) - rank(b)).map(({ title }) => title)
}

export function desksOf({ desks }: BrokenLetter): readonly string[] | undefined {
  return desks === 'unread' ? undefined : desks
}

/** Undefined for a letter that is not broken. */
export function findBroken({ shelf }: Pick<DeskTools, 'shelf'>, key: string | undefined): BrokenLetter | undefined {
  return shelf.broken().find((letter) => letter.key === key || letterValue(letter) === key)
}

/** What the form of a letter can hold; all else is mended elsewhere. */
export function isEditable({ head, file, faults }: BrokenLetter): boolean {
  return head !== undefined && faults.every((fault) => fault.file === file)
}

/** All of it in plain text: the letter's own words are in it. */
export function brokenWords(tools: Tools, letter: BrokenLetter): KnownBlock[] {
  const place = letter.kept === undefined ? 'in its file' : `kept in the database, version ${letter.kept}`
  return [
    { type: 'context', elements: [plain(`${letterValue(letter)} · ${place}`)] },
    {
      type: 'context',
      elements: [plain(`Nobody is offered it. ${wrongWith(tools, letter)}`), plain(whoMends(tools, letter))],
    },
  ]
}

/** `Line 3, column 4: there is no field … Did you mean …?` */
export function wrongWith({ shelf }: Pick<DeskTools, 'shelf'>, letter: BrokenLetter): string {
  const [first, ...more] = letter.faults
  if (!first) return ''
  const isOwn = first.file === letter.file
  const { line } = isOwn ? bodyOf(shelf.textOf(letter.key) ?? '') : WHOLE_FILE
  const place = isOwn ? '' : `In ${basename(first.file)}: `
  const others = more.length === 0 ? '' : ` And ${more.length} more ${more.length === 1 ? 'fault' : 'faults'}.`
  return `${place}${shorten(capital(renderFault(first, line)), WRONG_LENGTH_MAX)}${others}`
}

/** What a channel has of its own has no head. */
const WHOLE_FILE = { line: 1 }

function whoMends({ letterEditors }: Tools, letter: BrokenLetter): string {
  const who = letterEditors === 'agents' ? 'Every agent' : 'Leads and whoever wrote it'
  if (isEditable(letter)) return `${who} can mend it: Edit… or Versions…, in its menu.`
  return `Whoever looks after the folder of letters can mend it; ${who[0]?.toLowerCase()}${who.slice(1)} can go back: Versions…, in its menu.`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
