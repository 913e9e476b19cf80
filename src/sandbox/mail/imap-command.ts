// A command as the client wrote it: tag, name and arguments, with its literals byte for byte (RFC 3501 section 9, RFC 7888).
import type { Input } from './imap-wire.ts'

export type Token =
  | { kind: 'atom'; text: string }
  | { kind: 'string'; bytes: Buffer }
  | { kind: 'list'; items: Token[] }

export interface Command {
  tag: string
  name: string
  args: Token[]
}

/** A tagged NO or BAD. The session answers with it and goes on. */
export interface Refusal extends Error {
  refused: 'NO' | 'BAD'
}

const LITERAL_BYTES_MAX = 64 * 1_048_576
const NESTING_MAX = 50

export function refusal(refused: 'NO' | 'BAD', text: string): Refusal {
  return Object.assign(new Error(text), { refused })
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'refused' in error
}

/** The command's text and literals in turn; undefined when the client is gone or sends more than it may. */
export async function readPieces(input: Input, proceed: () => void): Promise<(string | Buffer)[] | undefined> {
  const pieces: (string | Buffer)[] = []
  for (;;) {
    const line = (await input.line())?.toString('latin1')
    if (line === undefined) return undefined
    const literal = /\{(\d{1,10})(\+?)\}$/.exec(line)
    if (!literal) return [...pieces, line]
    const size = Number(literal[1])
    if (size > LITERAL_BYTES_MAX) return undefined
    if (literal[2] !== '+') proceed()
    const bytes = await input.bytes(size)
    if (!bytes) return undefined
    pieces.push(line.slice(0, literal.index), bytes)
  }
}

export function parseCommand(pieces: readonly (string | Buffer)[]): Command {
  const [head] = pieces
  const start = typeof head === 'string' ? /^([^\s(){%*"\\+]+) +((?:UID +)?[A-Z]+)(?= |$)/i.exec(head) : null
  if (!start || typeof head !== 'string') throw refusal('BAD', 'Write: tag command arguments')
  const rest = [head.slice(start[0].length), ...pieces.slice(1)]
  return {
    tag: start[1] ?? '*',
    name: (start[2] ?? '').toUpperCase().replace(/ +/, ' '),
    args: parseTokens(rest),
  }
}

export function tagOf(pieces: readonly (string | Buffer)[]): string {
  return /^[^\s(){%*"\\+]+/.exec(String(pieces[0]))?.[0] ?? '*'
}

// Quoted string, FETCH section with what stands in its brackets, parenthesis, atom.
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|(BODY(?:\.PEEK)?\[[^\]]*\](?:<[\d.]+>)?)|([()])|([^\s()"]+))\s*/iy

export function parseTokens(pieces: readonly (string | Buffer)[]): Token[] {
  const open: Token[][] = [[]]
  for (const piece of pieces) {
    if (typeof piece === 'string') parseText(piece.trimEnd(), open)
    else open.at(-1)?.push({ kind: 'string', bytes: piece })
  }
  const [tokens] = open
  if (!tokens || open.length > 1) throw refusal('BAD', 'A parenthesis is left open')
  return tokens
}

/** Adds to the innermost list that is open, opening and closing lists as the text does. */
function parseText(text: string, open: Token[][]): void {
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) throw refusal('BAD', 'Unreadable argument')
    const [, quoted, section, bracket, atom] = match
    if (bracket === '(') open.push([])
    else if (bracket === ')') close(open)
    else open.at(-1)?.push(quoted === undefined ? { kind: 'atom', text: section ?? atom ?? '' } : quotedToken(quoted))
    if (open.length > NESTING_MAX) throw refusal('BAD', 'Too many parentheses')
  }
}

function quotedToken(quoted: string): Token {
  return { kind: 'string', bytes: Buffer.from(quoted.replace(/\\(.)/g, '$1'), 'latin1') }
}

function close(open: Token[][]): void {
  const items = open.pop()
  const outer = open.at(-1)
  if (!items || !outer) throw refusal('BAD', 'A parenthesis closes nothing')
  outer.push({ kind: 'list', items })
}

/** An atom or string as Latin-1: one character per byte. */
export function textOf(token: Token | undefined, what: string): string {
  if (token?.kind === 'atom') return token.text
  if (token?.kind === 'string') return token.bytes.toString('latin1')
  throw refusal('BAD', `Missing ${what}`)
}

/** What people wrote, as opposed to names and keywords. */
export function utf8Of(token: Token | undefined, what: string): string {
  return Buffer.from(textOf(token, what), 'latin1').toString('utf8')
}

export function listOf(token: Token | undefined, what: string): Token[] {
  if (token?.kind === 'list') return token.items
  throw refusal('BAD', `Missing ${what}: write it in parentheses`)
}
