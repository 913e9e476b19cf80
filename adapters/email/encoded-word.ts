// Words of a header that are not ASCII (RFC 2047), in any charset that mail is read in at all.
import { decodeText } from './charset.ts'

const WORD = /=\?([^?\s]{1,60})\?([qb])\?([^?]*)\?=/gi

interface Word {
  charset: string
  bytes: Buffer
}

export function decodeWords(text: string): string {
  return replaceWords(text, (words) => words)
}

/** For parsers that look for commas and quotes: the same words, all in UTF-8 and still encoded. */
export function recodeWords(text: string): string {
  return replaceWords(text, (words) => `=?utf-8?B?${Buffer.from(words).toString('base64')}?=`)
}

function replaceWords(text: string, write: (words: string) => string): string {
  if (!text.includes('=?')) return text
  let result = ''
  let run: Word[] = []
  let end = 0
  const flush = () => {
    if (run.length > 0) result += write(joined(run))
    run = []
  }
  for (const match of text.matchAll(WORD)) {
    const between = text.slice(end, match.index)
    // Space between two encoded words only parts them.
    if (run.length === 0 || between.trim()) {
      flush()
      result += between
    }
    run.push(decodedWord(match[1] ?? '', match[2] ?? '', match[3] ?? ''))
    end = match.index + match[0].length
  }
  flush()
  return result + text.slice(end)
}

/** Some programs cut in the middle of a character, so neighbours in one charset are read as one. */
function joined(run: Word[]): string {
  let result = ''
  for (let i = 0; i < run.length; ) {
    const charset = run[i]?.charset ?? ''
    let next = i + 1
    while (run[next]?.charset === charset) next++
    const words = run.slice(i, next)
    const whole = decodeText(Buffer.concat(words.map(({ bytes }) => bytes)), charset).text
    result += whole.includes('\ufffd') ? words.map(({ bytes }) => decodeText(bytes, charset).text).join('') : whole
    i = next
  }
  return result
}

function decodedWord(charset: string, encoding: string, text: string): Word {
  const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedBytes(text)
  return { charset: (charset.split('*', 1)[0] ?? '').toLowerCase(), bytes } // After the star stands a language (RFC 2231).
}

function quotedBytes(text: string): Buffer {
  const words = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return /[^\0-\xff]/.test(words) ? Buffer.from(words) : Buffer.from(words, 'latin1')
}
