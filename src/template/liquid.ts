// The one Liquid engine: no files, no loops, no names but those given, and limits behind every lock. Nothing else imports it.
import {
  type Context,
  Drop,
  type Emitter,
  Liquid,
  LiquidError,
  type TagToken,
  type Template,
  Tokenizer,
  type TopLevelToken,
  TypeGuards,
} from 'liquidjs'
import { answerMarkdown } from './ask.ts'
import { renderMarker } from './marker.ts'
import { escapeMarkdown } from './value.ts'

export const TAGS = ['if', 'unless', 'comment', 'raw', '#', 'render'] as const
export const FILTERS = ['default', 'capitalize', 'downcase', 'upcase', 'strip', 'truncate'] as const

/**
 * A letter is a page; the limits stand far above any and far below what is felt. None is a time: on a busy machine a letter
 * that was checked would fail by it, and a loop is charged for every round in advance.
 */
const LIMITS = { parseLimit: 20_000, memoryLimit: 200_000 }

/** A parsed letter. Parsing happens at load, and never to anything but the letter's own text. */
export type ParsedBody = Template[]

/** What fields stand for, by their two halves: `contact.first_name` is `scope.contact.first_name`. */
export type Scope = Record<string, Record<string, string | MissingValue | Answer | Blank>>

/** Texts that several letters share, by name, each parsed already. */
export type Partials = ReadonlyMap<string, ParsedBody>

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

/** An answer of the agent's, which may have lines and lead to pages. */
export class Answer extends Drop {
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
  override valueOf(): string {
    return this.text
  }
}

/** An answer that is still to come: there, as far as conditions are concerned, and a marker where it would be read. */
export class Blank extends Drop {
  readonly name: string
  constructor(name: string) {
    super()
    this.name = name
  }
  override valueOf(): string {
    return renderMarker(this.name)
  }
}

/** A new one on demand, so that a test can open one of its locks and see that the next one holds. */
export function makeEngine(partials: Partials = new Map()): Liquid {
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
  engine.registerTag('render', renderTag(partials))
  return engine
}

/** `{% render 'signature' %}`: a text of ours that was parsed before, never a file. None of them has this tag, so that none can call itself. */
function renderTag(partials: Partials): Parameters<Liquid['registerTag']>[1] {
  return {
    parse(token: TagToken, _rest: TopLevelToken[]) {
      const name = /^\s*(?:'([a-z0-9-]*)'|"([a-z0-9-]*)")\s*$/.exec(token.args)
      const templates = partials.get(name?.[1] ?? name?.[2] ?? '')
      if (!templates) throw new Error(`partial ${token.args.trim() || "''"} not found`)
      this.templates = templates
    },
    *render(context: Context, emitter: Emitter) {
      yield this.liquid.renderer.renderTemplates(this.templates, context, emitter)
    },
  }
}

/** After all filters, so that none can undo it: whatever was inserted is text and nothing else. */
function renderValue(value: unknown): string {
  if (value instanceof MissingValue) return renderMarker(value.field)
  if (value instanceof Blank) return renderMarker(value.name)
  if (value instanceof Answer) return answerMarkdown(value.text)
  return escapeMarkdown(typeof value === 'string' ? value.replaceAll('\n', ' ') : '')
}

/** `{{ agent.name | upcase }}` without a name still shows which field is missing. */
function passMissing(engine: Liquid, name: string): void {
  const filter = engine.filters[name]
  if (name === 'default' || typeof filter !== 'function') return
  engine.registerFilter(name, function (value: unknown, ...rest: unknown[]): unknown {
    return value instanceof MissingValue || value instanceof Blank ? value : filter.call(this, value, ...rest)
  })
}

const engine = makeEngine()

/** Throws what `describeError` explains. */
export function parseBody(source: string, partials?: Partials): ParsedBody {
  return (partials ? makeEngine(partials) : engine).parse(source)
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
