// What the receiving server said of the sender's identity. Anyone can write an Authentication-Results header, so only the
// one that bears our own server's name counts (RFC 8601 section 5); without a configured name nothing is known.
import { allHeaders, type Header } from './header.ts'

export type SenderVerdict = 'pass' | 'fail' | 'none'

export const SENDER_HEADERS = ['authentication-results']

export function senderVerdict(headers: Header[], fromAddress: string, authServer: string | undefined): SenderVerdict {
  if (!authServer) return 'none'
  const ours = allHeaders(headers, 'authentication-results').find(
    (value) => serverName(value) === authServer.toLowerCase(),
  )
  if (!ours) return 'none'
  const dmarc = /(?:^|;)\s*dmarc\s*=\s*([a-z]+)/i.exec(ours)?.[1]?.toLowerCase()
  if (dmarc === 'pass') return 'pass'
  if (dmarc === 'fail') return 'fail'
  return ours.split(';').some((result) => isAlignedSignature(result, fromAddress)) ? 'pass' : 'none'
}

function serverName(value: string): string {
  return (value.split(';', 1)[0] ?? '').trim().split(/\s/, 1)[0]?.toLowerCase() ?? ''
}

/** A valid DKIM signature of the very domain in From, or of one above it. */
function isAlignedSignature(result: string, fromAddress: string): boolean {
  if (!/^\s*dkim\s*=\s*pass\b/i.test(result)) return false
  const signer = /header\.d\s*=\s*([a-z0-9.-]+\.[a-z]+)/i.exec(result)?.[1]?.toLowerCase()
  const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1)
  return signer !== undefined && (domain === signer || domain.endsWith(`.${signer}`))
}
