// The words of a rich text. Outlook hides the HTML it made it from in there (MS-OXRTFEX); then that is what comes out.
import { decodeText } from './charset.ts'

const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|\r?\n|[^\\{}\r\n]+/gi
const OUTPUT_CHARS_MAX = 2_000_000
const GROUPS_MAX = 1000
/** What is in groups of these is not for reading. */
const HIDDEN = new Set(
  'fonttbl colortbl stylesheet info pict header footer object themedata datastore generator listtable'.split(' '),
)
const CHARS: Record<string, string> = {
  par: '\n',
  line: '\n',
  row: '\n',
  tab: '\t',
  cell: '\t',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emdash: '—',
  endash: '–',
}
const SYMBOLS: Record<string, string> = {
  '~': '\u00a0',
  _: '-',
  '{': '{',
  '}': '}',
  '\\': '\\',
  '\n': '\n',
  '\r': '\n',
}

interface Group {
  hidden: boolean
  htmlTag: boolean
  /** Text that repeats in rich form what the HTML says. */
  htmlRtf: boolean
  fallbackChars: number
}

export function rtfToWords(rtf: string): { text?: string; html?: string } {
  const fromHtml = /\\fromhtml1/.test(rtf.slice(0, 2000))
  const charset = `cp${/\\ansicpg(\d{3,5})/.exec(rtf.slice(0, 2000))?.[1] ?? '1252'}`
  const words = readRtf(rtf, fromHtml, charset).trim()
  if (!words) return {}
  return fromHtml ? { html: words } : { text: words }
}

interface State {
  fromHtml: boolean
  charset: string
  output: string[]
  length: number
  /** Of characters written as bytes, which may need their neighbours to be read. */
  bytes: number[]
  group: Group
  outer: Group[]
  starred: boolean
  /** Characters still to come that only repeat for old programs what was said in Unicode. */
  skip: number
}

function readRtf(rtf: string, fromHtml: boolean, charset: string): string {
  const group: Group = { hidden: false, htmlTag: false, htmlRtf: false, fallbackChars: 1 }
  const state: State = {
    fromHtml,
    charset,
    output: [],
    length: 0,
    bytes: [],
    group,
    outer: [],
    starred: false,
    skip: 0,
  }
  for (const [whole, word, number, hex, symbol, brace] of rtf.matchAll(TOKEN)) {
    if (state.length > OUTPUT_CHARS_MAX) break
    if (brace !== undefined) takeBrace(state, brace)
    else if (hex !== undefined) takeByte(state, Number.parseInt(hex, 16))
    else if (symbol !== undefined && symbol !== '*') put(state, SYMBOLS[symbol] ?? '')
    else if (word !== undefined) takeWord(state, word, number)
    else if (symbol === undefined && whole !== '\n' && whole !== '\r\n') takeText(state, whole)
    state.starred = symbol === '*'
  }
  flush(state)
  return state.output.join('').toWellFormed()
}

function takeBrace(state: State, brace: string): void {
  if (brace === '}') state.group = state.outer.pop() ?? state.group
  else if (state.outer.length < GROUPS_MAX) state.outer.push({ ...state.group })
}

function takeByte(state: State, byte: number): void {
  state.length++
  if (state.skip > 0) state.skip--
  else if (isShown(state)) state.bytes.push(byte)
}

function takeText(state: State, text: string): void {
  put(state, text.slice(state.skip))
  state.skip = Math.max(0, state.skip - text.length)
}

function takeWord(state: State, word: string, number: string | undefined): void {
  const { group } = state
  if (state.starred) {
    group.htmlTag = word === 'htmltag'
    group.hidden ||= !(group.htmlTag && state.fromHtml)
  } else if (HIDDEN.has(word)) group.hidden = true
  else if (word === 'htmlrtf') group.htmlRtf = number !== '0'
  else if (word === 'uc') group.fallbackChars = Math.min(8, Number(number ?? 1))
  else if (word === 'u' && number !== undefined) {
    put(state, String.fromCharCode(Number(number) & 0xffff))
    state.skip = group.fallbackChars
  } else if (CHARS[word]) put(state, CHARS[word])
}

function isShown({ group, fromHtml }: State): boolean {
  return !group.hidden && !(fromHtml && group.htmlRtf && !group.htmlTag)
}

function put(state: State, text: string): void {
  if (!isShown(state)) return
  flush(state)
  state.output.push(text)
  state.length += text.length
}

function flush(state: State): void {
  if (state.bytes.length > 0) state.output.push(decodeText(Uint8Array.from(state.bytes), state.charset).text)
  state.bytes = []
}
