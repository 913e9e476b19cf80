// One support mailbox and the real program that reads it, as the people around them see it: who writes, who looks, who restarts.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../src/db/open.ts'
import type { MailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { inMailbox, writeAll } from './mailbox.ts'
import { lookInto, type Program, startProgram } from './program.ts'

/** Every tenth mail comes from a program that gives it no Message-ID. */
const NAMELESS_EVERY = 10

export async function openOffice(servers: MailServers, user: string, database: Database) {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-office-'))
  const records = readRecords(database)
  let program: Program | undefined
  const running = () => {
    if (!program) throw new Error('the program was not started')
    program.assertRunning()
    return program
  }
  /** While the program runs. */
  const comes = (condition: () => boolean | Promise<boolean>, what: string) =>
    until(() => running() && condition(), what)
  return {
    user,
    program: running,
    stored: records.stored,
    numberings: records.numberings,
    async start() {
      program = await startProgram({ servers, user, database, folder })
    },
    /** The server holds a connection of ours on which it may announce mail. */
    idles: () => comes(() => servers.sessions(user).some(({ idle }) => idle), 'an idling connection'),
    has: (mails: number) => comes(async () => (await records.messages()) >= mails, `${mails} messages`),
    /** Everything in the mailbox, as it is numbered now, has been taken in. */
    async hasReadToTheEnd() {
      const end = await inMailbox(servers, user, async ({ mailbox }) => ({
        uidValidity: mailbox ? String(mailbox.uidValidity) : '',
        uid: mailbox ? mailbox.uidNext - 1 : 0,
      }))
      await comes(() => records.hasRead(end), 'the program to have read the mailbox to its end')
    },
    /** On PostgreSQL others wait a minute before they take over from a program that was killed; here that minute is over. */
    async isGivenUpForDead() {
      if (database.kind === 'postgres') await records.rows('delete from instance')
    },
    /** Questions by a customer each. */
    async write(from: number, to: number) {
      const numbers = Array.from({ length: to - from }, (_, index) => from + index)
      const letters = numbers.map((n) => ({
        from: `Customer ${n} <customer${n}@customer.test>`,
        subject: `Question ${n}`,
        text: `Where is order ${n}?`,
        ...(n % NAMELESS_EVERY === 0 && { messageId: false as const }),
      }))
      await writeAll(servers, user, letters)
    },
    async arrived(mails: number) {
      await inMailbox(servers, user, async (client) => {
        const count = () => client.noop().then(() => (client.mailbox ? client.mailbox.exists : 0))
        await until(async () => (await count()) === mails, `${mails} mails in the mailbox`)
      })
    },
    async markAllRead() {
      await inMailbox(servers, user, (client) => client.messageFlagsAdd('1:*', ['\\Seen']))
    },
    async close() {
      await records.close()
      await program?.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What the program has stored, read beside it. */
function readRecords(database: Database) {
  let opened: ReturnType<typeof lookInto> | undefined
  const rows = async (text: string) => {
    opened ??= lookInto(database) // Not before the program has made the tables.
    return await (await opened).rows(text)
  }
  const count = async (what: string, from: string) => Number((await rows(`select ${what} as n from ${from}`))[0]?.n)
  const messages = () => count('count(*)', 'message')
  return {
    rows,
    messages,
    stored: async () => ({
      messages: await messages(),
      subjects: await count('count(distinct subject)', 'message'),
      conversations: await count('count(*)', 'conversation'),
      openWindows: await count('count(*)', 'response_window where ended_at is null'),
      quarantined: await count('count(*)', "intake where state = 'quarantined'"),
    }),
    /** Under how many UIDVALIDITYs mails were kept. */
    async numberings() {
      const kept = await rows("select distinct meta from intake where channel = 'email:support'")
      return new Set(kept.map(({ meta }) => JSON.parse(String(meta)).uidValidity)).size
    },
    async hasRead(end: { uidValidity: string; uid: number }) {
      const [cursor] = await rows("select value from channel_cursor where channel = 'email:support'")
      const read = JSON.parse(String(cursor?.value))
      const waiting = await count('count(*)', "intake where state in ('kept', 'parsing')")
      return read.uidValidity === end.uidValidity && read.uid >= end.uid && !read.scan && waiting === 0
    },
    close: async () => (await opened)?.close(),
  }
}
