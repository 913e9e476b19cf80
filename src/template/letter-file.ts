// Finds and reads the files of letters. Whatever the disk has to say becomes a fault.
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { LetterFault } from './letter.ts'

export interface LetterFile {
  /** Where it stands; in words, where that is in no file. */
  path: string
  /** The folder it is in. */
  language: string
  /** Without its ending. */
  name: string
  /** `_signature.md` is a text that letters share, `refund.slack.md` what `refund` says on that channel. */
  kind?: 'letter' | 'partial' | 'variant'
  channel?: string
  /** The version, where what it says is kept in the database. */
  kept?: number
}

const LETTERS_MAX = 500
export const FILE_BYTES_MAX = 20_000
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/
const FILE_NAME = /^(_?)([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(email|discord|slack))?\.md$/

/** All there is to read, and what is in the way of reading. */
export async function readLetterFiles(
  folder: string,
): Promise<{ texts: Map<LetterFile, string>; faults: LetterFault[] }> {
  const { files, faults } = await listLetterFiles(folder)
  const texts = new Map<LetterFile, string>()
  for (const file of files) {
    const read = await readLetterFile(file)
    if ('fault' in read) faults.push({ ...read.fault, ...(file.kind === 'letter' && { letter: fileKey(file) }) })
    else texts.set(file, read.text)
  }
  return { texts, faults }
}

/** `en/refund`, `en/refund.slack`, `en/_signature`: the file without its ending. */
export function fileKey({ language, name, kind, channel }: LetterFile): string {
  return `${language}/${kind === 'partial' ? '_' : ''}${name}${channel === undefined ? '' : `.${channel}`}`
}

/** The file of that key, whether it is there or not; undefined for what no file may be called. */
export function fileOf(folder: string, key: string): LetterFile | undefined {
  const [language = '', entry = '', ...more] = key.split('/')
  if (more.length > 0 || !LANGUAGE.test(language) || key.length > KEY_LENGTH_MAX) return undefined
  return readName(join(folder, language, `${entry}.md`), language, `${entry}.md`)
}

/** Slack's menus hold no more. */
const KEY_LENGTH_MAX = 75

/** Other files and folders are none of our business; only a misnamed letter is. */
export async function listLetterFiles(folder: string): Promise<{ files: LetterFile[]; faults: LetterFault[] }> {
  const languages = await readFolder(folder)
  if (!languages) return { files: [], faults: [fault(folder, 'cannot be read', 'Check templates.folder.')] }
  const files: LetterFile[] = []
  const faults: LetterFault[] = []
  for (const language of languages.filter((each) => LANGUAGE.test(each))) {
    for (const entry of (await readFolder(join(folder, language))) ?? []) {
      const path = join(folder, language, entry)
      const file = readName(path, language, entry)
      if (file) files.push(file)
      else if (/\.(?:md|markdown)$/i.test(entry)) faults.push(fault(path, 'has a name that is not usable', NAMING))
    }
  }
  const letters = files.filter(({ kind }) => kind === 'letter')
  const [extra] = letters.splice(LETTERS_MAX)
  if (!extra) return { files, faults }
  const count = files.filter(({ kind }) => kind === 'letter').length - LETTERS_MAX
  faults.push(fault(extra.path, `and ${count - 1} more letters are left out`, TOO_MANY))
  return { files: files.filter((file) => file.kind !== 'letter' || letters.includes(file)), faults }
}

function readName(path: string, language: string, entry: string): LetterFile | undefined {
  const [matched, underscore, name = '', channel] = FILE_NAME.exec(entry) ?? []
  if (matched === undefined || (underscore && channel)) return undefined
  if (channel) return { path, language, name, kind: 'variant', channel }
  return { path, language, name, kind: underscore ? 'partial' : 'letter' }
}

const NAMING =
  'Rename it to lower-case words with hyphens, such as first-answer.md; first-answer.slack.md is what it says in Slack.'
const TOO_MANY = `Remove letters: nobody can choose from more than ${LETTERS_MAX}.`

export async function readLetterFile({ path }: LetterFile): Promise<{ text: string } | { fault: LetterFault }> {
  try {
    const { size } = await stat(path)
    const hint = 'A letter is a page at most: split it.'
    if (size > FILE_BYTES_MAX) return { fault: fault(path, `is larger than ${FILE_BYTES_MAX} bytes`, hint) }
    return { text: await readFile(path, 'utf8') }
  } catch {
    return { fault: fault(path, 'cannot be read', 'Let the user that runs Deskbell read it.') }
  }
}

/** A file that leaves with a letter. */
export interface Enclosure {
  name: string
  type: string
  path: string
  bytes: number
}

const ENCLOSURE_BYTES_MAX = 10 * 1024 * 1024
const TYPES: Record<string, string> = {
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.ics': 'text/calendar',
  '.zip': 'application/zip',
}

/** The file that a letter names, or what is wrong with it. Nothing outside the folder is a letter's to send, also not by a link. */
export async function findEnclosure(
  folder: string,
  named: string,
): Promise<Enclosure | { message: string; hint: string }> {
  const hint = 'Put it into files/ in the folder of letters and write files/NAME, or take it out of the letter.'
  try {
    const root = await realpath(folder)
    const path = await realpath(join(root, named))
    if (relative(root, path).startsWith('..') || !path.startsWith(root + sep))
      return { message: `the attachment ${named} is outside the folder of letters`, hint }
    const info = await stat(path)
    if (!info.isFile()) return { message: `the attachment ${named} is no file`, hint }
    if (info.size === 0) return { message: `the attachment ${named} is empty`, hint: 'Replace it.' }
    if (info.size > ENCLOSURE_BYTES_MAX)
      return {
        message: `the attachment ${named} is larger than ${ENCLOSURE_BYTES_MAX} bytes`,
        hint: 'Write a link instead.',
      }
    const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream'
    return { name: path.slice(path.lastIndexOf(sep) + 1), type, path, bytes: info.size }
  } catch {
    return { message: `there is no attachment ${named}`, hint }
  }
}

async function readFolder(path: string): Promise<string[] | undefined> {
  const names = await readdir(path).catch(() => undefined)
  return names?.filter((name) => !name.startsWith('.')).sort()
}

function fault(file: string, message: string, hint: string): LetterFault {
  return { file, line: 1, column: 1, message, hint }
}
