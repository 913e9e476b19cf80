// A store after years of work, written by the database itself in a few statements: what the program would need hours for.
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { HOUR, SECOND } from '../../src/clock.ts'
import { type Database, openDb, type Tools } from '../../src/db/open.ts'

export const DESKS = 20
/** The first of those who wait is due an hour later, each other one a second after the one before. */
export const NOW = Date.UTC(2026, 0, 5, 9)
export const FIRST_DUE = NOW + HOUR
const PROMISED_MS = 24 * HOUR
const IDENTITIES = 10_000
/** One in so many conversations ended with a reply that did not arrive. */
const UNDELIVERED_EVERY = 997

export interface Crowd {
  conversations: number
  /** How many of them wait for an answer; the others were answered long ago, and half of those are closed. */
  waiting: number
}

/** Ids count in one width, so that they sort as made. */
const id = (prefix: string) => `'${prefix}_' || (10000000 + i)`

/** `now`: as of when it is; those who wait are due an hour later and on. */
export async function seedCrowd(database: Database, crowd: Crowd, tools: Tools, now = NOW): Promise<void> {
  const db = await openDb(database, tools)
  await db.migrate()
  await db.close()
  const run = await openRaw(database)
  for (const statement of statements(crowd, now)) await run.execute(statement)
  await run.close()
}

function statements({ conversations, waiting }: Crowd, now: number): string[] {
  const firstDue = now + HOUR
  const every = Math.floor(conversations / waiting)
  const rows = (count: number) => `with recursive numbers(i) as
    (select 0 union all select i + 1 from numbers where i < ${count - 1})`
  // Those who wait stand among the others, and not one after the other.
  const isWaiting = `(i % ${every} = 0 and i / ${every} < ${waiting})`
  const startedAt = `case when ${isWaiting} then ${firstDue - PROMISED_MS} + (i / ${every}) * ${SECOND}
    else ${now - 90 * PROMISED_MS} + i end`
  const messages = `insert into message (id, conversation_id, seq, direction, channel_kind, external_id, author, text,
    markdown, arrived_at, created_at, warnings, delivery)`
  return [
    `insert into contact (id, created_at) ${rows(IDENTITIES)} select ${id('c')}, 0 from numbers`,
    `insert into identity (id, contact_id, channel_kind, address, created_at) ${rows(IDENTITIES)}
      select ${id('i')}, ${id('c')}, 'email', 'customer' || i || '@example.org', 0 from numbers`,
    `insert into conversation (id, identity_id, channel, desk, subject, state, token, seq_last, opened_at)
      ${rows(conversations)} select ${id('v')}, 'i_' || (10000000 + i % ${IDENTITIES}), 'email:support',
      'desk' || (i / ${every} % ${DESKS}), 'Question ' || i,
      case when ${isWaiting} then 'open' when i % 2 = 0 then 'closed' else 'waiting-customer' end,
      'token' || i, 1, ${now} from numbers`,
    `${messages} ${rows(conversations)} select ${id('m')}, ${id('v')}, 1, 'inbound', 'email', 'in/' || i,
      'customer@example.org', 'Is it in stock?', 'Is it in stock?', ${startedAt}, ${now}, '[]', null from numbers`,
    `${messages} ${rows(Math.ceil(conversations / UNDELIVERED_EVERY))}
      select 'm_out' || i, 'v_' || (10000000 + i * ${UNDELIVERED_EVERY}), 2, 'outbound', 'email', 'out/' || i, 'U1',
      'Yes.', 'Yes.', ${now}, ${now}, '[]', 'rejected' from numbers`,
    `insert into response_window (id, conversation_id, desk, started_by, started_at, label, policy, policy_version, due_at,
      watched_at, ended_at, ended_as) ${rows(conversations)} select ${id('w')}, ${id('v')},
      'desk' || (i / ${every} % ${DESKS}), ${id('m')}, ${startedAt},
      'first', 'desk' || (i / ${every} % ${DESKS}), 'calendar:24h', (${startedAt}) + ${PROMISED_MS}, ${now},
      case when ${isWaiting} then null else ${now} end, case when ${isWaiting} then null else 'answered' end
      from numbers`,
    // Of those who were answered nobody asks here. What happened since must count as newer.
    `insert into fact (id, at, kind, conversation_id, message_id, data) ${rows(conversations)} select 'f_000' || (10000000 + i), ${now},
      'message-received', ${id('v')}, ${id('m')},
      '{"seq":1,"counts":true,"arrivedAt":' || (${startedAt}) || '}' from numbers where ${isWaiting}`,
    // What was done stays in the outbox for a while: it must not cost anything.
    `insert into outbox (id, kind, lane_at, rate_key, conversation_id, payload, coalesce_key, state, due_at, created_at)
      ${rows(conversations)} select ${id('o')}, 'ladder', ${now}, 'clock', ${id('v')},
      '{"windowId":"' || ${id('w')} || '"}', 'ladder:' || ${id('w')},
      case when ${isWaiting} then 'queued' else 'accepted' end, (${startedAt}) + ${PROMISED_MS}, ${now} from numbers`,
  ]
}

async function openRaw(database: Database) {
  if (database.kind === 'sqlite') {
    const raw = new DatabaseSync(database.path)
    raw.exec('pragma synchronous = off; pragma cache_size = -200000')
    return { execute: async (text: string) => raw.exec(text), close: async () => raw.close() }
  }
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  // What refers to what is right by construction.
  await client.query('set synchronous_commit = off; set session_replication_role = replica')
  return {
    execute: (text: string) => client.query(text),
    async close() {
      await client.query('vacuum analyze') // As the server does by itself some time later.
      await client.end()
    },
  }
}
