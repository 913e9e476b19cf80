// The letters agents pick from: `<folder>/<language>/<name>.md`. A broken one is left out and reported; it stops nothing.
import { nearest } from '../nearest.ts'
import type { Ask } from './ask.ts'
import { askFields } from './ask.ts'
import { FIELDS } from './field.ts'
import { asksOf, type FrontMatter, type Level, splitFrontMatter } from './front-matter.ts'
import { type Enclosure, findEnclosure, type LetterFile, listLetterFiles, readLetterFile } from './letter-file.ts'
import { findGaps } from './letter-gap.ts'
import { lintBody } from './lint.ts'
import type { ParsedBody, Partials } from './liquid.ts'
import type { Problem } from './problem.ts'

export interface Letter {
  /** `en/first-answer`. */
  key: string
  name: string
  language: string
  title: string
  /** When to use it, a sentence for the agent. */
  when: string
  shortcut: string | undefined
  tags: readonly string[]
  /** Kinds of channel it suits; undefined: all. */
  channels?: string[] | undefined
  asks: readonly Ask[]
  rules: Rules
  /** Answering what it asks is not enough. */
  mustEdit: boolean
  enclosures: readonly Enclosure[]
  body: ParsedBody
  /** What it says instead, by kind of channel. */
  variants: ReadonlyMap<string, ParsedBody>
  /** As it was written, to be found by. */
  source: string
}

/** What is said of a reply from this letter before it leaves. */
export interface Rules {
  /** Nobody has touched it or answered anything. */
  unedited: Level
  /** They had the same words from us before. */
  repeated: Level
  /** We know their name and do not use it. */
  nameless: Level
  /** They asked more than it seems to answer. */
  unanswered: Level
}

export interface LetterFault extends Problem {
  file: string
}

interface Loaded {
  letter: Letter
  file: string
}

/** Never throws: a folder that cannot be read is a fault like any other. In order of language and name. */
export async function loadLetters(folder: string): Promise<{ letters: Letter[]; faults: LetterFault[] }> {
  const { files, faults } = await listLetterFiles(folder)
  const texts = new Map<LetterFile, string>()
  for (const file of files) {
    const read = await readLetterFile(file)
    if ('fault' in read) faults.push(read.fault)
    else texts.set(file, read.text)
  }
  const loaded: Loaded[] = []
  for (const language of new Set(files.map((file) => file.language))) {
    const ours = [...texts].filter(([file]) => file.language === language)
    const shared = parsePartials(ours.filter(([{ kind }]) => kind === 'partial'))
    faults.push(...shared.faults)
    for (const [file, text] of ours.filter(([{ kind }]) => kind === 'letter')) {
      const variants = ours.filter(([{ kind, name }]) => kind === 'variant' && name === file.name)
      const parsed = await withEnclosures(
        folder,
        file,
        parseLetter(file, text, { partials: shared.partials, variants }),
      )
      if ('letter' in parsed) loaded.push({ letter: parsed.letter, file: file.path })
      else faults.push(...parsed.faults)
    }
  }
  return { letters: loaded.map(({ letter }) => letter), faults: [...faults, ...findGaps(folder, texts, loaded)] }
}

interface Kit {
  partials: Partials
  variants: readonly [file: LetterFile, text: string][]
}

const NO_KIT: Kit = { partials: new Map(), variants: [] }

type Parsed = { letter: Letter; named?: { path: string; line: number; column: number }[] } | { faults: LetterFault[] }

/** Pure: the files that go with it are looked for by `loadLetters`. */
export function parseLetter(file: LetterFile, text: string, { partials, variants }: Kit = NO_KIT): Parsed {
  const { path, language, name } = file
  const { head, locate, body, bodyLine, problems } = splitFrontMatter(tidy(text))
  const asks = head ? asksOf(head) : []
  const fields = { ...FIELDS, ...askFields(asks) }
  const linted = body === undefined ? { problems: [] } : lintBody(body, fields, partials)
  const inBody = linted.problems.map((problem) => ({ ...problem, line: problem.line + bodyLine - 1 }))
  const others = variants.map(([variant, written]) => ({ variant, ...lintVariant(tidy(written), fields, partials) }))
  const unused = asks.filter(
    (ask) => ![body, ...variants.map(([, written]) => written)].some((each) => each?.includes(`fill.${ask.name}`)),
  )
  const all = [
    ...problems,
    ...languageProblem(head, language),
    ...(body === undefined ? [] : unused.map((ask) => unusedAsk(ask, locate?.('ask', ask.name)))),
    ...inBody,
  ]
  const faults = [
    ...all.map((problem) => ({ file: path, ...problem })),
    ...others.flatMap(({ variant, problems }) => problems.map((problem) => ({ file: variant.path, ...problem }))),
  ]
  if (!head || !linted.body || faults.length > 0) return { faults }
  const bodies = others.flatMap(({ variant, body }): [string, ParsedBody][] =>
    body ? [[variant.channel ?? '', body]] : [],
  )
  const { title, when, channels, shortcut, tags = [], attachments = [] } = head
  return {
    letter: {
      ...{ key: `${language}/${name}`, name, language, title, when, channels, shortcut, tags, asks },
      ...{
        rules: rulesOf(head),
        mustEdit: head.edit === 'required',
        enclosures: [],
        body: linted.body,
        variants: new Map(bodies),
        source: body ?? '',
      },
    },
    named: attachments.map((each, n) => ({ path: each, ...(locate?.('attachments', n) ?? { line: 1, column: 1 }) })),
  }
}

function tidy(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
}

function rulesOf({ edit, unedited, repeated, nameless, unanswered }: FrontMatter): Rules {
  return {
    unedited: unedited ?? (edit === 'required' ? 'block' : 'warn'),
    repeated: repeated ?? 'warn',
    nameless: nameless ?? 'warn',
    unanswered: unanswered ?? 'warn',
  }
}

function lintVariant(text: string, fields: Parameters<typeof lintBody>[1], partials: Partials) {
  const hint = 'Leave the front matter to the letter itself; the file holds only what is said on this channel.'
  if (!text.startsWith('---\n')) return lintBody(text, fields, partials)
  return { body: undefined, problems: [{ line: 1, column: 1, message: 'a variant has no front matter', hint }] }
}

function unusedAsk({ name }: Ask, place = { line: 1, column: 1 }): Problem {
  const hint = `Write {{ fill.${name} }} where the answer belongs, or take the question out.`
  return { ...place, message: `the answer to "${name}" is used nowhere`, hint }
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

/** The language decides which customers get the letter; two answers to that are one too many. */
function languageProblem(head: FrontMatter | undefined, language: string): Problem[] {
  if (!head || head.language === language) return []
  const hint = `Write language: ${language}, or move the file to the folder ${head.language}.`
  return [{ line: 1, column: 1, message: `the language is ${head.language} but the folder is ${language}`, hint }]
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

/** The letter that a name means, as `en/refund`, `refund` or its shortcut; else the nearest name there is. */
export function findLetter(
  letters: readonly Letter[],
  name: string,
): { letter: Letter } | { meant: string | undefined } {
  const letter =
    letters.find(({ key }) => key === name) ?? letters.find((each) => each.name === name || each.shortcut === name)
  return letter
    ? { letter }
    : {
        meant: nearest(
          name,
          letters.flatMap((each) => [each.key, each.name]),
        ),
      }
}
