// Signing of our own, where the mail server does not: the settings in the file, the key from the environment.
import { createPrivateKey } from 'node:crypto'
import type { Fault } from './fault.ts'
import { variablePrefix } from './oauth.ts'
import { section, text } from './value.ts'
import { type Data, named, pick } from './yaml.ts'

export interface Dkim {
  /** Whose name server holds the public key: `SELECTOR._domainkey.DOMAIN`. */
  domain: string
  selector: string
  /** As PEM. */
  privateKey: string
}

const KEY_BITS_MIN = 1024 // RFC 8301 section 3.2: shorter ones are taken for no signature at all.
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i

export const dkim = section({
  domain: text('a domain', 'Write the domain of the address, or remove it.', DOMAIN, 253).optional(),
  selector: text(
    'a selector',
    'Write the name under which the public key stands in the DNS, such as deskbell.',
    /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/i,
  ),
})

export function buildDkim(
  { domain, selector }: { domain?: string | undefined; selector: string },
  address: string,
  privateKey: string,
): Dkim {
  return { domain: (domain ?? domainOf(address)).toLowerCase(), selector, privateKey }
}

/** The variable that holds a mailbox's key. */
export function dkimKeyOf(mailbox: string): string {
  return `${variablePrefix(mailbox)}_DKIM_KEY`
}

/** A signature in another's name counts for nothing (RFC 7489 section 3.1). */
export function dkimFaults(data: Data): Fault[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) => {
    const domain = pick(mailbox, 'dkim', 'domain')
    const address = pick(mailbox, 'address')
    if (typeof domain !== 'string' || typeof address !== 'string') return []
    const own = domainOf(address.trim()).toLowerCase()
    const signing = domain.trim().toLowerCase()
    if (own === signing || own.endsWith(`.${signing}`)) return []
    const fix = `Write ${own}, or remove it.`
    return [{ key: `email.${name}.dkim.domain`, problem: 'is not the domain of the address', fix }]
  })
}

export function readDkimKey(
  mailbox: string,
  settings: unknown,
  read: (variable: string) => string | undefined,
): { key?: string; faults: Fault[] } {
  const variable = dkimKeyOf(mailbox)
  const key = read(variable)?.replaceAll('\\n', '\n')
  const fault = (problem: string, fix: string) => ({ faults: [{ key: variable, problem, fix }] })
  if (settings === undefined) {
    const fix = `Write email.${mailbox}.dkim with its selector, or unset it.`
    return key === undefined ? { faults: [] } : fault('is set, but the mailbox signs nothing', fix)
  }
  const make = `Set it to an RSA key as PEM, such as from \`openssl genrsa 2048\`, or ${variable}_FILE to its file.`
  if (key === undefined) return fault('is not set', make)
  const bits = rsaBits(key)
  if (bits === undefined) return fault('is no private RSA key', make)
  return bits < KEY_BITS_MIN ? fault('is a key too short to count', make) : { key, faults: [] }
}

function rsaBits(pem: string): number | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined
  } catch {
    return undefined
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
