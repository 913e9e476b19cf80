// What is wrong with a letter's body, found at load: at the composer it is too late, and the customer is waiting.
import { nearest } from '../nearest.ts'
import { FIELDS, type Fields } from './field.ts'
import {
  type BodyToken,
  describeError,
  FILTERS,
  listTokens,
  type ParsedBody,
  type Partials,
  parseBody,
  TAGS,
} from './liquid.ts'
import { findMisplaced } from './placement.ts'
import { byPlace, type Problem, placeAt } from './problem.ts'
import { renderBodyWith } from './render.ts'

/** The parsed body, unless something is wrong with it. Positions count from the body's first line. */
export function lintBody(
  source: string,
  fields: Fields = FIELDS,
  partials: Partials = new Map(),
): { body?: ParsedBody; problems: Problem[] } {
  const parsed = tryParse(source, partials)
  if ('problem' in parsed) return { problems: [parsed.problem] }
  const tokens = withoutComments(listTokens(source))
  const problems = [...lintTokens(source, tokens, fields), ...lintMarkers(source), ...findMisplaced(source, tokens)]
  if (problems.length === 0) problems.push(...lintRendering(source, parsed.body, fields))
  return problems.length > 0
    ? { problems: problems.sort(byPlace).slice(0, PROBLEMS_MAX) }
    : { body: parsed.body, problems: [] }
}

/** Nobody mends more at once, and they are all written into the log. */
const PROBLEMS_MAX = 20

/** The engine stops at the first mistake. */
function tryParse(source: string, partials: Partials): { body: ParsedBody } | { problem: Problem } {
  try {
    return { body: parseBody(source, partials) }
  } catch (error) {
    const { line, column, problem } = describeError(error)
    return { problem: { line, column, message: problem, hint: hintFor(problem, partials) } }
  }
}

/** The engine's own words are exact; what they lack is what to do. */
function hintFor(problem: string, partials: Partials): string {
  const partial = /^partial ['"]?([^'"]*)['"]? not found$/.exec(problem)?.[1]
  if (partial !== undefined) return partialHint(partial, [...partials.keys()])
  const tag = /^tag "(.+)" not found$/.exec(problem)?.[1]
  if (tag && /^(end|els)/.test(tag)) return 'It has no {% if %} before it, or one that is closed already.'
  if (tag) return suggestion(tag, TAGS, 'Tags')
  const filter = /^undefined filter: (.+)$/.exec(problem)?.[1]
  if (filter) return suggestion(filter, FILTERS, 'Filters')
  const open = /^tag {%-?\s*(\w+).* not closed$/s.exec(problem)?.[1]
  if (open) return `Add {% end${open} %}.`
  if (/^(output|tag) .*not closed$/s.test(problem)) return 'Close it with }} or %}.'
  return `Write a field like {{ contact.first_name | default: 'there' }}.`
}

function partialHint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  if (meant) return `Did you mean '${meant}'?`
  return known.length > 0
    ? `There are: ${known.join(', ')}.`
    : 'Write the text into a file such as _signature.md beside the letter.'
}

function suggestion(name: string, known: readonly string[], what: string): string {
  const meant = nearest(name, known)
  return meant ? `Did you mean ${meant}?` : `${what} that a letter may use: ${known.join(', ')}.`
}

const NAME = String.raw`[A-Za-z_][\w-]*(?:\.[\w-]+)*`
const TEXT = `(?:'[^']*'|"[^"]*")`
const ARGUMENT = String.raw`(?:${TEXT}|\d{1,6})`
const OUTPUT = new RegExp(String.raw`^\s*(${NAME})((?:\s*\|\s*\w+(?:\s*:\s*${ARGUMENT}(?:\s*,\s*${ARGUMENT})*)?)*)\s*$`)
const FALLBACK = new RegExp(String.raw`\|\s*default\s*:\s*(${TEXT})`)
const OPERAND = String.raw`(?:${TEXT}|${NAME}|\d{1,6})`
const COMPARISON = String.raw`${OPERAND}(?:\s*(?:==|!=|contains\b)\s*${OPERAND})?`
const CONDITION = new RegExp(String.raw`^\s*${COMPARISON}(?:\s+(?:and|or)\s+${COMPARISON})*\s*$`)
const WORDS_OF_LIQUID = /^(?:and|or|contains|true|false|nil|null|blank|empty)$/

/** `known` holds, for every branch we are in, the field that is certainly there. */
interface Branch {
  known: string | undefined
  /** What `{% else %}` will know. */
  otherwise: string | undefined
}

function lintTokens(source: string, tokens: BodyToken[], fields: Fields): Problem[] {
  const branches: Branch[] = []
  return tokens.flatMap((token) => {
    const inside = contentOf(token)
    if (token.kind === 'output') return lintOutput(source, token, inside, branches, fields)
    if (token.name === 'else') branches.push({ known: branches.pop()?.otherwise, otherwise: undefined })
    if (token.name === 'elsif') branches.pop()
    if (token.name === 'endif' || token.name === 'endunless') branches.pop()
    if (!/^(?:if|elsif|unless)$/.test(token.name)) return []
    const tested = Object.hasOwn(fields, inside.text.trim()) ? inside.text.trim() : undefined
    branches.push(
      token.name === 'unless' ? { known: undefined, otherwise: tested } : { known: tested, otherwise: undefined },
    )
    return lintCondition(source, token, inside, fields)
  })
}

function lintOutput(source: string, token: BodyToken, inside: Content, branches: Branch[], fields: Fields): Problem[] {
  const [, name, filters = ''] = OUTPUT.exec(inside.text) ?? []
  if (name === undefined) {
    const hint = `Write one field, such as {{ contact.first_name | default: 'there' }}.`
    return [{ ...placeAt(source, token.begin), message: `${token.text} is not a field with filters`, hint }]
  }
  const place = placeAt(source, token.begin + inside.offset + inside.text.indexOf(name))
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!field) return [unknownField(name, place, fields)]
  if (!field.mayBeEmpty || branches.some((branch) => branch.known === name)) return []
  const fallback = FALLBACK.exec(filters)?.[1]
  if (fallback && fallback.slice(1, -1).trim() !== '') return []
  const message = `${name} may be empty and has no ${fallback ? 'words in its' : ''} fallback`.replace('  ', ' ')
  const hint = `Write {{ ${name} | default: 'words that fit' }}, or put the sentence between {% if ${name} %} and {% endif %}.`
  return [{ ...place, message, hint }]
}

function lintCondition(source: string, token: BodyToken, inside: Content, fields: Fields): Problem[] {
  if (!CONDITION.test(inside.text)) {
    const hint = `Write a field, or a comparison such as conversation.channel == 'email'.`
    return [{ ...placeAt(source, token.begin), message: `${token.text} has no condition that a letter may use`, hint }]
  }
  const compared = lintComparisons(source, token, inside, fields)
  const unknown = [...inside.text.matchAll(new RegExp(`${TEXT}|${NAME}`, 'g'))]
    .filter(([word]) => !/^['"]/.test(word) && !WORDS_OF_LIQUID.test(word) && !Object.hasOwn(fields, word))
    .map((match) => unknownField(match[0], placeAt(source, token.begin + inside.offset + match.index), fields))
  return [...unknown, ...compared]
}

/** A condition that can never be true hides its words from everybody. */
function lintComparisons(source: string, token: BodyToken, inside: Content, fields: Fields): Problem[] {
  return [...inside.text.matchAll(new RegExp(`(${NAME})\\s*(?:==|!=)\\s*(${TEXT})`, 'g'))].flatMap((match) => {
    const [whole, name = '', quoted = ''] = match
    const values = Object.hasOwn(fields, name) ? fields[name]?.values : undefined
    const word = quoted.slice(1, -1)
    if (!values || values.includes(word)) return []
    const meant = nearest(word, values)
    const place = placeAt(source, token.begin + inside.offset + match.index + whole.length - quoted.length)
    const hint = meant ? `Did you mean '${meant}'?` : `It is one of: ${values.join(', ')}.`
    return [{ ...place, message: `${name} is never ${quoted}`, hint }]
  })
}

function unknownField(name: string, place: { line: number; column: number }, fields: Fields): Problem {
  const names = Object.keys(fields)
  const meant = nearest(name, names) ?? names.find((field) => field.startsWith(`${name}.`))
  const hint = meant ? `Did you mean ${meant}?` : `Fields: ${names.join(', ')}.`
  return { ...place, message: `there is no field ${name}`, hint }
}

interface Content {
  text: string
  /** From the token's begin. */
  offset: number
}

/** What stands between the braces, behind the name of a tag. */
function contentOf(token: BodyToken): Content {
  const [, start = '', text = ''] = /^(\{[{%]-?\s*)([\s\S]*?)-?[%}]\}$/.exec(token.text) ?? []
  return { text: text.slice(token.name.length), offset: start.length + token.name.length }
}

function withoutComments(tokens: BodyToken[]): BodyToken[] {
  let depth = 0
  return tokens.filter(({ name }) => {
    if (name === 'comment') depth = 1
    if (name === 'endcomment') depth = 0
    return depth === 0
  })
}

/** Authors may leave a ⟦blank⟧ for the agent; half a one would block the letter for ever. */
function lintMarkers(source: string): Problem[] {
  return [...source.matchAll(/⟦[^⟦⟧\n]*⟧?|⟧/g)]
    .filter(([marker]) => !/^⟦[^⟦⟧\n]*[^\s⟦⟧][^⟦⟧\n]*⟧$/.test(marker))
    .map(({ index }) => ({
      ...placeAt(source, index),
      message: 'a blank is not closed or says nothing',
      hint: 'Write it on one line, with what the agent should put there: ⟦the new date⟧.',
    }))
}

/** Whatever the checks above missed shows here and not in front of an agent. */
function lintRendering(source: string, body: ParsedBody, fields: Fields): Problem[] {
  const samples = [Object.fromEntries(Object.keys(fields).map((name) => [name, 'Sample'])), {}]
  try {
    if (samples.every((values) => renderBodyWith(body, values, fields) !== '')) return []
    if (source.trim() === '')
      return [{ line: 1, column: 1, message: 'the letter is empty', hint: 'Write it below the front matter.' }]
    const hint = 'Write something that everybody gets, or what the others get behind an {% else %}.'
    return [{ line: 1, column: 1, message: 'the letter may come out empty: all it says has a condition', hint }]
  } catch (error) {
    const { line, column, problem } = describeError(error)
    return [{ line, column, message: `cannot be rendered: ${problem}`, hint: 'Make it simpler.' }]
  }
}
