// Which mails tell that one of ours did not arrive: a folder of notices as servers write them, and one of mails that resemble them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { toEvents } from '../../../adapters/email/inbound.ts'
import { parseMail } from '../../../adapters/email/mail.ts'
import { signedMessageId } from '../../../adapters/email/message-id.ts'
import { ownAddresses } from '../../../adapters/email/own-mail.ts'
import type { InboundBounce, InboundEvent } from '../../../src/channel.ts'
import { ANNA, rawOf, SECRET, SUPPORT, TOKEN } from './mailbox.ts'

const FOLDER = join(import.meta.dirname, '../../fixtures/mail')
const OURS = `mid:${signedMessageId(SECRET, 'm_01k0abcdefghj', 'desk.test')}`
const MAILBOX = { isOwn: ownAddresses([SUPPORT]), isAddressee: ownAddresses([SUPPORT]), secret: SECRET }

/** Notices that say nothing of which mail it was. */
const SILENT = new Set([
  'hard-after-attempts.eml',
  'hard-boundary-lost.eml',
  'hard-chinese-qq.eml',
  'hard-daemon-names-in-a-sentence.eml',
  'hard-dutch.eml',
  'hard-exchange-french-inline.eml',
  'hard-exchange-swedish.eml',
  'hard-exim-hourly-limit.eml',
  'hard-filter-answers.eml',
  'hard-html-only.eml',
  'hard-html-transcript.eml',
  'hard-hungarian.eml',
  'hard-italian-certified-mail.eml',
  'hard-italian-short.eml',
  'hard-italian.eml',
  'hard-korean.eml',
  'hard-near-matches.eml',
  'hard-no-sender.eml',
  'hard-report-in-text-of-program.eml',
  'hard-spanish-named-path.eml',
  'hard-turkish.eml',
  'soft-appliance-delay.eml',
  'soft-exim-delayed.eml',
  'soft-german-plain.eml',
])
/** The server gave the mail an id of its own; only the reply address leads back. */
const RENAMED = new Set(['hard-amazon-ses.eml'])

const names = (folder: string) => readdirSync(join(FOLDER, folder)).sort()
const eventOf = async (folder: string, name: string): Promise<InboundEvent | undefined> => {
  const raw = rawOf(readFileSync(join(FOLDER, folder, name)))
  const [event] = toEvents(await parseMail(raw.body, false), raw, MAILBOX)
  return event
}
const bounceOf = async (name: string): Promise<InboundBounce> => {
  const event = await eventOf('bounce', name)
  if (event?.kind !== 'bounce') throw new Error(`${name} is taken for ${event?.kind}`)
  return event
}

describe('E14: what did not arrive is found', () => {
  test.each(names('bounce'))('%s', async (name) => {
    const { lasting, recipients = [], reason, of, notice } = await bounceOf(name)
    expect(lasting).toBe(name.split('-')[0])
    expect(recipients.map(({ address }) => address)).toContain(ANNA)
    expect(reason.length).toBeGreaterThan(5)
    expect(reason.length).toBeLessThanOrEqual(300)
    expect(notice?.automated).toBe('a delivery report')
    if (RENAMED.has(name)) expect(of).toContain(`token:${TOKEN}`)
    else expect(of[0]).toBe(SILENT.has(name) ? undefined : OURS)
  })
})

test('E14: all whom a notice lists are named, and neither whom to ask nor an id is', async () => {
  const named = async (name: string) => (await bounceOf(name)).recipients?.map(({ address }) => address)
  expect(await named('hard-postfix-old-two-recipients.eml')).toEqual([ANNA, 'admin@customer.test'])
  expect(await named('hard-id-before-recipient.eml')).toEqual([ANNA])
  expect(await named('hard-activehunter.eml')).toEqual([ANNA])
})

describe('E14: what only looks like a bounce is none', () => {
  test.each(names('not-bounce'))('%s', async (name) => {
    expect((await eventOf('not-bounce', name))?.kind).toBe('message')
  })
})
