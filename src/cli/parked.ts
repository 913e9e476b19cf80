// deskbell parked: what the program gave up on and a person must decide. Nothing parked is ever lost or retried unseen.

import type { Db } from '../db/open.ts'
import { appendFact } from '../fact.ts'
import { rerunKept } from '../intake.ts'
import { rerun } from '../outbox.ts'
import type { Command } from './command.ts'
import { openStore } from './store.ts'

const LIST_MAX = 200

export const parked: Command = async (words) => {
  const [verb, id] = words.filter((word, n) => !word.startsWith('--') && words[n - 1] !== '--config')
  const { db } = await openStore(words)
  try {
    await db.migrate()
    return verb === 'retry' && id !== undefined ? await retry(db, id) : await list(db)
  } finally {
    await db.close()
  }
}

async function list(db: Db): Promise<number> {
  const effects = await db
    .selectFrom('outbox')
    .select(['id', 'kind as what', 'error', 'finished_at as at'])
    .where('state', '=', 'parked')
    .orderBy('id')
    .limit(LIST_MAX)
    .execute()
  const raws = await db
    .selectFrom('intake')
    .select(['id', 'channel as what', 'error', 'kept_at as at'])
    .where('state', '=', 'quarantined')
    .orderBy('id')
    .limit(LIST_MAX)
    .execute()
  process.stdout.write(renderParked([...effects, ...raws]))
  return 0
}

export interface ParkedRow {
  id: string
  what: string
  error: string | null
  at: number | null
}

export function renderParked(rows: ParkedRow[]): string {
  if (rows.length === 0) return 'Nothing waits for your decision.\n'
  const cells = rows.map(({ id, what, error, at }) => [
    id,
    what,
    at === null ? '' : new Date(at).toISOString(),
    error ?? '',
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n\nTry one again: npm run deskbell -- parked retry ID\n`
}

/** `o_…` names something to send, `i_…` something received that could not be read. */
async function retry(db: Db, id: string): Promise<number> {
  const isQueued = await db.transaction(async (trx) => {
    if (id.startsWith('i_')) return await rerunKept(trx, id)
    if (!(await rerun(trx, id))) return false
    await appendFact(trx, { kind: 'reply-rerun', actor: 'command line', data: {} })
    return true
  })
  process.stdout.write(isQueued ? `${id} is tried again.\n` : `${id} is not parked; see: npm run deskbell -- parked\n`)
  return isQueued ? 0 : 1
}
