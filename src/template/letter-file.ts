// Finds and reads the files of letters. Whatever the disk has to say becomes a fault.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LetterFault } from './letter.ts'

export interface LetterFile {
  path: string
  /** The folder it is in. */
  language: string
  /** Without its ending. */
  name: string
}

const LETTERS_MAX = 500
const FILE_BYTES_MAX = 20_000
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/
const FILE_NAME = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.md$/

/** Other files and folders are none of our business; only a misnamed letter is. */
export async function listLetterFiles(folder: string): Promise<{ files: LetterFile[]; faults: LetterFault[] }> {
  const languages = await readFolder(folder)
  if (!languages) return { files: [], faults: [fault(folder, 'cannot be read', 'Check templates.folder.')] }
  const files: LetterFile[] = []
  const faults: LetterFault[] = []
  for (const language of languages.filter((each) => LANGUAGE.test(each))) {
    for (const entry of (await readFolder(join(folder, language))) ?? []) {
      const path = join(folder, language, entry)
      const name = FILE_NAME.exec(entry)?.[1]
      if (name) files.push({ path, language, name })
      else if (/\.(?:md|markdown)$/i.test(entry)) faults.push(fault(path, 'has a name that is not usable', NAMING))
    }
  }
  const extra = files.splice(LETTERS_MAX)
  if (extra[0]) faults.push(fault(extra[0].path, `and ${extra.length - 1} more letters are left out`, TOO_MANY))
  return { files, faults }
}

const NAMING = 'Rename it to lower-case words with hyphens, such as first-answer.md.'
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

async function readFolder(path: string): Promise<string[] | undefined> {
  const names = await readdir(path).catch(() => undefined)
  return names?.filter((name) => !name.startsWith('.')).sort()
}

function fault(file: string, message: string, hint: string): LetterFault {
  return { file, line: 1, column: 1, message, hint }
}
