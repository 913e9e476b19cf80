// Certificates made for one test, by openssl: right ones, and ones that nobody should accept.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OPENSSL = '/usr/bin/openssl'

export interface Certificate {
  cert: string
  key: string
}

export function opensslMissing(): boolean {
  try {
    accessSync(OPENSSL, constants.X_OK)
    return false
  } catch {
    return true
  }
}

/** Signed by itself. `names` as in `DNS:localhost,IP:127.0.0.1`; `until` as openssl writes it: `20200102000000Z`. */
export function makeCertificate(names = 'DNS:localhost,IP:127.0.0.1', until = '20991231000000Z'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'deskbell-certificate-'))
  const run = (...words: string[]) => execFileSync(OPENSSL, words, { cwd: folder, stdio: 'ignore' })
  try {
    writeFileSync(join(folder, 'ca.cnf'), AUTHORITY.replace('NAMES', names))
    writeFileSync(join(folder, 'index'), '')
    writeFileSync(join(folder, 'serial'), '01')
    run(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=test authority',
      '-keyout',
      'key',
      '-out',
      'request',
    )
    const dates = ['-startdate', '20200101000000Z', '-enddate', until]
    const files = ['-keyfile', 'key', '-in', 'request', '-out', 'cert', '-notext']
    run('ca', '-batch', '-selfsign', '-config', 'ca.cnf', ...dates, ...files)
    return { cert: readFileSync(join(folder, 'cert'), 'utf8'), key: readFileSync(join(folder, 'key'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const AUTHORITY = `
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = NAMES
`
