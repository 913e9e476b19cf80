// Bytes -> words. What a mail says of its charset is believed as long as the bytes do not speak against it.
import { isUtf8 } from 'node:buffer'
import { guessCharset } from './charset-guess.ts'
import { decodeUtf7 } from './utf-7.ts'

export interface Decoded {
  text: string
  /** Set when it was read otherwise than declared, or by a guess: as what. */
  guessed?: string
}

const LABEL_MAX = 40
const DECODERS_MAX = 100
const ESC = 0x1b
const NO_CHARSET = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', '7bit', '8bit', 'binary', 'default', 'none'])
/** Names that mail programs write and the Encoding Standard does not list. */
const ALIASES: Record<string, string> = {
  utf8mb4: 'utf-8',
  cp65001: 'utf-8',
  cp28591: 'windows-1252',
  cp28592: 'iso-8859-2',
  cp28605: 'iso-8859-15',
  cp20866: 'koi8-r',
  cp21866: 'koi8-u',
  cp51949: 'euc-kr',
  cp54936: 'gb18030',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  cp936: 'gb18030',
  ms936: 'gb18030',
  'windows-936': 'gb18030',
  'euc-cn': 'gb18030',
  euccn: 'gb18030',
  cp932: 'shift_jis',
  'windows-932': 'shift_jis',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  ks_c_5601: 'euc-kr',
  cp950: 'big5',
  'windows-950': 'big5',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  eucjp: 'euc-jp',
  'eucjp-ms': 'euc-jp',
  'tis-620': 'windows-874',
  cp874: 'windows-874',
  'unicode-1-1-utf-7': 'utf-7',
  'unicode-2-0-utf-7': 'utf-7',
  utf7: 'utf-7',
  'x-unicode-2-0-utf-7': 'utf-7',
}
const SHIFTED = { 'hz-gb-2312': 'gb18030', 'iso-2022-kr': 'euc-kr' }
const SHIFTED_BYTES_MAX = 2_000_000
const ON = '\u0100' // No byte is these characters.
const OFF = '\u0101'
/** They say nothing about which bytes may stand in a text, so UTF-8 under their name gives itself away. */
const SINGLE_BYTE = /^(?:windows-(?:125\d|874)|iso-8859-\d{1,2}(?:-[ei])?|macintosh|x-mac-cyrillic|koi8-[ru]|ibm866)$/

export function decodeText(bytes: Uint8Array, declared = ''): Decoded {
  const label = declared.trim().toLowerCase().slice(0, LABEL_MAX)
  const marked = byteOrderMark(bytes)
  if (marked) return { text: new TextDecoder(marked).decode(bytes) }
  const stateful = decodeStateful(bytes, label)
  if (stateful !== undefined) return { text: stateful }
  const decoder = decoderOf(label)
  if (isPlain(bytes) && !decoder?.encoding.startsWith('utf-16')) {
    return { text: decoder?.encoding === 'iso-2022-jp' ? decoder.decode(bytes) : latin1(bytes) }
  }
  if (!decoder) return decodeUndeclared(bytes, NO_CHARSET.has(label))
  const text = decoder.decode(bytes)
  const { encoding } = decoder
  if (encoding === 'utf-8') return isMostlyUtf8(bytes, text) ? { text } : guessed(bytes)
  const contradicted = SINGLE_BYTE.test(encoding) || text.includes('\ufffd')
  if (contradicted && isUtf8(bytes)) return { text: utf8(bytes), guessed: 'utf-8' }
  return { text }
}

/** With no charset said, UTF-8 is what today's programs mean; a name nobody knows is another matter. */
function decodeUndeclared(bytes: Uint8Array, silent: boolean): Decoded {
  if (isUtf8(bytes)) return { text: utf8(bytes), ...(!silent && { guessed: 'utf-8' }) }
  return guessed(bytes)
}

function guessed(bytes: Uint8Array): Decoded {
  const charset = guessCharset(bytes)
  return { text: new TextDecoder(charset).decode(bytes), guessed: charset }
}

/** A few broken characters in a text that is UTF-8 otherwise are no reason to read all of it as something else. */
function isMostlyUtf8(bytes: Uint8Array, text: string): boolean {
  if (isUtf8(bytes)) return true
  let broken = 0
  let whole = 0
  for (const char of text) {
    if (char === '\ufffd') broken++
    else if (char > '\x7f') whole++
  }
  return whole > broken
}

/** Charsets whose bytes are all ASCII, with marks that say what they mean, and that the platform has no decoder for. */
function decodeStateful(bytes: Uint8Array, label: string): string | undefined {
  if (ALIASES[label] === 'utf-7' || label === 'utf-7') return decodeUtf7(latin1(bytes))
  const text = label in SHIFTED ? latin1(bytes.subarray(0, SHIFTED_BYTES_MAX)) : ''
  if (label === 'hz-gb-2312')
    return shifted(text.replaceAll('~\n', '').replaceAll('~{', ON).replaceAll('~}', OFF), label)
  if (label === 'iso-2022-kr') {
    return shifted(text.replace('\x1b$)C', '').replaceAll('\x0e', ON).replaceAll('\x0f', OFF), label)
  }
  return undefined
}

/** Between the two marks every byte stands for one with its high bit set. */
function shifted(text: string, label: keyof typeof SHIFTED): string {
  const bytes = text.replace(/\u0100([^\u0101]*)\u0101?/g, (_, words: string) => withHighBits(words))
  return new TextDecoder(SHIFTED[label]).decode(Buffer.from(bytes, 'latin1'))
}

function withHighBits(words: string): string {
  return words.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 0x80))
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe && bytes.length % 2 === 0) return 'utf-16le'
  if (a === 0xfe && b === 0xff && bytes.length % 2 === 0) return 'utf-16be'
  return undefined
}

const decoders = new Map<string, InstanceType<typeof TextDecoder> | undefined>()

/** Undefined for a charset nobody knows, and for none. */
function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  if (NO_CHARSET.has(label)) return undefined
  if (decoders.has(label)) return decoders.get(label)
  const bare = label.replace(/^(?:x-|cs)/, '').replaceAll('_', '-')
  const numbered = /^(?:cp|ms|win|windows)-?(125\d)$/.exec(bare)?.[1]
  const names = [
    label,
    ALIASES[label],
    bare,
    ALIASES[bare],
    numbered && `windows-${numbered}`,
    bare.replace(/^iso-?8859-?/, 'iso-8859-'),
  ]
  const found = names.map((name) => (name ? newDecoder(ALIASES[name] ?? name) : undefined)).find(Boolean)
  if (decoders.size < DECODERS_MAX) decoders.set(label, found)
  return found
}

function newDecoder(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f || byte === ESC) return false
  return true
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
