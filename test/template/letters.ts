// Letters made in a test, and the shipped ones.
import { join } from 'node:path'
import { type Letter, type LetterFault, parseLetter } from '../../src/template/letter.ts'
import { loadLetters } from '../../src/template/letter-folder.ts'

export const SHIPPED = join(import.meta.dirname, '../../templates')

const FILE = { path: 'en/test.md', language: 'en', name: 'test' }

/** The body begins on line 6. */
export const HEAD = '---\ntitle: Test\nwhen: In a test.\nlanguage: en\n---\n'

export function letterOf(body: string): Letter {
  const parsed = parseLetter(FILE, HEAD + body)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed.letter
}

export function faultsOf(body: string): LetterFault[] {
  return fileFaultsOf(HEAD + body)
}

export function fileFaultsOf(text: string): LetterFault[] {
  const parsed = parseLetter(FILE, text)
  return 'faults' in parsed ? parsed.faults : []
}

export async function shipped(name: string): Promise<Letter> {
  const { letters } = await loadLetters(SHIPPED)
  const letter = letters.find((each) => each.name === name)
  if (!letter) throw new Error(`no letter ${name}`)
  return letter
}
