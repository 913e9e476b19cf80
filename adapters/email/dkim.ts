// Our own DKIM signature, for servers that do not sign what they send (RFC 6376). Made once, with the bytes it signs.
import { buffer } from 'node:stream/consumers'
import DKIM from 'nodemailer/lib/dkim'

export interface DkimKey {
  domain: string
  selector: string
  /** RSA, as PEM. */
  privateKey: string
}

/** What a forger would want to change; fields that are missing are not signed, so that a list may add its own. */
const SIGNED = [
  ...['From', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'Cc', 'In-Reply-To', 'References'],
  ...['Auto-Submitted', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'],
].join(':')

/** The mail with its signature on top: the same at every call, for RSA signatures hold no chance. */
export async function dkimSigned(mail: Buffer, { domain, selector, privateKey }: DkimKey): Promise<Buffer> {
  const key = { domainName: domain, keySelector: selector, privateKey, headerFieldNames: SIGNED }
  const signed = await buffer(new DKIM(key).sign(mail))
  // nodemailer leaves a mail unsigned, and says nothing, when the key is of no use.
  if (!signed.subarray(0, 15).equals(Buffer.from('DKIM-Signature:'))) throw new Error('email: the DKIM key cannot sign')
  return signed
}
