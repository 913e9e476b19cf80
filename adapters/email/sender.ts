// What the receiving server found out about the sender. Anyone can write an Authentication-Results header, so only what our own
// server wrote above the sender's bytes counts (RFC 8601 section 5); without a configured name nothing is known.
//
// | the topmost header of our server says       | verdict                                                            |
// |---------------------------------------------|--------------------------------------------------------------------|
// | dmarc=pass for the domain in From           | pass                                                               |
// | dmarc=fail, whatever the domain's policy    | fail                                                               |
// | dkim=pass of the domain in From or above it | pass                                                               |
// | spf=pass of the domain in From or above it  | pass                                                               |
// | anything else                               | none, or fail where another header of our server says dmarc=fail   |
//
// A header below the topmost may be the sender's own, made to look like our server's: it is believed when it speaks against
// the sender, never when it speaks for them. ARC headers are the word of servers nobody told us to trust, and are not read.
import { type AuthenticationResults, type MethodResult, parseAuthenticationResults } from './authentication-results.ts'
import type { Header } from './header.ts'

export type SenderVerdict = 'pass' | 'fail' | 'none'

export const SENDER_HEADERS = ['authentication-results', 'received']

/** As `auth_server`: Microsoft 365 puts no name of its own before its results, so they are known by their place. */
export const M365 = 'm365'

const HEADERS_READ_MAX = 20
const METHODS = new Set(['dmarc', 'dkim', 'spf'])
const MICROSOFT = /\.(?:outlook\.com|office365\.com|exchangelabs\.com)$/

export function senderVerdict(headers: Header[], fromAddress: string, authServer: string | undefined): SenderVerdict {
  if (!authServer) return 'none'
  const [topmost, ...below] = believable(headers, authServer.trim().toLowerCase())
  if (!topmost) return 'none'
  const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1).toLowerCase()
  const verdict = verdictOf(topmost.results, domain)
  if (verdict !== 'none') return verdict
  return below.some(({ results }) => verdictOf(results, domain) === 'fail') ? 'fail' : 'none'
}

/** Our server's headers that say anything of the sender, the topmost first. */
function believable(headers: Header[], authServer: string): AuthenticationResults[] {
  const above = authServer === M365 ? aboveForeign(headers) : headers
  const parsed = above
    .filter(({ key }) => key === 'authentication-results')
    .slice(0, HEADERS_READ_MAX)
    .map(({ value }) => parseAuthenticationResults(value))
  const ours = parsed.filter(({ server }) => server === (authServer === M365 ? undefined : authServer))
  return ours.filter(({ results }) => results.some(({ method }) => METHODS.has(method)))
}

/** What stands above the line by which Microsoft took the mail from somebody else. */
function aboveForeign(headers: Header[]): Header[] {
  const foreign = headers.findIndex(({ key, value }) => key === 'received' && !isFromMicrosoft(value))
  return foreign < 0 ? headers : headers.slice(0, foreign)
}

function isFromMicrosoft(received: string): boolean {
  const host = /^from\s+([^\s;()]{1,255})/i.exec(received)?.[1] ?? ''
  return MICROSOFT.test(host.toLowerCase())
}

function verdictOf(results: readonly MethodResult[], domain: string): SenderVerdict {
  const dmarc = results.find(({ method }) => method === 'dmarc')
  if (dmarc?.result === 'fail') return 'fail'
  // Microsoft's guess for a domain that publishes no policy.
  const isPassed = dmarc?.result === 'pass' || dmarc?.result === 'bestguesspass'
  if (isPassed && isAbout(dmarc, domain)) return 'pass'
  return results.some((result) => isAlignedSignature(result, domain) || isAlignedEnvelope(result, domain))
    ? 'pass'
    : 'none'
}

/** A mail with several senders in From may have passed for another one than the one we show. */
function isAbout({ properties }: MethodResult, domain: string): boolean {
  const from = properties.get('header.from')
  return from === undefined || isWithin(domain, domainOf(from))
}

/** A valid DKIM signature of the very domain in From, or of one above it. */
function isAlignedSignature({ method, result, properties }: MethodResult, domain: string): boolean {
  if (method !== 'dkim' || result !== 'pass') return false
  return isWithin(domain, domainOf(properties.get('header.d') ?? properties.get('header.i') ?? ''))
}

/** The server it came from may send for the domain in From, by what that domain itself says. */
function isAlignedEnvelope({ method, result, properties }: MethodResult, domain: string): boolean {
  if (method !== 'spf' || result !== 'pass') return false
  return isWithin(domain, domainOf(properties.get('smtp.mailfrom') ?? properties.get('smtp.mail') ?? ''))
}

function domainOf(addressOrDomain: string): string {
  return addressOrDomain
    .slice(addressOrDomain.lastIndexOf('@') + 1)
    .replace(/[<>]/g, '')
    .replace(/\.$/, '')
}

/** A domain of one label is nobody's to sign for. */
function isWithin(domain: string, other: string): boolean {
  return other.includes('.') && (domain === other || domain.endsWith(`.${other}`))
}
