// What a mail carries that leads to one of our conversations. Whether it is known, and whether its sender may follow it, is for
// the core to say.
import type { Evidence } from '../../src/channel.ts'
import { messageIdKey, tokenKey } from './conversation-key.ts'
import { allHeaders, type Header } from './header.ts'
import { messageIdsIn, verifySignedId } from './message-id.ts'
import type { IsOwn } from './own-mail.ts'
import { tokenIn } from './reply-address.ts'

const IDS_READ_MAX = 100
const ADDRESSES_READ_MAX = 20

/** Where servers write whom they delivered to, when To and Cc say something else. */
const DELIVERY_HEADERS = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'x-forwarded-to',
  'x-rcpt-to',
  'apparently-to',
  'resent-to',
]
/** Where a mail of ours says once more which id it left with. */
export const ORIGINAL_ID_HEADER = 'X-Original-Message-ID'

/** Where mailers and servers that rewrite or drop ids leave the one they had: worth reading for an id that we signed. */
const REWRITTEN_HEADERS = [
  'x-microsoft-original-message-id',
  'x-ms-exchange-parent-message-id',
  ORIGINAL_ID_HEADER.toLowerCase(),
  'x-forwarded-message-id',
  'original-message-id',
]

export const EVIDENCE_HEADERS = [...DELIVERY_HEADERS, ...REWRITTEN_HEADERS]

/** Strongest first: the token in an address of ours, an id we signed, then any id at all, the newest first. */
export function evidenceIn(
  mail: { headers: Header[]; to: { address: string }[]; cc: { address: string }[]; answered?: readonly string[] },
  { isOwn, secret }: { isOwn: IsOwn; secret: Uint8Array },
): Evidence[] {
  const recipients = [...mail.to, ...mail.cc].map(({ address }) => address)
  const tokens = [...recipients, ...deliveredTo(mail.headers)].flatMap((address) => tokenIn(address, isOwn) ?? [])
  const ids = [
    ...new Set([...idsIn(mail.headers, 'in-reply-to'), ...referencesIn(mail.headers), ...(mail.answered ?? [])]),
  ]
  const kept = REWRITTEN_HEADERS.flatMap((key) => idsIn(mail.headers, key))
  const signed = [...ids, ...kept].flatMap((id) => verifySignedId(secret, id) ?? [])
  return [
    ...[...new Set(tokens)].map((token): Evidence => ({ by: 'token', key: tokenKey(token) })),
    ...[...new Set(signed)].map((id): Evidence => ({ by: 'signed-id', key: messageIdKey(id) })),
    ...ids
      .filter((id) => !isLikeOurs(id) && !signed.includes(id.toLowerCase()))
      .map((id): Evidence => ({ by: 'reference', key: messageIdKey(id) })),
  ]
}

/** The id that a mail of ours had before a server gave it another one. */
export function originalIds(headers: Header[], secret: Uint8Array): string[] {
  return REWRITTEN_HEADERS.flatMap((key) => idsIn(headers, key)).flatMap((id) => verifySignedId(secret, id) ?? [])
}

function deliveredTo(headers: Header[]): string[] {
  return DELIVERY_HEADERS.flatMap((key) => allHeaders(headers, key))
    .slice(0, ADDRESSES_READ_MAX)
    .flatMap((value) => value.slice(0, 1000).split(/[\s,<>]+/))
    .filter((word) => word.includes('@'))
}

function idsIn(headers: Header[], key: string): string[] {
  return allHeaders(headers, key).flatMap((value) => messageIdsIn(value, IDS_READ_MAX))
}

/** The newest stand last; of very many the newest count. */
function referencesIn(headers: Header[]): string[] {
  return allHeaders(headers, 'references')
    .flatMap((value) => messageIdsIn(value, 10 * IDS_READ_MAX).slice(-IDS_READ_MAX))
    .reverse()
}

/** An id made to look like ours whose signature is wrong is no evidence at all, not even a weak one. */
export function isLikeOurs(id: string): boolean {
  return /^<o\.[^@]+\.[a-z0-9]{20}@/i.test(id)
}
