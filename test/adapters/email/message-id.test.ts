import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isValidMessageId,
  messageIdOf,
  messageIdsIn,
  signedMessageId,
  verifySignedId,
} from '../../../adapters/email/message-id.ts'
import { ownAddresses } from '../../../adapters/email/own-mail.ts'
import { replyAddress, tokenIn } from '../../../adapters/email/reply-address.ts'
import { SECRET, SUPPORT, TOKEN } from './mailbox.ts'

const isOwn = ownAddresses([SUPPORT])
const OTHER_SECRET = new Uint8Array(32).fill(8)

describe('our Message-IDs', () => {
  test('E15: the same message has the same Message-ID at every attempt', () => {
    expect(signedMessageId(SECRET, 'm_01', 'desk.test')).toBe(signedMessageId(SECRET, 'm_01', 'desk.test'))
    expect(signedMessageId(SECRET, 'm_01', 'desk.test')).not.toBe(signedMessageId(SECRET, 'm_02', 'desk.test'))
  })

  test('one we signed is recognised, also after our mailbox moved to another domain or a mailer changed the case', () => {
    const id = signedMessageId(SECRET, 'm_01k0abc', 'old.test')
    expect(verifySignedId(SECRET, id)).toBe(id)
    expect(verifySignedId(SECRET, id.toUpperCase())).toBe(id)
    expect(verifySignedId(SECRET, id.replace('old.test', 'new.test'))).toBe(id.replace('old.test', 'new.test'))
  })

  test('E9: an id with any changed letter, or signed with another secret, is not ours', () => {
    const id = signedMessageId(SECRET, 'm_01k0abc', 'desk.test')
    const signedPart = id.length - '@desk.test>'.length
    for (let at = '<o.'.length; at < signedPart; at++) {
      const changed = `${id.slice(0, at)}${id[at] === 'x' ? 'y' : 'x'}${id.slice(at + 1)}`
      expect(verifySignedId(SECRET, changed), changed).toBeUndefined()
    }
    expect(verifySignedId(OTHER_SECRET, id)).toBeUndefined()
  })

  test('the signature is at least 80 bits long', () => {
    const signature = /\.([a-z0-9]+)@/.exec(signedMessageId(SECRET, 'm_01', 'desk.test'))?.[1] ?? ''
    expect(signature.length * 5).toBeGreaterThanOrEqual(80)
  })

  test('ids of others are read from any header and repeated only when they are well formed', () => {
    expect(messageIdsIn('<a@x> junk <b@y>\r\n <a@x> <broken', 10)).toEqual(['<a@x>', '<b@y>'])
    expect(messageIdOf('  no brackets ')).toBe('no brackets')
    expect(messageIdOf(' ')).toBeUndefined()
    expect(['<a@x>', '<no-at>', '<a@x\r\nBcc: b@c>', `<${'a'.repeat(300)}@x>`].map(isValidMessageId)).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})

describe('the reply address', () => {
  test('E9: carries the token and stays within 64 octets before the @', () => {
    expect(replyAddress(SUPPORT, TOKEN)).toBe(`support+${TOKEN}@desk.test`)
    const longest = `${'s'.repeat(37)}@desk.test`
    expect(replyAddress(longest, TOKEN)).toBe(`${'s'.repeat(37)}+${TOKEN}@desk.test`)
    expect(replyAddress(`s${longest}`, TOKEN)).toBe(`s${longest}`)
  })

  test('E9: its token is found again in our addresses only, whatever the case', () => {
    expect(tokenIn(`Support+${TOKEN.toUpperCase()}@Desk.test`, isOwn)).toBe(TOKEN)
    expect(tokenIn(`support+${TOKEN}@elsewhere.test`, isOwn)).toBeUndefined()
    expect(tokenIn(`other+${TOKEN}@desk.test`, isOwn)).toBeUndefined()
    expect(tokenIn('support+newsletter@desk.test', isOwn)).toBeUndefined()
  })

  test('E9: no other address carries the same token', () => {
    const address = fc.tuple(fc.stringMatching(/^[a-z0-9+.-]{1,60}$/), fc.constantFrom('desk.test', 'evil.test'))
    fc.assert(
      fc.property(address, ([local, domain]) => {
        const found = tokenIn(`${local}@${domain}`, isOwn)
        expect(found === undefined || `${local}@${domain}` === replyAddress(SUPPORT, found)).toBe(true)
      }),
    )
  })
})
