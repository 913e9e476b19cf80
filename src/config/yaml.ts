// The file as plain data, or where in it the YAML breaks. The parser's own messages quote the file, which may hold a secret, so ours are used.
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Fault } from './fault.ts'

/** A configuration is a page or two; more is the wrong file. */
const TEXT_LENGTH_MAX = 256 * 1024
const ALIASES_MAX = 100
const FAULTS_MAX = 10

export type Data = Record<string, unknown>

export interface Parsed {
  /** Absent when nothing in the file can be trusted. */
  data?: Data
  faults: Fault[]
  /** `deskbell.yaml:12` for a key such as `desks.support.leads.0`, or for the section it is missing from. */
  placeOf?: (key: string) => string | undefined
}

/** No file is an empty one: the defaults serve. */
export function parseYaml(file: { path: string; text: string } | undefined): Parsed {
  if (!file) return { data: {}, faults: [] }
  if (file.text.length > TEXT_LENGTH_MAX) return broken(file.path, 'is far too long for a configuration')
  const lines = new LineCounter()
  const document = parseDocument(file.text, { prettyErrors: false, lineCounter: lines })
  if (document.errors.length > 0) {
    return { faults: document.errors.slice(0, FAULTS_MAX).map((error) => syntaxFault(file.path, lines, error)) }
  }
  const data = plain(document)
  if (data === null) return { data: {}, faults: [] }
  if (typeof data !== 'object' || Array.isArray(data)) return broken(file.path, 'does not hold settings')
  const placeOf = (key: string) => {
    const offset = offsetOf(document, key)
    return offset === undefined ? undefined : `${file.path}:${lines.linePos(offset).line}`
  }
  return { data: dropEmptySections(data as Data), faults: [], placeOf }
}

/** Where the key begins, or the part of it that stands in the file. Keys may hold dots themselves: the file tells. */
function offsetOf(document: Document, key: string): number | undefined {
  let offset: number | undefined
  let node: unknown = document.contents
  for (let rest: string | undefined = key; rest !== undefined; ) {
    const part = childOf(node, rest)
    if (!part) return offset
    offset = part.offset ?? offset
    node = part.node
    rest = rest.length > part.name.length ? rest.slice(part.name.length + 1) : undefined
  }
  return offset
}

function childOf(node: unknown, path: string): { name: string; node: unknown; offset: number | undefined } | undefined {
  const leads = (name: string) => path === name || path.startsWith(`${name}.`)
  if (isSeq(node)) {
    const index = node.items.findIndex((_, at) => leads(String(at)))
    return index < 0 ? undefined : { name: String(index), node: node.items[index], offset: startOf(node.items[index]) }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && leads(String(key.value)))
  return pair && isScalar(pair.key)
    ? { name: String(pair.key.value), node: pair.value, offset: startOf(pair.key) }
    : undefined
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function plain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX })
  } catch {
    return undefined // Unresolved or exploding aliases; we need neither.
  }
}

function syntaxFault(path: string, lines: LineCounter, error: YAMLError): Fault {
  const { line, col } = lines.linePos(error.pos[0])
  const [problem, fix] = SENTENCES[error.code] ?? ['is not valid YAML', 'Check this line and the one before it.']
  return { key: `${path}:${line}:${col}`, problem, fix }
}

const SENTENCES: Partial<Record<string, [problem: string, fix: string]>> = {
  DUPLICATE_KEY: ['repeats a key of the same section', 'Keep one of the two.'],
  TAB_AS_INDENT: ['is indented with a tab', 'Indent with spaces.'],
  BAD_INDENT: ['is indented differently from its neighbours', 'Line it up with the other keys of its section.'],
  MISSING_CHAR: ['misses a closing quote, bracket or colon', 'Close it on the same line.'],
  MULTILINE_IMPLICIT_KEY: ['is not a key', 'Write `key: value`, with a space after the colon.'],
  BAD_ALIAS: ['refers to an anchor that does not exist', 'Put text that begins with * or & in quotes.'],
}

/** `email:` with nothing below it means the same as no `email:` at all. */
function dropEmptySections(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null))
}

function broken(path: string, problem: string): { faults: Fault[] } {
  return { faults: [{ key: path, problem, fix: 'Start from deskbell.example.yaml: `key: value` lines in sections.' }] }
}

/** A map of sections, before anything is known to be right: `desks`, `email`. */
export function named(data: Data, key: string): Data {
  const section = data[key]
  return typeof section === 'object' && section !== null && !Array.isArray(section) ? (section as Data) : {}
}

export function pick(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((part, key) => {
    return typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? (part as Data)[key] : undefined
  }, value)
}
