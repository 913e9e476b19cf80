// Our Message-IDs carry a signature, so that an answer proves it answers something we sent: `<o.MESSAGE.SIGNATURE@domain>`.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { base32Bytes } from '../../src/id.ts'

const SIGNATURE_BYTES = 12 // 96 bits: out of reach of guessing, and short enough for the header line.
const MESSAGE_ID_LENGTH_MAX = 250
const BARE_READ_MAX = 10_000
const OURS = /^<o\.([a-z0-9_-]{1,80})\.([a-z0-9]{20})@[a-z0-9.-]{1,200}>$/
// RFC 5322 section 3.6.4, as strict as its ids need to be for us to repeat them in a header.
const VALID = /^<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>$/
// A long id may be folded in its middle, and a quoted one may hold spaces.
const ANY_ID = /<[^<>]{1,998}>/g
const BARE_ID = /^[^\s<>@"(),:;]{1,400}@[^\s<>@"(),:;]{1,400}$/
const LIKE_OURS = /\bo\.[a-z0-9_-]{1,80}\.[a-z0-9]{20}@[a-z0-9.-]{1,200}/gi

/** The same for the same message and domain, at every attempt and in every process. */
export function signedMessageId(secret: Uint8Array, messageId: string, domain: string): string {
  return `<o.${messageId.toLowerCase()}.${signature(secret, messageId.toLowerCase())}@${domain.toLowerCase()}>`
}

/** The id as we wrote it if we did write it, whatever domain we had then; a changed letter makes it a stranger's. */
export function verifySignedId(secret: Uint8Array, id: string): string | undefined {
  const lower = id.toLowerCase()
  const match = OURS.exec(lower)
  if (!match?.[1] || !match[2]) return undefined
  const expected = Buffer.from(signature(secret, match[1]))
  const found = Buffer.from(match[2])
  return expected.length === found.length && timingSafeEqual(expected, found) ? lower : undefined
}

/** The ids of a References or In-Reply-To header, in order, without repeats. */
export function messageIdsIn(header: string, countMax: number): string[] {
  const found = new Set<string>()
  for (const match of header.matchAll(ANY_ID)) {
    const id = match[0].replace(/\s+/g, '')
    if (id.length > 2) found.add(id)
    if (found.size >= countMax) break
  }
  return found.size > 0 ? [...found] : bareIds(header).slice(0, countMax)
}

/** Some programs forget the brackets. */
function bareIds(header: string): string[] {
  const words = header.slice(0, BARE_READ_MAX).split(/\s+/)
  return [...new Set(words.filter((word) => BARE_ID.test(word)).map((word) => `<${word}>`))]
}

/** Ids made like ours, wherever they stand in a text and whatever is around them. Only `verifySignedId` says whose they are. */
export function idsLikeOurs(text: string, countMax: number): string[] {
  const found = new Set<string>()
  for (const [id] of text.matchAll(LIKE_OURS)) {
    found.add(`<${id.toLowerCase().replace(/[.-]+$/, '')}>`)
    if (found.size >= countMax) break
  }
  return [...found]
}

/** What stands in a Message-ID header, however wrong it is, or undefined when nothing does. */
export function messageIdOf(header: string | undefined): string | undefined {
  const text = header?.trim()
  if (!text) return undefined
  return messageIdsIn(text, 1)[0] ?? text
}

/** Whether the id may be repeated in a header of ours. */
export function isValidMessageId(id: string): boolean {
  return id.length <= MESSAGE_ID_LENGTH_MAX && VALID.test(id)
}

function signature(secret: Uint8Array, messageId: string): string {
  const digest = createHmac('sha256', secret).update(`message-id:${messageId}`).digest()
  return base32Bytes(digest.subarray(0, SIGNATURE_BYTES))
}
