import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.ts'
import { listSecrets } from '../../src/config/secret.ts'
import { mailPaceOf } from '../../src/mail-pace.ts'
import { configOf, ENV, expectFault, faultsOf, inMailbox } from './reading.ts'

const pem = (bits: number) =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey.trim()
const KEY = pem(2048)
const VARIABLE = 'DESKBELL_EMAIL_SUPPORT_DKIM_KEY'
const SIGNING = inMailbox('dkim: { selector: deskbell }')
const withKey = (key: string) => ({ ...ENV, [VARIABLE]: key })

describe('signing of our own', () => {
  test('has its selector in the file and its key in the environment, and the address’s domain', () => {
    const config = configOf(SIGNING, withKey(KEY))
    expect(config.email.support?.dkim).toEqual({ domain: 'example.com', selector: 'deskbell', privateKey: KEY })
    expect(listSecrets(config)).toContain(KEY)
    // As some shells and container platforms want it, in one line.
    expect(configOf(SIGNING, withKey(KEY.replaceAll('\n', '\\n'))).email.support?.dkim?.privateKey).toBe(KEY)
  })

  test('may be in the name of the domain above', () => {
    const yaml = inMailbox('dkim: { selector: a, domain: Example.com }').replace(
      'Support@Example.com',
      'a@mail.example.com',
    )
    expect(configOf(yaml, withKey(KEY)).email.support?.dkim?.domain).toBe('example.com')
  })

  test.each([
    ['no key', {}, /is not set/],
    ['what is no key', { [VARIABLE]: 'hunter2' }, /is no private RSA key/],
    ['a key that verifiers ignore', { [VARIABLE]: pem(512) }, /too short/],
    [
      'a key of another kind',
      { [VARIABLE]: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      /is no private RSA key/,
    ],
  ])('%s is a fault that says how to make one', (_, env, problem) => {
    expectFault(faultsOf(SIGNING, { ...ENV, ...env }), VARIABLE, problem, /openssl genrsa 2048.*DKIM_KEY_FILE/)
  })

  test('a key without its setting is one, and so is another’s domain, and a key in the file', () => {
    expectFault(faultsOf(inMailbox('poll: 1m'), withKey(KEY)), VARIABLE, /signs nothing/, /email\.support\.dkim/)
    const elsewhere = inMailbox('dkim: { selector: a, domain: example.org }')
    expectFault(faultsOf(elsewhere, withKey(KEY)), 'email.support.dkim.domain', /is not the domain/, /example\.com/)
    const leaked = faultsOf(inMailbox('dkim: { selector: a, private_key: hunter2 }'), withKey(KEY))
    expect(leaked[0]).toMatchObject({ key: 'email.support.dkim.private_key', fix: expect.stringContaining(VARIABLE) })
  })
})

test('a copy needs a folder to be put into', () => {
  const box = configOf(inMailbox('sent_copy: true\n    sent_folder: Sent')).email.support
  expect(box).toMatchObject({ sentCopy: true, sentFolder: 'Sent' })
  expectFault(faultsOf(inMailbox('sent_copy: true')), 'email.support.sent_copy', /no folder/, /sent_folder/)
})

test('a signature is a few lines in which only the agent’s name is filled in', () => {
  const lines = 'signature: "Kind regards\\n{agent}"'
  expect(configOf(inMailbox(lines)).email.support?.signature).toBe('Kind regards\n{agent}')
  for (const written of ['"{{ agent_name }}"', '"{name}"', '"}"']) {
    const faults = faultsOf(inMailbox(`signature: ${written}`))
    expectFault(faults, 'email.support.signature', /a field that is not \{agent\}/, /\{agent\} stands for who writes/)
  }
})

describe('how fast a mailbox sends', () => {
  test.each([
    ['5/s', 200],
    ['60/m', SECOND],
    ['500 / h', 7200],
    ['7/m', 8572],
  ])('%s is a mail every %d ms', (rate, minMs) => {
    const config = configOf(inMailbox(`send_rate: ${rate}`))
    expect(mailPaceOf(config.email, 'send:email:support')).toEqual({ minMs, concurrencyMax: 2 })
  })

  test('has a default, which also counts for alarms and for a mailbox that is gone; no other key is ours', () => {
    const config = configOf(inMailbox('poll: 1m'))
    for (const key of ['send:email:support', 'send:email:gone', 'alarm:support']) {
      expect(mailPaceOf(config.email, key)).toEqual({ minMs: 200, concurrencyMax: 2 })
    }
    expect(mailPaceOf(config.email, 'desk:update')).toBeUndefined()
    expect(mailPaceOf(config.email, 'send:discord')).toBeUndefined()
  })

  test.each(['5', 'fast', '5/d', '100/s', '0/s'])('%s is a fault', (rate) => {
    expectFault(faultsOf(inMailbox(`send_rate: ${rate}`)), 'email.support.send_rate', /rate|range/, /such as 5\/s/)
  })
})
