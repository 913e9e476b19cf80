// Certificate authorities of one's own, for mail servers that the world's authorities do not vouch for. They are no secret: files named in the settings.
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Fault } from './fault.ts'
import { type Data, named, parseYaml, pick } from './yaml.ts'

const FILE_BYTES_MAX = 1024 * 1024
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** By path as written; one that cannot be read is missing. */
export async function readCertificates(yaml?: { path: string; text: string }): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const { path } of caFiles(parseYaml(yaml).data ?? {})) {
    const text = await readText(path)
    if (text !== undefined) files.set(path, text)
  }
  return files
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).size > FILE_BYTES_MAX ? undefined : await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

export function certificateFaults(data: Data, files: ReadonlyMap<string, string> | undefined): Fault[] {
  if (!files) return []
  return caFiles(data).flatMap(({ key, path }) => {
    const text = files.get(path)
    const fix = 'Name a readable file with the certificate of the authority, as PEM (it begins with BEGIN CERTIFICATE).'
    if (text === undefined) return [{ key, problem: 'names a file that cannot be read', fix }]
    return holdsCertificates(text) ? [] : [{ key, problem: 'names a file that holds no certificate', fix }]
  })
}

function holdsCertificates(pem: string): boolean {
  const found = pem.match(CERTIFICATE) ?? []
  try {
    return found.length > 0 && found.every((certificate) => new X509Certificate(certificate))
  } catch {
    return false
  }
}

function caFiles(data: Data): { key: string; path: string }[] {
  return Object.entries(named(data, 'email')).flatMap(([name, mailbox]) =>
    ['imap', 'smtp'].flatMap((side) => {
      const path = pick(mailbox, side, 'ca_file')
      return typeof path === 'string' ? [{ key: `email.${name}.${side}.ca_file`, path: path.trim() }] : []
    }),
  )
}
