// A world whose mail is read by the real reader: fixtures arrive in it as they stand in a mailbox.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { emailChannel } from '../../adapters/email/channel.ts'
import type { MailboxConfig } from '../../adapters/email/mailbox-config.ts'
import type { RawEvent } from '../../src/channel.ts'
import { systemClock } from '../../src/clock.ts'
import { systemRandom } from '../../src/id.ts'
import { channelSource } from '../../src/inbox.ts'
import { silentLog } from '../../src/log.ts'
import type { Message } from '../../src/message.ts'
import { configOf, SECRET, SUPPORT } from '../adapters/email/mailbox.ts'
import type { OpenTestDb } from './database.ts'
import { type FakeChannel, fakeChannel } from './fake-channel.ts'
import { makeWorld, type World } from './world.ts'

// One clock, and so one parser, for all tests of a file: starting one takes longer than reading a mail.
const CLOCK = systemClock()
const nowhere = { host: '127.0.0.1', port: 9 }
export const SALES = 'sales@desk.test'

/** A mailbox of ours: what it reads and writes is real, what it sends arrives at once. */
function mailbox(config: Partial<MailboxConfig>): FakeChannel {
  const email = emailChannel(
    { ...configOf({ imap: nowhere, smtp: nowhere, password: 'x' }), authServer: 'mx.desk.test', ...config },
    { clock: CLOCK, random: systemRandom(), log: silentLog, secret: SECRET, ownAddresses: [SUPPORT, SALES] },
  )
  onTestFinished(() => email.stop())
  const { name, parse, render, salvage } = email
  return Object.assign(fakeChannel(name, 'none'), { parse, render, salvage })
}

export type PostOffice = Awaited<ReturnType<typeof makePostOffice>>

export async function makePostOffice(open: OpenTestDb, config: Partial<MailboxConfig> = {}) {
  const world = await makeWorld(open, { channel: mailbox(config) })
  let count = 0
  const keep = async (raw: string | Uint8Array, name: string) => {
    count += 1
    const body = typeof raw === 'string' ? Buffer.from(raw.replace(/\r?\n/g, '\r\n')) : raw
    const event: RawEvent = { key: `${name}/${count}`, arrivedAt: world.clock.now(), body }
    await world.keep([event], undefined, name)
  }
  const messages = () => world.db.selectFrom('message').selectAll().orderBy('id', 'desc').execute()
  return {
    world,
    /** The mail arrives in a mailbox and is taken in. Resolves to the newest message of a customer. */
    async arrives(raw: string | Uint8Array, name = 'email:support'): Promise<Message> {
      await keep(raw, name)
      await world.runIntake()
      const newest = (await messages()).find(({ direction }) => direction === 'inbound')
      if (!newest) throw new Error('nobody has written yet')
      return newest
    },
    keep,
    /** A second mailbox of ours, of the same desk unless another is given. */
    addMailbox(key: string, address: string, desk = world.desk.desk): void {
      const channel = mailbox({ name: `email:${key}`, address, aliases: [] })
      world.sources.set(channel.name, channelSource(channel, { ...world.desk, desk }))
    },
    /** What `message-received` tells of a message. */
    async led(message: Message) {
      const fact = (await world.facts('message-received')).find(({ message_id }) => message_id === message.id)
      return JSON.parse(fact?.data ?? '{}')
    },
    /** What `conversation-opened` tells. */
    async opened(conversationId: string) {
      const facts = await world.facts('conversation-opened')
      return JSON.parse(facts.find(({ conversation_id }) => conversation_id === conversationId)?.data ?? '{}')
    },
    participants: (conversationId: string) => participantsOf(world, conversationId),
  }
}

async function participantsOf({ db }: World, conversationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('participant')
    .select('address')
    .where('conversation_id', '=', conversationId)
    .orderBy('address')
    .execute()
  return rows.map(({ address }) => address)
}

/** A fixture, with what only this world knows in the place of `{{NAME}}`. */
export async function mailFixture(path: string, values: Record<string, string> = {}): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../fixtures/mail', `${path}.eml`), 'utf8')
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? `no ${name}`)
}

/** A conversation that a fixture begins and an agent has answered: what an answer to it may carry. */
export async function answered(office: PostOffice, fixture: string, prefix = ''): Promise<Answered> {
  const { world } = office
  const first = await office.arrives(await mailFixture(fixture))
  const id = first.conversation_id
  const replyId = await world.agentReplies('It is on its way.', { conversation: id })
  const { token } = await world.conversation(id)
  const keys = await world.db.selectFrom('conversation_key').select('key').where('message_id', '=', replyId).execute()
  const ours =
    keys
      .map(({ key }) => key)
      .find((key) => key.startsWith('mid:'))
      ?.slice('mid:'.length) ?? ''
  const tampered = (text: string, at: number) =>
    `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`
  return {
    id,
    first,
    replyId,
    values: {
      [`${prefix}TOKEN`]: token,
      [`${prefix}TOKEN_UPPER`]: token.toUpperCase(),
      [`${prefix}OURS`]: ours,
      [`${prefix}OURS_UPPER`]: ours.toUpperCase(),
      [`${prefix}OURS_BARE`]: ours.slice(1, -1),
      [`${prefix}OURS_FOLDED`]: `${ours.slice(0, 20)}\n ${ours.slice(20)}`,
      TAMPERED_TOKEN: tampered(token, 10),
      TAMPERED_OURS: tampered(ours, ours.indexOf('@') - 3),
    },
  }
}

export interface Answered {
  id: string
  first: Message
  replyId: string
  values: Record<string, string>
}
