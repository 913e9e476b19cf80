// The reply address carries the conversation's token: `support+TOKEN@example.com`. It survives mailers that lose References.
import type { IsOwn } from './own-mail.ts'

const LOCAL_PART_OCTETS_MAX = 64 // RFC 5321 section 4.5.3.1.1
const TOKEN = /^[a-z0-9]{16,40}$/

/** The plain address where a token does not fit before the @: answers are then found by our signed Message-ID alone. */
export function replyAddress(address: string, token: string): string {
  const at = address.lastIndexOf('@')
  const local = `${address.slice(0, at)}+${token.toLowerCase()}`
  if (!TOKEN.test(token.toLowerCase()) || Buffer.byteLength(local) > LOCAL_PART_OCTETS_MAX) return address
  return local + address.slice(at)
}

/** The token in an address, if the address is one of ours. Whether the token is known is for the core to say. */
export function tokenIn(address: string, isOwn: IsOwn): string | undefined {
  const lower = address.trim().toLowerCase()
  const local = lower.slice(0, lower.lastIndexOf('@'))
  const plus = local.lastIndexOf('+')
  if (plus < 1 || !isOwn(lower)) return undefined
  const token = local.slice(plus + 1)
  return TOKEN.test(token) ? token : undefined
}
