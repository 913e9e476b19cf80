// What customers write, in shapes that recordings have and documentation passes over: none of it is lost, and none of it is anybody else's.
import { expect, test } from 'vitest'
import type { CustomersConfig } from '../../../adapters/slack/customers-config.ts'
import { type Reading, readSpan } from '../../../adapters/slack/history.ts'
import { toEvents } from '../../../adapters/slack/inbound.ts'
import type { Us } from '../../../adapters/slack/standing.ts'
import { systemClock } from '../../../src/clock.ts'
import { systemRandom } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'

const config: CustomersConfig = {
  ...{ name: 'slack:shop', channels: [{ id: 'C0SHOP', kind: 'shared', manual: false }], directMessages: true },
  ...{ ticketEmoji: 'ticket', trustedBots: [], people: [] },
}
const US: Us = { team: 'T0US', user: 'U0BOT', bot: 'B0BOT' }

/** What a message comes to, by somebody of another organisation unless it says more. */
function read(message: object, { us = US, people = { U0MIA: { name: 'Mia', team: 'T0ACME' } } as object } = {}) {
  const event = { type: 'message', channel: 'C0SHOP', user: 'U0MIA', ts: '1515449522.000016', ...message }
  const body = new TextEncoder().encode(JSON.stringify({ us, event, people }))
  return toEvents({ key: 'k', arrivedAt: 1, body }, config)
}

test.each<[string, object]>([
  ['with empty fields written out', { subtype: '', bot_id: '', thread_ts: '', files: [], attachments: [], blocks: [] }],
  ['with null for what it has not', { subtype: null, bot_id: null, thread_ts: null, files: null, room: null }],
  ['with a room that is none', { room: {}, edited: {} }],
  ['with a profile that says nothing', { user_profile: {}, team: 'T0ACME', user_team: 'T0ACME' }],
])('Q9: a message %s is a message', (_says, more) => {
  expect(read({ text: 'Is it in stock?', ...more })).toMatchObject([
    { kind: 'message', text: 'Is it in stock?', from: { address: 'T0ACME/U0MIA', name: 'Mia' }, attachments: [] },
  ])
})

test('Q9: files of a message that was passed on come with it', () => {
  const file = {
    id: 'F1',
    name: 'crash.log',
    mimetype: 'text/plain',
    size: 7,
    url_private: 'https://files.slack.com/1',
  }
  const shared = { is_share: true, is_msg_unfurl: true, author_name: 'Ben', text: 'It crashed', files: [file] }
  expect(read({ text: '', attachments: [shared] })).toMatchObject([
    { text: '> Ben wrote:\n> It crashed', attachments: [{ name: 'crash.log', bytes: 7 }] },
  ])
  expect(read({ text: 'See', attachments: [{ ...shared, is_share: false, is_msg_unfurl: false }] })).toMatchObject([
    { text: 'See', attachments: [] },
  ])
})

test('Q12: in an organisation of several workspaces a colleague of the second one answers, and asks nothing', () => {
  const people = { W0ANA: { name: 'Ana', team: 'T0SECOND', enterprise: 'E0US' } }
  const answer = { user: 'W0ANA', text: 'It is.', user_team: 'T0SECOND', thread_ts: '1515449500.000016' }
  expect(read(answer, { us: { ...US, enterprise: 'E0US' }, people })).toMatchObject([
    { agentId: 'W0ANA', bystander: 'member' },
  ])
  expect(read(answer, { people })).not.toMatchObject([{ bystander: 'member' }])
})

test('C26: what is read back is in the order in which it was written, whichever end it is told from', async () => {
  const stamps = ['1700000001.000100', '1700000002.000100', '1700000003.000100']
  for (const told of [stamps, stamps.toReversed()]) {
    const messages = told.map((ts) => ({ ts }))
    const read = { conversations: { history: async () => ({ ok: true, messages }) } } as unknown as Reading['read']
    const tools = { read, clock: systemClock(), random: systemRandom(), log: silentLog }
    const span = await readSpan(tools, { channel: 'C0SHOP' }, '0.000000', new AbortController().signal)
    expect(span.messages.map(({ ts }) => ts)).toEqual(stamps)
  }
})
