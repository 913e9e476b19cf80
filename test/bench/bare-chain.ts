// What the least possible program needs for the same mails: imapflow, postal-mime, one prepared, synced insert per mail.
import { DatabaseSync } from 'node:sqlite'
import { ImapFlow } from 'imapflow'
import pg from 'pg'
import PostalMime from 'postal-mime'
import type { Database } from '../../src/db/open.ts'
import { asChild } from './child.ts'

const { input, say } = asChild<{
  imap: { host: string; port: number }
  user: string
  password: string
  database: Database
}>()

type Insert = (id: string, subject: string, text: string, raw: Uint8Array) => void | Promise<void>

async function openInsert(database: Database): Promise<Insert> {
  const table = 'create table mail (id text primary key, subject text, body text, raw'
  if (database.kind === 'sqlite') {
    const db = new DatabaseSync(database.path)
    db.exec(`pragma journal_mode = wal; pragma synchronous = full; ${table} blob)`)
    const statement = db.prepare('insert into mail values (?, ?, ?, ?)')
    return (id, subject, text, raw) => void statement.run(id, subject, text, raw)
  }
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(`${table} bytea)`)
  return async (...values) => {
    await client.query({ name: 'insert', text: 'insert into mail values ($1, $2, $3, $4)', values })
  }
}

const insert = await openInsert(input.database)
const client = new ImapFlow({
  ...input.imap,
  secure: false,
  auth: { user: input.user, pass: input.password },
  logger: false,
})
const startedAt = performance.now()
await client.connect()
await client.mailboxOpen('INBOX')
let mails = 0
for await (const message of client.fetch('1:*', { uid: true, source: true }, { uid: true })) {
  if (!message.source) continue
  const parsed = await PostalMime.parse(message.source)
  await insert(parsed.messageId ?? String(message.uid), parsed.subject ?? '', parsed.text ?? '', message.source)
  mails += 1
}
say({ kind: 'done', mails, ms: performance.now() - startedAt })
await client.logout()
process.exit(0)
