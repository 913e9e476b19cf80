// The head of a letter: its title, when to use it, where it may go. Between two lines of ---, in YAML.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { nearest } from '../nearest.ts'
import { ASK_KINDS, type Ask } from './ask.ts'
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

const LEVELS = ['allow', 'warn', 'block'] as const
/** What happens to a reply that a rule speaks against. */
export type Level = (typeof LEVELS)[number]

const ASKS_MAX = 10
const CHOICES_MAX = 20
const ASK_NAME = /^[a-z][a-z0-9_]{0,29}$/
const TAGS_MAX = 20
const FILES_MAX = 5
const DESKS_MAX = 20

const ask = z.preprocess(
  (value) => (typeof value === 'string' ? { label: value } : value),
  z
    .strictObject(
      {
        label: shortText(WHEN_LENGTH_MAX),
        hint: shortText(WHEN_LENGTH_MAX).optional(),
        kind: z.enum(ASK_KINDS, { error: `is none of ${ASK_KINDS.join(', ')}` }).optional(),
        choices: z
          .array(shortText(TITLE_LENGTH_MAX), { error: 'is not a list' })
          .min(2, { error: 'needs two or more' })
          .max(CHOICES_MAX, { error: `has more than ${CHOICES_MAX}` })
          .optional(),
        optional: z.boolean({ error: 'is neither true nor false' }).optional(),
      },
      { error: 'is neither a question nor its settings' },
    )
    .refine(({ kind, choices }) => kind !== 'choice' || choices, { error: 'is a choice and names no choices' })
    .refine(({ kind, choices }) => !choices || kind === undefined || kind === 'choice', {
      error: 'has choices and is no choice',
    }),
)

const level = z.enum(LEVELS, { error: `is none of ${LEVELS.join(', ')}` }).optional()

const schema = z.strictObject({
  title: shortText(TITLE_LENGTH_MAX),
  when: shortText(WHEN_LENGTH_MAX),
  language: shortText(20),
  channels: z
    .array(z.enum(CHANNEL_KINDS, { error: 'is no channel' }), { error: 'is not a list' })
    .min(1, { error: 'is an empty list' })
    .optional(),
  desks: z
    .array(shortText(60), { error: 'is not a list' })
    .min(1, { error: 'is an empty list' })
    .max(DESKS_MAX, { error: 'are too many' })
    .optional(),
  shortcut: z
    .string({ error: 'is not text' })
    .regex(/^[\p{L}\p{N}-]{1,20}$/u, { error: 'is not one short word' })
    .optional(),
  tags: z.array(shortText(40), { error: 'is not a list' }).max(TAGS_MAX, { error: 'are too many' }).optional(),
  ask: z
    .record(z.string().regex(ASK_NAME, { error: 'is no usable name' }), ask, { error: 'is not a list of questions' })
    .refine((asks) => Object.keys(asks).length <= ASKS_MAX, { error: `asks more than ${ASKS_MAX} questions` })
    .optional(),
  attachments: z
    .array(shortText(200), { error: 'is not a list' })
    .max(FILES_MAX, { error: `names more than ${FILES_MAX} files` })
    .optional(),
  edit: z.enum(['required', 'optional'], { error: 'is neither required nor optional' }).optional(),
  unedited: level,
  repeated: level,
  nameless: level,
  unanswered: level,
})

export type FrontMatter = z.infer<typeof schema>

/** The questions of a letter, in its own order. */
export function asksOf({ ask = {} }: Pick<FrontMatter, 'ask'>): Ask[] {
  return Object.entries(ask).map(([name, { label, hint, kind, choices = [], optional = false }]) => {
    return { name, label, hint, kind: kind ?? (choices.length > 0 ? 'choice' : 'text'), choices, isOptional: optional }
  })
}

/** An acknowledgement is picked by nobody; it needs no more than what stands in the mail's subject. */
export const acknowledgementSchema = z.strictObject({ subject: shortText(SUBJECT_LENGTH_MAX), language: shortText(20) })

type Shape = z.ZodObject

export interface Split<Head = FrontMatter> {
  head?: Head
  locate?: Locate
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

function readHead(text: string, shape: Shape): { head?: unknown; locate?: Locate; problems: Problem[] } {
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
  const locate: Locate = (...path) => {
    const node = document.getIn(path, true)
    return isNode(node) && node.range ? at(node.range[0]) : { line: 1, column: 1 }
  }
  if (result.success) return { head: result.data, locate, problems: [] }
  return { problems: result.error.issues.flatMap((issue) => explain(issue, document, at, shape)) }
}

export interface Place {
  line: number
  column: number
}

function explain(issue: z.core.$ZodIssue, document: Document, at: (offset: number) => Place, shape: Shape): Problem[] {
  const path = issue.path.map(String)
  const known = path.length === 0 ? Object.keys(shape.shape) : ASK_KEYS
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, at(keyOffset(document, path, key)), known))
  const [key = ''] = path
  if (key === '')
    return [{ line: 2, column: 1, message: 'the front matter holds no settings', hint: HINTS[known[0] ?? ''] ?? '' }]
  const node = document.getIn(issue.path, true)
  const place = isNode(node) && node.range ? at(node.range[0]) : placeOfParent(document, path, at)
  const problem = document.hasIn(issue.path) ? messageOf(issue) : 'is missing'
  const name = path.filter((step) => !/^\d+$/.test(step)).join('.')
  return [{ ...place, message: `"${name}" ${problem}`, hint: HINTS[key] ?? '' }]
}

const ASK_KEYS = ['label', 'hint', 'kind', 'choices', 'optional']

/** A key that may not be called so is told by the first of the reasons. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
}

/** What is missing is missed where it should stand. */
function placeOfParent(document: Document, path: readonly string[], at: (offset: number) => Place): Place {
  const [key = ''] = path.slice(-2, -1)
  return path.length > 1 ? at(keyOffset(document, path.slice(0, -2), key)) : { line: 1, column: 1 }
}

function unknownKey(key: string, place: Place, known: string[]): Problem {
  const meant = nearest(key, known)
  const hint = meant ? `Did you mean ${meant}?` : `Known here: ${known.join(', ')}.`
  return { ...place, message: `"${key}" is not known in the front matter`, hint }
}

function keyOffset(document: Document, path: readonly string[], key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  const items = isMap(map) ? map.items : []
  const node = items.map((item) => item.key).find((each) => isScalar(each) && String(each.value) === key)
  return isNode(node) && node.range ? node.range[0] : 0
}

/** Where a part of the head stands in the file, `ask.amount`; its first line if it does not. */
export type Locate = (...path: (string | number)[]) => Place

const LEVEL_HINT = 'Write block to stop such a reply, warn to say it before sending, allow to say nothing.'

const HINTS: Record<string, string> = {
  title: `Give the letter a title of at most ${TITLE_LENGTH_MAX} characters, by which agents pick it.`,
  when: `Say in at most ${WHEN_LENGTH_MAX} characters when to use the letter.`,
  subject: `Write the subject of the mail, in at most ${SUBJECT_LENGTH_MAX} characters.`,
  language: 'Write the name of the folder that the letter is in, such as en.',
  channels: `Write a list of ${CHANNEL_KINDS.join(', ')}; leave it out for a letter that suits all.`,
  desks: 'Write a list of desks, by their names in the configuration; leave it out for a letter that all may see.',
  shortcut: 'Write one word of letters, digits and hyphens, by which agents find the letter.',
  tags: `Write a list of at most ${TAGS_MAX} words that customers use in this situation.`,
  ask: 'Write `name: a question`, or name: { label, hint, kind, choices, optional }; a name is lower-case letters, digits and _.',
  attachments: `Write a list of at most ${FILES_MAX} files in the folder of letters, such as files/size-chart.pdf.`,
  edit: 'Write required where the letter must never leave without words of the agent’s own.',
  unedited: LEVEL_HINT,
  repeated: LEVEL_HINT,
  nameless: LEVEL_HINT,
  unanswered: LEVEL_HINT,
}
