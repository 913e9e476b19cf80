// The letters agents pick from: `<folder>/<language>/<name>.md`. A broken one is left out and reported; it stops nothing.
import { createHash } from 'node:crypto'
import { nearest } from '../nearest.ts'
import type { Ask } from './ask.ts'
import { askFields } from './ask.ts'
import { FIELDS } from './field.ts'
import { asksOf, type FrontMatter, type Level, type Locate, splitFrontMatter } from './front-matter.ts'
import type { Enclosure, LetterFile } from './letter-file.ts'
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
  /** Whose agents see it; undefined: all. */
  desks?: string[] | undefined
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
  /** Another one as soon as anything in it, or in what it shares, says something else. */
  mark: string
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
  /** The key of the letter that is left out because of it. */
  letter?: string
}

export interface Kit {
  partials: Partials
  variants: readonly [file: LetterFile, text: string][]
  /** All that letters of its language share, as it was written. */
  shared?: string
  /** Those there are, where that is known. */
  desks?: readonly string[]
}

const NO_KIT: Kit = { partials: new Map(), variants: [] }

export type Parsed =
  | { letter: Letter; named?: { path: string; line: number; column: number }[] }
  | { faults: LetterFault[] }

/** Pure: the files that go with it are looked for by `loadLetters`. */
export function parseLetter(file: LetterFile, text: string, kit: Kit = NO_KIT): Parsed {
  const { partials, variants, desks, shared = '' } = kit
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
  // Where a word is mistyped, that its answer is used nowhere follows from it.
  const isMisread =
    body === undefined || [inBody, ...others.map((other) => other.problems)].some((each) => each.length > 0)
  const all = [
    ...problems,
    ...languageProblem(head, language),
    ...unknownDesks(head, desks, locate),
    ...(isMisread ? [] : unused.map((ask) => unusedAsk(ask, locate?.('ask', ask.name)))),
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
      ...{ key: `${language}/${name}`, name, language, title, when, channels, desks: head.desks, shortcut, tags, asks },
      ...{
        rules: rulesOf(head),
        mustEdit: head.edit === 'required',
        enclosures: [],
        body: linted.body,
        variants: new Map(bodies),
        source: body ?? '',
        mark: markOf([language, name, text, ...variants.map(([, written]) => written), shared]),
      },
    },
    named: attachments.map((each, n) => ({ path: each, ...(locate?.('attachments', n) ?? { line: 1, column: 1 }) })),
  }
}

export function tidy(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
}

function markOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
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

/** The language decides which customers get the letter; two answers to that are one too many. */
function languageProblem(head: FrontMatter | undefined, language: string): Problem[] {
  if (!head || head.language === language) return []
  const hint = `Write language: ${language}, or move the file to the folder ${head.language}.`
  return [{ line: 1, column: 1, message: `the language is ${head.language} but the folder is ${language}`, hint }]
}

/** A letter for a desk that is not there would be seen by nobody. */
function unknownDesks(head: FrontMatter | undefined, desks: readonly string[] | undefined, locate?: Locate): Problem[] {
  return (head?.desks ?? []).flatMap((desk, n) => {
    if (!desks || desks.includes(desk)) return []
    const meant = nearest(desk, desks)
    const hint = meant ? `Did you mean ${meant}?` : `Desks of the configuration: ${desks.join(', ')}.`
    return [{ ...(locate?.('desks', n) ?? { line: 1, column: 1 }), message: `there is no desk ${desk}`, hint }]
  })
}

/** Whether the agents of a desk see a letter. */
export function isForDesk({ desks }: { desks?: readonly string[] | undefined }, desk: string): boolean {
  return desks?.includes(desk) ?? true
}

type Scope = { desks?: readonly string[] | undefined }

/** Whether some desk sees both. */
export function shareDesk(a: Scope, b: Scope): boolean {
  return a.desks === undefined || b.desks === undefined || a.desks.some((desk) => b.desks?.includes(desk))
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
