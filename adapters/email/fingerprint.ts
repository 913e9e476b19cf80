// What makes two sightings the same mail: Message-ID, Date, From and the body. The rest differs from mailbox to mailbox.
import { createHash } from 'node:crypto'
import type { ExternalId } from '../../src/channel.ts'
import { firstHeader, readHeaders, splitMail } from './header.ts'

const LF = 10
const CR = 13

export function fingerprint(raw: Uint8Array): ExternalId {
  const { head, body } = splitMail(raw)
  const headers = readHeaders(head)
  const named = ['message-id', 'date', 'from'].map((key) => (firstHeader(headers, key) ?? '').replace(/\s+/g, ' '))
  return createHash('sha256')
    .update(JSON.stringify(named))
    .update(withPlainLineEnds(body))
    .digest('base64url') as ExternalId
}

/** Servers change line ends as they please and add or drop the last one, so both count for nothing. */
function withPlainLineEnds(body: Uint8Array): Uint8Array {
  const plain = new Uint8Array(body.length)
  let length = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0
    if (byte === CR) {
      plain[length++] = LF
      if (body[i + 1] === LF) i++
    } else plain[length++] = byte
  }
  while (length > 0 && plain[length - 1] === LF) length--
  return plain.subarray(0, length)
}
