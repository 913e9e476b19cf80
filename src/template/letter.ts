// The letters agents pick from: `<folder>/<language>/<name>.md`. A broken one is left out and reported; it stops nothing.
import { type FrontMatter, splitFrontMatter } from './front-matter.ts'
import { type LetterFile, listLetterFiles, readLetterFile } from './letter-file.ts'
import { lintBody } from './lint.ts'
import type { ParsedBody } from './liquid.ts'
import type { Problem } from './problem.ts'

export interface Letter {
  /** `en/first-answer`. */
  key: string
  name: string
  language: string
  title: string
  /** When to use it, a sentence for the agent. */
  when: string
  /** Kinds of channel it suits; undefined: all. */
  channels?: string[] | undefined
  body: ParsedBody
}

export interface LetterFault extends Problem {
  file: string
}

/** Never throws: a folder that cannot be read is a fault like any other. In order of language and name. */
export async function loadLetters(folder: string): Promise<{ letters: Letter[]; faults: LetterFault[] }> {
  const { files, faults } = await listLetterFiles(folder)
  const loaded: { letter: Letter; file: string }[] = []
  for (const file of files) {
    const read = await readLetterFile(file)
    const parsed = 'fault' in read ? { faults: [read.fault] } : parseLetter(file, read.text)
    if ('letter' in parsed) loaded.push({ letter: parsed.letter, file: file.path })
    else faults.push(...parsed.faults)
  }
  return { letters: loaded.map(({ letter }) => letter), faults: [...faults, ...sameTitles(loaded)] }
}

/** Pure. */
export function parseLetter(file: LetterFile, text: string): { letter: Letter } | { faults: LetterFault[] } {
  const { path, language, name } = file
  const { head, body, bodyLine, problems } = splitFrontMatter(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  const linted = body === undefined ? { problems: [] } : lintBody(body)
  const inBody = linted.problems.map((problem) => ({ ...problem, line: problem.line + bodyLine - 1 }))
  const all = [...problems, ...languageProblem(head, language), ...inBody]
  if (!head || !linted.body || all.length > 0) return { faults: all.map((problem) => ({ file: path, ...problem })) }
  return { letter: { key: `${language}/${name}`, name, ...head, body: linted.body } }
}

/** The language decides which customers get the letter; two answers to that are one too many. */
function languageProblem(head: FrontMatter | undefined, language: string): Problem[] {
  if (!head || head.language === language) return []
  const hint = `Write language: ${language}, or move the file to the folder ${head.language}.`
  return [{ line: 1, column: 1, message: `the language is ${head.language} but the folder is ${language}`, hint }]
}

/** Agents pick by title. Both stay: which one is meant is not ours to say. */
function sameTitles(loaded: { letter: Letter; file: string }[]): LetterFault[] {
  return loaded.flatMap(({ letter, file }, index) => {
    const { title, language } = letter
    const first = loaded
      .slice(0, index)
      .find((other) => other.letter.title === title && other.letter.language === language)
    if (!first) return []
    return [
      {
        file,
        line: 1,
        column: 1,
        message: `has the same title as ${first.file}`,
        hint: 'Change one of the two titles.',
      },
    ]
  })
}

/** The letters for one language and kind of channel (`email`). */
export function listLetters(letters: readonly Letter[], wanted: { language: string; channelKind: string }): Letter[] {
  return letters.filter(({ language, channels }) => {
    return language === wanted.language && (channels?.includes(wanted.channelKind) ?? true)
  })
}

/** For the operator: each fault with its place, its fix below. */
export function renderLetterFaults(faults: readonly LetterFault[]): string {
  const lines = faults.map(
    ({ file, line, column, message, hint }) => `${file}:${line}:${column}: ${message}\n  Fix: ${hint}\n`,
  )
  return lines.join('')
}
