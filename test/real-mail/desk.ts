// The real program in this process, on the real servers and without Slack, and an agent who answers.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { emailChannel } from '../../adapters/email/channel.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { startDeskbell } from '../../src/main.ts'
import { preview, send } from '../../src/reply.ts'
import { getSigningKey } from '../../src/setting.ts'
import { listWindows } from '../../src/window-record.ts'
import type { MailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { realSettings } from './settings.ts'

const AGENT = { id: 'U0000GRACE', name: 'Grace Hopper' }
const TOOLS = { clock: systemClock(), random: systemRandom(), log: silentLog }

export async function openRealDesk(servers: MailServers, user: string, database: Database) {
  // What NODE_EXTRA_CA_CERTS does for a program that is yet to start.
  setDefaultCACertificates([...getCACertificates('default'), servers.ca])
  const read = readConfig(realSettings(servers, user))
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  const { config } = read
  const deskbell = await startDeskbell({ ...config, database }, TOOLS)
  // A first start takes in what comes from then on, and it has begun once the mailbox was seen.
  await until(() => servers.sessions(user).some(({ idle }) => idle), 'an idling connection')
  const { db } = deskbell
  const mailbox = config.email.support
  if (!mailbox) throw new Error('no mailbox is configured')
  const secret = await getSigningKey(db, config.secret)
  const channel = emailChannel({ ...mailbox, name: 'email:support' }, { ...TOOLS, secret, ownAddresses: [user] })
  const messages = (direction?: 'inbound' | 'outbound') =>
    db
      .selectFrom('message')
      .selectAll()
      .$if(direction !== undefined, (query) => query.where('direction', '=', direction ?? 'note'))
      .orderBy('created_at')
      .execute()
  return {
    messages,
    /** Resolves with all messages from customers once there are this many. */
    async hears(count: number) {
      await until(async () => (await messages('inbound')).length >= count, `${count} messages from outside`)
      return await messages('inbound')
    },
    windows: (conversationId: string) => listWindows(db, conversationId),
    conversations: () => db.selectFrom('conversation').selectAll().execute(),
    /** Resolves with the reply once it has come to this. */
    async becomes(messageId: string, delivery: string) {
      return await until(
        async () => (await messages('outbound')).find((each) => each.id === messageId && each.delivery === delivery),
        `the reply to be ${delivery}`,
      )
    },
    /** Preview and Send, without time to undo. */
    async answers(conversationId: string, markdown: string): Promise<string> {
      const { seq_last: seenSeq } = await db
        .selectFrom('conversation')
        .select('seq_last')
        .where('id', '=', conversationId)
        .executeTakeFirstOrThrow()
      const request = { conversationId, agent: AGENT, markdown, template: undefined, seenSeq }
      const { draftId } = await preview(db, channel, request, { id: db.newId('m'), now: TOOLS.clock.now() })
      const result = await db.transaction((trx) => send(trx, draftId, { agentId: AGENT.id, undoMs: 0 }))
      if (result.kind !== 'queued') throw new Error(`the reply was not queued: ${result.kind}`)
      return draftId
    },
    stop: deskbell.stop,
  }
}
