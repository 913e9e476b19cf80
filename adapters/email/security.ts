// Mail that is signed or encrypted, said in a sentence: no key is kept here, so nothing is checked and nothing decrypted.
import type { MimePart } from './mime-tree.ts'

export const ENCRYPTED_SMIME =
  'This mail is encrypted with S/MIME and cannot be read here. Open it in a mail program that has the key, or ask for it unencrypted.'
const ENCRYPTED_PGP =
  'This mail is encrypted with PGP and cannot be read here. Open it in a mail program that has the key, or ask for it unencrypted.'
export const SIGNED_SMIME = 'Signed with S/MIME (not checked).'
const SIGNED_PGP = 'Signed with PGP (not checked).'

export function describeSecurity({ type, parts }: MimePart): string | undefined {
  const protocol = type.params.get('protocol')?.toLowerCase() ?? ''
  const last = parts.at(-1)?.type.value ?? ''
  if (type.value === 'multipart/encrypted') return ENCRYPTED_PGP
  if (type.value !== 'multipart/signed') return undefined
  if (protocol.includes('pgp') || last === 'application/pgp-signature')
    return `${SIGNED_PGP} The signature is among the files.`
  if (protocol.includes('pkcs7') || last.includes('pkcs7')) return `${SIGNED_SMIME} The signature is among the files.`
  return 'Signed in a way that is not known here (not checked).'
}

export function inlineSecurity(text: string): string | undefined {
  if (/^-----BEGIN PGP MESSAGE-----/m.test(text)) return ENCRYPTED_PGP
  return /^-----BEGIN PGP SIGNED MESSAGE-----/m.test(text) ? SIGNED_PGP : undefined
}
