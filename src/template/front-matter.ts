// The head of a letter: its title, when to use it, where it may go. Between two lines of ---, in YAML.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { nearest } from '../nearest.ts'
import type { Problem } from './problem.ts'

const CHANNEL_KINDS = ['email', 'discord', 'slack'] as const

/** Slack's menus show no more of an option. */
const TITLE_LENGTH_MAX = 75
const WHEN_LENGTH_MAX = 150
const SUBJECT_LENGTH_MAX = 150

const shortText = (lengthMax: number) =>
  z
    .string({ error: 'is not text' })
    .trim()
    .min(1, { error: 'is empty' })
    .max(lengthMax, { error: `is longer than ${lengthMax} characters` })

const schema = z.strictObject({
  title: shortText(TITLE_LENGTH_MAX),
  when: shortText(WHEN_LENGTH_MAX),
  language: shortText(20),
  channels: z
    .array(z.enum(CHANNEL_KINDS, { error: 'is no channel' }), { error: 'is not a list' })
    .min(1, { error: 'is an empty list' })
    .optional(),
})

export type FrontMatter = z.infer<typeof schema>

/** An acknowledgement is picked by nobody; it needs no more than what stands in the mail's subject. */
export const acknowledgementSchema = z.strictObject({ subject: shortText(SUBJECT_LENGTH_MAX), language: shortText(20) })

type Shape = z.ZodObject

export interface Split<Head = FrontMatter> {
  head?: Head
  /** Undefined when the head does not end. */
  body?: string
  /** The line of the file on which the body starts. */
  bodyLine: number
  problems: Problem[]
}

/** `source` with \n line ends. */
export function splitFrontMatter(source: string): Split
export function splitFrontMatter<S extends Shape>(source: string, shape: S): Split<z.infer<S>>
export function splitFrontMatter(source: string, shape: Shape = schema): Split<unknown> {
  const match = /^---[ \t]*\n([\s\S]*?\n)?---[ \t]*(?:\n|$)/.exec(source)
  if (!match) {
    const keys = shape === schema ? 'title:, when: and language:' : 'subject: and language:'
    const hint = `Begin the file with a line of ---, then ${keys}, then another line of ---.`
    return { bodyLine: 1, problems: [{ line: 1, column: 1, message: 'the front matter is missing', hint }] }
  }
  const bodyLine = match[0].split('\n').length
  return { ...readHead(match[1] ?? '', shape), body: source.slice(match[0].length), bodyLine }
}

function readHead(text: string, shape: Shape): { head?: unknown; problems: Problem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines })
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: line + 1, column: col } // The first line of the file is the ---.
  }
  if (document.errors.length > 0) {
    const hint = 'Write `key: value`; put a value that holds a colon in quotes.'
    return { problems: document.errors.map(({ pos, message }) => ({ ...at(pos[0]), message, hint })) }
  }
  const result = shape.safeParse(document.toJS() ?? {})
  if (result.success) return { head: result.data, problems: [] }
  return { problems: result.error.issues.flatMap((issue) => explain(issue, document, at, shape)) }
}

interface Place {
  line: number
  column: number
}

function explain(issue: z.core.$ZodIssue, document: Document, at: (offset: number) => Place, shape: Shape): Problem[] {
  const known = Object.keys(shape.shape)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, at(keyOffset(document, key)), known))
  const [key = ''] = issue.path.map(String)
  if (key === '')
    return [{ line: 2, column: 1, message: 'the front matter holds no settings', hint: HINTS[known[0] ?? ''] ?? '' }]
  const node = document.getIn(issue.path, true)
  const place = isNode(node) && node.range ? at(node.range[0]) : { line: 1, column: 1 }
  const problem = document.has(key) ? issue.message : 'is missing'
  return [{ ...place, message: `"${key}" ${problem}`, hint: HINTS[key] ?? '' }]
}

function unknownKey(key: string, place: Place, known: string[]): Problem {
  const meant = nearest(key, known)
  const hint = meant ? `Did you mean ${meant}?` : `Known here: ${known.join(', ')}.`
  return { ...place, message: `"${key}" is not known in the front matter`, hint }
}

function keyOffset(document: Document, key: string): number {
  const items = isMap(document.contents) ? document.contents.items : []
  const node = items.map((item) => item.key).find((each) => isScalar(each) && each.value === key)
  return isNode(node) && node.range ? node.range[0] : 0
}

const HINTS: Record<string, string> = {
  title: `Give the letter a title of at most ${TITLE_LENGTH_MAX} characters, by which agents pick it.`,
  when: `Say in at most ${WHEN_LENGTH_MAX} characters when to use the letter.`,
  subject: `Write the subject of the mail, in at most ${SUBJECT_LENGTH_MAX} characters.`,
  language: 'Write the name of the folder that the letter is in, such as en.',
  channels: `Write a list of ${CHANNEL_KINDS.join(', ')}; leave it out for a letter that suits all.`,
}
