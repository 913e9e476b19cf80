// A folder of letters: read, each checked among the others, and the broken ones left out.
import { FIELDS, type FieldValues } from './field.ts'
import { type Kit, type Letter, type LetterFault, type Parsed, parseLetter, tidy } from './letter.ts'
import {
  type Enclosure,
  FILE_BYTES_MAX,
  fileKey,
  findEnclosure,
  type LetterFile,
  readLetterFiles,
} from './letter-file.ts'
import { findGaps } from './letter-gap.ts'
import { lintBody } from './lint.ts'
import type { ParsedBody, Partials } from './liquid.ts'
import { renderBodyWith } from './render.ts'

interface Loaded {
  letter: Letter
  file: string
}

/** Never throws: a folder that cannot be read is a fault like any other. In order of language and name. */
export async function loadLetters(
  folder: string,
  desks?: readonly string[],
): Promise<{ letters: Letter[]; faults: LetterFault[] }> {
  const { texts, faults } = await readLetterFiles(folder)
  const parsed = await parseLetters(folder, texts, desks)
  return { letters: parsed.letters, faults: [...faults, ...parsed.faults] }
}

/** `desks`: those there are, where that is known. `retired`: the keys of what is not offered. */
export async function parseLetters(
  folder: string,
  texts: ReadonlyMap<LetterFile, string>,
  desks?: readonly string[],
  retired: ReadonlySet<string> = new Set(),
): Promise<{ letters: Letter[]; faults: LetterFault[] }> {
  const loaded: Loaded[] = []
  const faults: LetterFault[] = []
  for (const language of new Set([...texts.keys()].map((file) => file.language))) {
    const ours = [...texts].filter(([file]) => file.language === language)
    const shared = parsePartials(ours.filter(([{ kind }]) => kind === 'partial'))
    faults.push(...shared.faults)
    for (const [file, text] of ours.filter(([{ kind }]) => kind === 'letter')) {
      const kit = kitOf(ours, shared.partials, file, desks)
      const parsed = await withEnclosures(folder, file, parseLetter(file, text, kit))
      if ('letter' in parsed) loaded.push({ letter: parsed.letter, file: file.path })
      else faults.push(...parsed.faults.map((each) => ({ ...each, letter: fileKey(file) })))
    }
  }
  const gaps = findGaps(folder, texts, loaded, retired)
  return { letters: loaded.map(({ letter }) => letter), faults: [...faults, ...gaps] }
}

/** Whether a text would be a good letter among the others. */
export async function checkLetter(
  folder: string,
  texts: ReadonlyMap<LetterFile, string>,
  { file, text }: { file: LetterFile; text: string },
  desks?: readonly string[],
): Promise<{ letter: Letter } | { faults: LetterFault[] }> {
  const bytes = Buffer.byteLength(text)
  if (bytes > FILE_BYTES_MAX) return { faults: [tooLarge(file, bytes)] }
  const ours = [...texts].filter(([{ language }]) => language === file.language)
  const { partials } = parsePartials(ours.filter(([{ kind }]) => kind === 'partial'))
  return await withEnclosures(folder, file, parseLetter(file, text, kitOf(ours, partials, file, desks)))
}

function tooLarge({ path }: LetterFile, bytes: number): LetterFault {
  const hint = 'A letter is a page at most: split it.'
  return { file: path, line: 1, column: 1, message: `it has ${bytes} bytes, and ${FILE_BYTES_MAX} fit`, hint }
}

function kitOf(ours: [LetterFile, string][], partials: Partials, { name }: LetterFile, desks?: readonly string[]): Kit {
  const variants = ours.filter(([file]) => file.kind === 'variant' && file.name === name)
  const shared = ours.flatMap(([file, text]) => (file.kind === 'partial' ? [fileKey(file), text] : [])).join('\n')
  return { partials, variants, shared, ...(desks && { desks }) }
}

/** The texts that begin with _; a broken one is there for nobody. */
function parsePartials(files: [LetterFile, string][]): { partials: Partials; faults: LetterFault[] } {
  const partials = new Map<string, ParsedBody>()
  const faults: LetterFault[] = []
  for (const [{ path, name }, text] of files) {
    const { body, problems } = lintBody(tidy(text).trim(), FIELDS)
    if (body) partials.set(name, body)
    else faults.push(...problems.map((problem) => ({ file: path, ...problem })))
  }
  return { partials, faults }
}

async function withEnclosures(folder: string, { path: file }: LetterFile, parsed: Parsed): Promise<Parsed> {
  if ('faults' in parsed) return parsed
  const enclosures: Enclosure[] = []
  const faults: LetterFault[] = []
  for (const { path, line, column } of parsed.named ?? []) {
    const found = await findEnclosure(folder, path)
    if ('bytes' in found) enclosures.push(found)
    else faults.push({ file, line, column, ...found })
  }
  return faults.length > 0 ? { faults } : { letter: { ...parsed.letter, enclosures } }
}

/** What the shared texts of a language say with these values, by their names. */
export function renderShared(
  texts: ReadonlyMap<LetterFile, string>,
  language: string,
  values: FieldValues,
): Map<string, string> {
  const ours = [...texts].filter(([file]) => file.language === language && file.kind === 'partial')
  return new Map([...parsePartials(ours).partials].map(([name, body]) => [name, renderBodyWith(body, values)]))
}
