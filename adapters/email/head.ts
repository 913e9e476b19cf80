// The head of a kept mail as a person reads it: the lines that say who wrote to whom, when, and who vouches for it.
import { decodeWords } from 'postal-mime'
import type { HeadLine } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { allHeaders, readHeaders, splitMail } from './header.ts'

const SHOWN = [
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Date',
  'Subject',
  'Message-ID',
  'In-Reply-To',
  'List-Id',
  'Auto-Submitted',
  'Authentication-Results',
]
const HEAD_BYTES_MAX = 256 * 1024
/** Lines of one name: a mail server adds one each, a joker thousands. */
const LINES_MAX = 3
const ENCODED_MAX = 20_000
const VALUE_MAX = 4000

/** In the order in which people look for them. */
export function readHead(start: Uint8Array): HeadLine[] {
  const headers = readHeaders(splitMail(start).head.subarray(0, HEAD_BYTES_MAX))
  return SHOWN.flatMap((name) =>
    allHeaders(headers, name.toLowerCase())
      .slice(0, LINES_MAX)
      .map((value) => ({ name, value: readable(value) })),
  )
}

function readable(value: string): string {
  const encoded = value.slice(0, ENCODED_MAX)
  try {
    return cleanLine(decodeWords(encoded), VALUE_MAX)
  } catch {
    return cleanLine(encoded, VALUE_MAX) // As it stands is better than not at all.
  }
}
