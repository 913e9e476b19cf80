// SEARCH: a client's question read once into a test, which is then put to every mail (RFC 3501 section 6.4.4).

import { isReadable, type Mail } from './folder.ts'
import { type Command, refusal, type Token, textOf, utf8Of } from './imap-command.ts'
import { dayOf, parseDay } from './imap-date.ts'
import { partsOf } from './imap-fetch.ts'
import { type Picked, parseSet, pick, type View } from './imap-view.ts'
import { decodeText, fieldValue, readable, unfolded, unquote } from './mail-header.ts'
import { leavesOf, type Part } from './mime-part.ts'

type Test = (picked: Picked) => boolean
type Reader = (args: Token[], view: View) => Test

const NESTING_MAX = 50
const KNOWN_CHARSETS = ['UTF-8', 'US-ASCII']

/** Returns what follows `* SEARCH`. */
export function search(view: View, { args }: Command, byUid: boolean): string {
  const keys = [...args]
  if (keys[0]?.kind === 'atom' && keys[0].text.toUpperCase() === 'CHARSET') {
    keys.shift()
    const charset = textOf(keys.shift(), 'charset').toUpperCase()
    if (!KNOWN_CHARSETS.includes(charset))
      throw refusal('NO', `[BADCHARSET (${KNOWN_CHARSETS.join(' ')})] Unknown charset`)
  }
  const test = readAll(keys, view, 0)
  return view.mails
    .map((mail, index) => ({ seq: index + 1, mail }))
    .filter((picked) => isReadable(view.folder, picked.mail) && test(picked))
    .map(({ seq, mail }) => ` ${byUid ? mail.uid : seq}`)
    .join('')
}

function readAll(keys: Token[], view: View, depth: number): Test {
  if (keys.length === 0) throw refusal('BAD', 'Name what to search for')
  const tests: Test[] = []
  while (keys.length > 0) tests.push(readKey(keys, view, depth))
  return (picked) => tests.every((test) => test(picked))
}

function readKey(keys: Token[], view: View, depth: number): Test {
  if (depth > NESTING_MAX) throw refusal('BAD', 'Too deeply nested')
  const token = keys.shift()
  if (token?.kind === 'list') return readAll([...token.items], view, depth + 1)
  const name = textOf(token, 'search key').toUpperCase()
  if (name === 'NOT') {
    const test = readKey(keys, view, depth + 1)
    return (picked) => !test(picked)
  }
  if (name === 'OR') {
    const [one, other] = [readKey(keys, view, depth + 1), readKey(keys, view, depth + 1)]
    return (picked) => one(picked) || other(picked)
  }
  if (/^[\d*]/.test(name)) return among(pick(view, name, false))
  const read = READERS[name]
  if (!read) throw refusal('BAD', `Unknown search key ${name}`)
  return read(keys, view)
}

const READERS: Record<string, Reader> = {
  ALL: () => () => true,
  // No mail is \Recent here, so all are old.
  OLD: () => () => true,
  NEW: () => () => false,
  RECENT: () => () => false,
  UID: (args, view) => {
    const set = textOf(args.shift(), 'uid set')
    parseSet(set, 1)
    return among(pick(view, set, true))
  },
  KEYWORD: (args) => flagged(textOf(args.shift(), 'keyword'), true),
  UNKEYWORD: (args) => flagged(textOf(args.shift(), 'keyword'), false),
  LARGER: (args) => sized(args, (size, limit) => size > limit),
  SMALLER: (args) => sized(args, (size, limit) => size < limit),
  HEADER: (args) => inHeader(textOf(args.shift(), 'field name').toLowerCase(), utf8Of(args.shift(), 'text')),
  BODY: (args) => inText(utf8Of(args.shift(), 'text'), (mail) => bodyText(mail)),
  TEXT: (args) => inText(utf8Of(args.shift(), 'text'), (mail) => `${headerText(partsOf(mail))}\n${bodyText(mail)}`),
  ...Object.fromEntries(['ANSWERED', 'DELETED', 'DRAFT', 'FLAGGED', 'SEEN'].flatMap(flagReaders)),
  ...Object.fromEntries(
    ['BCC', 'CC', 'FROM', 'SUBJECT', 'TO'].map((name): [string, Reader] => [
      name,
      (args) => inHeader(name.toLowerCase(), utf8Of(args.shift(), 'text')),
    ]),
  ),
  ...dayReaders('', (mail) => mail.internalDate),
  ...dayReaders('SENT', (mail) => Date.parse(fieldValue(partsOf(mail).fields, 'date') ?? '')),
}

function flagReaders(name: string): [string, Reader][] {
  return [
    [name, () => flagged(`\\${name}`, true)],
    [`UN${name}`, () => flagged(`\\${name}`, false)],
  ]
}

function flagged(flag: string, wanted: boolean): Test {
  const lower = flag.toLowerCase()
  return ({ mail }) => [...mail.flags].some((own) => own.toLowerCase() === lower) === wanted
}

function dayReaders(prefix: string, at: (mail: Mail) => number): Record<string, Reader> {
  const reader = (compare: (day: number, limit: number) => boolean): Reader => {
    return (args) => {
      const limit = parseDay(textOf(args.shift(), 'date'))
      if (limit === undefined) throw refusal('BAD', 'Write the date as 1-Feb-2030')
      return ({ mail }) => compare(dayOf(at(mail)), limit)
    }
  }
  return {
    [`${prefix}BEFORE`]: reader((day, limit) => day < limit),
    [`${prefix}ON`]: reader((day, limit) => day === limit),
    [`${prefix}SINCE`]: reader((day, limit) => day >= limit),
  }
}

function sized(args: Token[], compare: (size: number, limit: number) => boolean): Test {
  const limit = Number(textOf(args.shift(), 'size'))
  if (!Number.isInteger(limit)) throw refusal('BAD', 'Write the size in bytes')
  return ({ mail }) => compare(mail.raw.length, limit)
}

function among(picked: Picked[]): Test {
  const mails = new Set(picked.map(({ mail }) => mail))
  return ({ mail }) => mails.has(mail)
}

/** An empty text asks whether the field is there at all. */
function inHeader(name: string, text: string): Test {
  const lower = text.toLowerCase()
  return ({ mail }) =>
    partsOf(mail).fields.some((field) => field.name === name && readable(unfolded(field)).toLowerCase().includes(lower))
}

function inText(text: string, of: (mail: Mail) => string): Test {
  const lower = text.toLowerCase()
  return ({ mail }) => of(mail).toLowerCase().includes(lower)
}

function headerText(mail: Part): string {
  return mail.fields.map((field) => readable(field.raw.replace(/\r?\n(?=[ \t])/g, ''))).join('')
}

function bodyText(mail: Mail): string {
  const texts = leavesOf(partsOf(mail)).filter((part) => part.type.toLowerCase() === 'text')
  return texts.map((part) => decodePart(part, mail.raw.subarray(part.bodyStart, part.end))).join('\n')
}

function decodePart(part: Part, bytes: Buffer): string {
  const encoding = fieldValue(part.fields, 'content-transfer-encoding')?.toLowerCase()
  const charset = part.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1] ?? 'utf-8'
  if (encoding === 'base64') return decodeText(Buffer.from(bytes.toString('latin1'), 'base64'), charset)
  return decodeText(encoding === 'quoted-printable' ? unquote(bytes.toString('latin1')) : bytes, charset)
}
