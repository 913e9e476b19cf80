// Whom the receiving server vouches for: its headers in every shape, and those that only pretend to be its own.
import { describe, expect, test } from 'vitest'
import { type Header, readHeaders } from '../../../adapters/email/header.ts'
import { M365, senderVerdict } from '../../../adapters/email/sender.ts'

const FROM = 'anna@customer.test'
const headersOf = (text: string): Header[] => readHeaders(Buffer.from(text))
const verdict = (text: string, from = FROM, server = 'mx.desk.test') => senderVerdict(headersOf(text), from, server)
const ours = (results: string) => `Authentication-Results: mx.desk.test; ${results}`

describe('A1: what our server found out', () => {
  test.each([
    ['DMARC', ours('dmarc=pass header.from=customer.test'), 'pass'],
    ['DMARC, with a version', 'Authentication-Results: mx.desk.test 1; dmarc=pass header.from=customer.test', 'pass'],
    ['in capitals', 'AUTHENTICATION-RESULTS: MX.Desk.Test; DMARC=PASS HEADER.FROM=Customer.Test', 'pass'],
    ['folded', ours('\n\tspf=pass\n\tsmtp.mailfrom=customer.test;\n dmarc=pass\n header.from=customer.test'), 'pass'],
    ['with spaces around =', ours('dmarc = pass header.from = customer.test'), 'pass'],
    ['with a comment before =', ours('dmarc (as published) = fail (p=reject)'), 'fail'],
    ['Gmail', GMAIL(), 'pass'],
    ['a policy of none does not make a forgery real', ours('dmarc=fail (p=none dis=none) header.from=x'), 'fail'],
    ['fail beside a valid signature of another', ours('dkim=pass header.d=evil.test; dmarc=fail'), 'fail'],
    ['method with a version', ours('dmarc/1=pass header.from=customer.test'), 'pass'],
    ['a signature by the very domain', ours('dkim=pass header.d=customer.test'), 'pass'],
    ['a signature named by its identity', ours('dkim=pass (2048-bit key) header.i=@customer.test'), 'pass'],
    ['a signature by another domain', ours('dkim=pass header.d=evil.test'), 'none'],
    ['a signature by a domain that only ends alike', ours('dkim=pass header.d=omer.test'), 'none'],
    ['a signature by a top level', ours('dkim=pass header.d=test'), 'none'],
    ['a broken signature', ours('dkim=fail header.d=customer.test'), 'none'],
    ['the second of two signatures', ours('dkim=pass header.d=mailer.test; dkim=pass header.d=customer.test'), 'pass'],
    ['an envelope of the very domain', ours('spf=pass smtp.mailfrom=bounce@customer.test'), 'pass'],
    ['an envelope of a domain that is quoted', ours('spf=pass smtp.mailfrom="b;x@customer.test"'), 'pass'],
    ['an envelope of another domain', ours('spf=pass smtp.mailfrom=mailer.test'), 'none'],
    ['a greeting by the very name', ours('spf=pass smtp.helo=customer.test'), 'none'],
    ['SPF alone fails, as with any forwarder', ours('spf=fail smtp.mailfrom=customer.test'), 'none'],
    ['DMARC of another of several senders', ours('dmarc=pass header.from=evil.test'), 'none'],
    ['an error on the way', ours('dmarc=temperror; dkim=temperror; spf=temperror'), 'none'],
    ['nothing', 'Authentication-Results: mx.desk.test; none', 'none'],
    ['no header', 'Subject: Hello', 'none'],
    ['words in a comment', ours('spf=none (dmarc=pass; dkim=pass header.d=customer.test)'), 'none'],
    ['words in a nested comment', ours('spf=none (a (b) ; dmarc=pass)'), 'none'],
    ['words in quotes', ours('spf=none reason="x; dmarc=pass"'), 'none'],
    ['a comment that never ends', ours('spf=none (dmarc=pass header.from=customer.test'), 'none'],
    ['what says nothing of the sender comes first', `${ours('auth=pass')}\n${ours('dmarc=pass')}`, 'pass'],
    ['a second header of our server that speaks against', `${ours('spf=none')}\n${ours('dmarc=fail')}`, 'fail'],
  ])('%s', (_, text, expected) => {
    expect(verdict(text)).toBe(expected)
  })
})

/** As Gmail writes it, with its own name given as `auth_server`. */
function GMAIL(): string {
  return ours(`
       dkim=pass header.i=@customer.test header.s=20230601 header.b=Qk3Xy1Zs;
       spf=pass (google.com: domain of anna@customer.test designates 192.0.2.7 as permitted sender) smtp.mailfrom=anna@customer.test;
       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=customer.test;
       dara=pass header.i=@desk.test`)
}

describe('A1: what the sender wrote themselves', () => {
  // Seen failing: when a forged header below ours is believed.
  test.each([
    ['another server’s word', 'Authentication-Results: mx.evil.test; dmarc=pass header.from=customer.test', 'none'],
    ['a name that begins like ours', 'Authentication-Results: mx.desk.test.evil.test; dmarc=pass', 'none'],
    ['our name in a comment', 'Authentication-Results: mx.evil.test (mx.desk.test); dmarc=pass', 'none'],
    ['our name as a result', 'Authentication-Results: x=y; mx.desk.test; dmarc=pass', 'none'],
    ['a forged header below ours', `${ours('dmarc=fail')}\n${ours('dmarc=pass header.from=customer.test')}`, 'fail'],
    ['a forged pass below a none', `${ours('dkim=none; spf=none')}\n${ours('dmarc=pass')}`, 'none'],
    ['a forged signature below a none', `${ours('spf=none')}\n${ours('dkim=pass header.d=customer.test')}`, 'none'],
    [
      'a forged header of another server above',
      `Authentication-Results: a.test; dmarc=pass\n${ours('spf=none')}`,
      'none',
    ],
    ['ARC', 'ARC-Authentication-Results: i=1; mx.desk.test; dmarc=pass header.from=customer.test', 'none'],
    ['no name at all', 'Authentication-Results: dmarc=pass header.from=customer.test', 'none'],
    ['our name quoted is our name', 'Authentication-Results: "mx.desk.test"; dmarc=fail', 'fail'],
  ])('%s', (_, text, expected) => {
    expect(verdict(text)).toBe(expected)
  })

  test('without a configured name nobody is believed', () => {
    expect(senderVerdict(headersOf(ours('dmarc=pass')), FROM, undefined)).toBe('none')
    expect(senderVerdict(headersOf(ours('dmarc=fail')), FROM, undefined)).toBe('none')
  })

  test('a header of a megabyte is read in no time, and only its beginning', () => {
    const started = performance.now()
    for (const filler of [' ', '(', '"', '\\', ';', '= ', 'a=b ', '(a) ']) {
      verdict(ours(`dmarc=fail; ${filler.repeat(1_000_000 / filler.length)}`))
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

const INSIDE = `Received: from AM0PR01MB5123.eurprd01.prod.outlook.com (2603:10a6:208:1::1)
 by DB7PR01MB4321.eurprd01.prod.outlook.com with HTTPS; Fri, 1 May 2026 10:00:03 +0000
Received: from DB5EUR03FT012.eop-EUR03.prod.protection.outlook.com (2603:10a6:10:1::2)
 by DU2PR04CA0123.outlook.office365.com (2603:10a6:10:2b::28) with Microsoft SMTP Server; Fri, 1 May 2026 10:00:02 +0000`
const FOREIGN = `Received-SPF: Pass (protection.outlook.com: domain of customer.test designates 192.0.2.7 as permitted sender)
Received: from mail.customer.test (192.0.2.7) by DB5EUR03FT012.mail.protection.outlook.com (10.152.20.1)
 with Microsoft SMTP Server; Fri, 1 May 2026 10:00:01 +0000`
const m365 = (results: string) => `Authentication-Results: ${results}`
const PASSED = `spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=customer.test; dkim=pass (signature was verified)
 header.d=customer.test;dmarc=pass action=none header.from=customer.test;compauth=pass reason=100`
const FAILED = `spf=fail (sender IP is 198.51.100.9) smtp.mailfrom=evil.test; dkim=none (message not signed)
 header.d=none;dmarc=fail action=oreject header.from=customer.test;compauth=fail reason=000`

describe('A1: Microsoft 365, which writes no name before its results', () => {
  // Seen failing: when the line at which the mail came in is not looked for.
  test.each([
    ['its word above the line where the mail came in', `${INSIDE}\n${m365(PASSED)}\n${FOREIGN}`, 'pass'],
    ['a forged sender', `${INSIDE}\n${m365(FAILED)}\n${FOREIGN}`, 'fail'],
    ['a forged header below ours', `${INSIDE}\n${m365(FAILED)}\n${FOREIGN}\n${m365(PASSED)}`, 'fail'],
    ['only a forged header', `${INSIDE}\n${FOREIGN}\n${m365(PASSED)}`, 'none'],
    ['a header with a name', `${INSIDE}\n${m365(`mx.evil.test; ${PASSED}`)}\n${FOREIGN}`, 'none'],
    [
      'a guess for a domain without a policy',
      `${m365('dmarc=bestguesspass header.from=customer.test')}\n${FOREIGN}`,
      'pass',
    ],
    ['a host that only looks like Microsoft’s', FORGED_HOST(), 'none'],
  ])('%s', (_, text, expected) => {
    expect(verdict(text, FROM, M365)).toBe(expected)
    expect(verdict(text)).toBe('none')
  })
})

function FORGED_HOST(): string {
  return `Received: from outlook.com.evil.test (198.51.100.9) by DB5.mail.protection.outlook.com\n${m365(PASSED)}`
}
