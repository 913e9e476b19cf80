import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, loadConfig } from '../../src/config.ts'
import { makeCertificate, opensslMissing } from '../setup/certificate.ts'
import { ENV, expectFault, YAML } from './reading.ts'

async function load(path: string, files: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-ca-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const yaml = YAML.replace('host: imap.example.com', `host: imap.example.com, ca_file: "${join(folder, path)}"`)
  await writeFile(join(folder, 'deskbell.yaml'), yaml)
  return await loadConfig({ argv: [], env: ENV, folder }).catch((error: unknown) => error)
}

test.skipIf(opensslMissing())('the authority of a mail server is the file that is named', async () => {
  const pem = makeCertificate().cert + makeCertificate().cert
  const config = await load('ca.pem', { 'ca.pem': pem })
  expect(config).toMatchObject({ email: { support: { imap: { ca: pem } } } })
  expect(config).not.toMatchObject({ email: { support: { smtp: { ca: pem } } } })
})

test.each([
  ['none.pem', {}, /cannot be read/],
  ['key.pem', { 'key.pem': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' }, /no certificate/],
  ['ca.pem', { 'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }, /no certificate/],
  ['big.pem', { 'big.pem': 'x'.repeat(2 * 1024 * 1024) }, /cannot be read/],
] as const)('the file %s that is none is a fault, with its line', async (path, files, problem) => {
  const error = await load(path, files)
  const faults = error instanceof ConfigError ? error.faults : []
  expectFault(faults, 'email.support.imap.ca_file', problem, /BEGIN CERTIFICATE/)
  expect(faults[0]?.place).toMatch(/deskbell\.yaml:\d+$/)
})
