// What a customer may hear at once: in their language, in our words alone, that the message arrived and when a person answers.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MINUTE } from '../clock.ts'
import { FIELDS, type Fields } from './field.ts'
import { acknowledgementSchema, splitFrontMatter } from './front-matter.ts'
import { detectLanguage } from './language.ts'
import type { LetterFault } from './letter.ts'
import { type LetterFile, readLetterFile } from './letter-file.ts'
import { lintBody } from './lint.ts'
import type { ParsedBody } from './liquid.ts'
import { findMarkers } from './marker.ts'
import { firstName } from './name.ts'
import type { Problem } from './problem.ts'
import { renderBodyWith } from './render.ts'

export const ACKNOWLEDGEMENT_FIELDS = {
  'contact.first_name': FIELDS['contact.first_name'],
  'desk.name': FIELDS['desk.name'],
  'due.date': { means: 'the day by which we answer, in words', mayBeEmpty: false, lengthMax: 80 },
  'due.time': { means: 'the time of that day', mayBeEmpty: false, lengthMax: 40 },
  'due.zone': { means: 'the name of the time zone', mayBeEmpty: false, lengthMax: 80 },
  'due.hours': {
    means: 'within how many hours; empty unless it is so many whole ones',
    mayBeEmpty: true,
    lengthMax: 4,
  },
} as const satisfies Fields

export interface AcknowledgementLetter {
  language: string
  subject: string
  body: ParsedBody
}

const FOLDER = 'acknowledgement'
const SHIPPED = fileURLToPath(new URL(`../../templates/${FOLDER}`, import.meta.url))
const FILE_NAME = /^([a-z]{2,3})\.md$/
const FILES_MAX = 200

/**
 * From `<folder>/acknowledgement/<language>.md`, or those that come with Deskbell where there is no such folder. A broken
 * one is left out and reported.
 */
export async function loadAcknowledgements(
  folder: string,
): Promise<{ letters: AcknowledgementLetter[]; faults: LetterFault[] }> {
  const own = join(folder, FOLDER)
  const named = await readdir(own).catch(() => undefined)
  const root = named ? own : SHIPPED
  const names = (named ?? (await readdir(SHIPPED))).filter((name) => name.endsWith('.md')).sort()
  const letters: AcknowledgementLetter[] = []
  const faults: LetterFault[] = []
  for (const name of names.slice(0, FILES_MAX)) {
    const language = FILE_NAME.exec(name)?.[1] ?? ''
    const file = { path: join(root, name), language, name }
    const read = await readLetterFile(file)
    const parsed = 'fault' in read ? { faults: [read.fault] } : parseAcknowledgement(file, read.text)
    if ('letter' in parsed) letters.push(parsed.letter)
    else faults.push(...parsed.faults)
  }
  return { letters, faults }
}

/** Pure. */
export function parseAcknowledgement(
  { path, language }: LetterFile,
  text: string,
): { letter: AcknowledgementLetter } | { faults: LetterFault[] } {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const { head, body, bodyLine, problems } = splitFrontMatter(source, acknowledgementSchema)
  const linted = body === undefined ? { problems: [] } : lintBody(body, ACKNOWLEDGEMENT_FIELDS)
  const inBody = [...linted.problems, ...blankProblems(body ?? '')].map((problem) => ({
    ...problem,
    line: problem.line + bodyLine - 1,
  }))
  const all = [...problems, ...languageProblem(head, language), ...inBody]
  if (!head || !linted.body || all.length > 0) return { faults: all.map((problem) => ({ file: path, ...problem })) }
  return { letter: { ...head, body: linted.body } }
}

function languageProblem(head: { language: string } | undefined, language: string): Problem[] {
  if (!head || head.language === language) return []
  const hint = `Name the file ${head.language}.md, or write language: ${language || 'en'} and name it ${language || 'en'}.md.`
  return [{ line: 1, column: 1, message: `the language is ${head.language} but the file is named otherwise`, hint }]
}

function blankProblems(body: string): Problem[] {
  return findMarkers(body).map((blank) => ({
    line: 1,
    column: 1,
    message: `has a blank, ⟦${blank}⟧, and nobody fills it in`,
    hint: 'Write the words out: no person sees it before it leaves.',
  }))
}

export interface AcknowledgementSituation {
  /** What the customer wrote: only its language is of interest. */
  text: string
  /** Theirs, where somebody has said so: it wins. */
  language?: string
  /** Absent unless we know that it is them. */
  contact?: { name: string | undefined; address: string }
  desk: { name: string; zone: string }
  /** Never before it: the promise is ours to keep. */
  dueAt: number
  /** Where the promise is so many whole hours from the arrival. */
  hours?: number
}

export interface AcknowledgementText {
  subject: string
  /** CommonMark. */
  markdown: string
}

/** In the customer's language where there is a letter for it, else in the first one of `languages` that has one. */
export async function writeAcknowledgement(
  letters: readonly AcknowledgementLetter[],
  languages: readonly string[],
  situation: AcknowledgementSituation,
): Promise<AcknowledgementText | undefined> {
  const detected = situation.language ?? (await detectLanguage(situation.text))
  const wanted = [...(detected === undefined ? [] : [detected]), ...languages]
  const letter = wanted.flatMap((language) => letters.find((each) => each.language === language) ?? [])[0] ?? letters[0]
  if (!letter) return undefined
  const markdown = renderBodyWith(letter.body, valuesFor(letter.language, situation), ACKNOWLEDGEMENT_FIELDS)
  // What we could not say whole we do not say.
  return findMarkers(markdown).length > 0 ? undefined : { subject: letter.subject, markdown }
}

function valuesFor(language: string, { contact, desk, dueAt, hours }: AcknowledgementSituation) {
  // Seconds are not shown, and what is cut off would promise too early.
  const due = Math.ceil(dueAt / MINUTE) * MINUTE
  const show = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: desk.zone })
  const zone = show({ timeZoneName: 'long' })
    .formatToParts(due)
    .find(({ type }) => type === 'timeZoneName')
  return {
    'contact.first_name': contact && firstName(contact.name, contact.address),
    'desk.name': desk.name,
    'due.date': show({ dateStyle: 'full' }).format(due),
    'due.time': show({ timeStyle: 'short' }).format(due),
    'due.zone': zone?.value ?? desk.zone,
    'due.hours': hours === undefined ? undefined : String(hours),
  } satisfies Partial<Record<keyof typeof ACKNOWLEDGEMENT_FIELDS, string | undefined>>
}
