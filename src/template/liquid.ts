// The one Liquid engine: no files, no loops, no names but those given, and limits behind every lock. Nothing else imports it.
import { Drop, Liquid, LiquidError, type Template, Tokenizer, TypeGuards } from 'liquidjs'
import { renderMarker } from './marker.ts'
import { escapeMarkdown } from './value.ts'

export const TAGS = ['if', 'unless', 'comment', 'raw', '#'] as const
export const FILTERS = ['default', 'capitalize', 'downcase', 'upcase', 'strip', 'truncate'] as const

/** A letter is a page; the limits stand far above any and far below what is felt. */
const LIMITS = { parseLimit: 20_000, renderLimit: 100, memoryLimit: 200_000 }

/** A parsed letter. Parsing happens at load, and never to anything but the letter's own text. */
export type ParsedBody = Template[]

/** What fields stand for, by their two halves: `contact.first_name` is `scope.contact.first_name`. */
export type Scope = Record<string, Record<string, string | MissingValue>>

/** No value: false in a condition, nothing to `default`, and a marker where it would be read. */
export class MissingValue extends Drop {
  readonly field: string
  constructor(field: string) {
    super()
    this.field = field
  }
  override valueOf(): null {
    return null
  }
}

/** A new one on demand, so that a test can open one of its locks and see that the next one holds. */
export function makeEngine(): Liquid {
  const engine = new Liquid({
    ...LIMITS,
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    // A map of no files in place of the disk.
    templates: {},
    relativeReference: false,
    dynamicPartials: false,
    outputEscape: renderValue,
  })
  for (const tag of Object.keys(engine.tags)) if (!isOneOf(TAGS, tag)) delete engine.tags[tag]
  for (const filter of Object.keys(engine.filters)) {
    if (isOneOf(FILTERS, filter)) passMissing(engine, filter)
    else engine.unregisterFilter(filter)
  }
  return engine
}

/** After all filters, so that none can undo it: whatever was inserted is text and nothing else. */
function renderValue(value: unknown): string {
  return value instanceof MissingValue
    ? renderMarker(value.field)
    : escapeMarkdown(typeof value === 'string' ? value : '')
}

/** `{{ agent.name | upcase }}` without a name still shows which field is missing. */
function passMissing(engine: Liquid, name: string): void {
  const filter = engine.filters[name]
  if (name === 'default' || typeof filter !== 'function') return
  engine.registerFilter(name, function (value: unknown, ...rest: unknown[]): unknown {
    return value instanceof MissingValue ? value : filter.call(this, value, ...rest)
  })
}

const engine = makeEngine()

/** Throws what `describeError` explains. */
export function parseBody(source: string): ParsedBody {
  return engine.parse(source)
}

/** Throws when a limit is hit or a name is unknown; a letter that was checked at load does neither. */
export function renderBody(body: ParsedBody, scope: Scope): string {
  return String(engine.renderSync(body, scope))
}

export interface BodyToken {
  kind: 'output' | 'tag'
  /** `if`, `endif`; empty for an output. */
  name: string
  /** With its braces. */
  text: string
  /** Offset in the body. */
  begin: number
}

/** The outputs and tags of a body that parses, in order, without those that `raw` shows as text. */
export function listTokens(source: string): BodyToken[] {
  return new Tokenizer(source).readTopLevelTokens().flatMap((token): BodyToken[] => {
    const place = { text: token.getText(), begin: token.begin }
    if (TypeGuards.isTagToken(token)) return [{ kind: 'tag', name: token.name, ...place }]
    return TypeGuards.isOutputToken(token) ? [{ kind: 'output', name: '', ...place }] : []
  })
}

/** What the engine has to say, without its position, which stands beside. */
export function describeError(error: unknown): { line: number; column: number; problem: string } {
  if (!(error instanceof Error)) return { line: 1, column: 1, problem: String(error) }
  const [line = 1, column = 1] = LiquidError.is(error) ? error.token.getPosition() : []
  return { line, column, problem: error.message.replace(/, line:\d+, col:\d+$/, '') }
}

export function isOneOf<const T extends string>(words: readonly T[], word: string): word is T {
  return words.some((known) => known === word)
}
