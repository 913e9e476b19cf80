// Computes every window again from the facts alone and says where the store differs. Projections that cannot be rebuilt prove nothing.
import type { Db, Reader, Trx } from './db/open.ts'
import { type FactKind, listFactsOf, type StoredFact } from './fact.ts'
import type { Policy } from './policy.ts'
import { recallPolicy } from './promises.ts'
import { foldWindows, WINDOW_FACTS } from './response-window.ts'
import type { StoredWindow } from './window-record.ts'

const BATCH = 200

export interface Rebuilt {
  conversations: number
  windows: number
  /** In sentences, the first of them. */
  differences: string[]
  /** How many there are in all. */
  differing: number
}

const DIFFERENCES_SHOWN_MAX = 100
const READ: readonly FactKind[] = [...WINDOW_FACTS, 'window-opened', 'window-recomputed']

/** What the store holds of a window that facts can tell. */
type Told = Pick<
  StoredWindow,
  | 'id'
  | 'conversation_id'
  | 'started_by'
  | 'started_at'
  | 'label'
  | 'policy'
  | 'policy_version'
  | 'due_at'
  | 'soft_due_at'
  | 'ended_at'
  | 'ended_as'
  | 'answered_by'
>

/** `write` puts right what differs; without it nothing is changed. */
export async function rebuildWindows(db: Db, options: { write: boolean }): Promise<Rebuilt> {
  const promises = await recallAll(db)
  const result: Rebuilt = { conversations: 0, windows: 0, differences: [], differing: 0 }
  for (let after = ''; ; ) {
    const ids = await nextConversations(db, after)
    const last = ids.at(-1)
    if (last === undefined) return result
    after = last
    const work = (reader: Reader) => compareBatch(reader, ids, promises)
    const found = options.write
      ? await db.transaction(async (trx) => {
          const compared = await work(trx)
          for (const { stored, told } of compared.different) await putRight(trx, stored, told)
          return compared
        })
      : await work(db)
    result.conversations += ids.length
    result.windows += found.windows
    result.differing += found.different.length
    const room = DIFFERENCES_SHOWN_MAX - result.differences.length
    result.differences.push(...found.different.slice(0, room).map(describe))
  }
}

async function nextConversations(db: Reader, after: string): Promise<string[]> {
  const rows = await db
    .selectFrom('conversation')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(BATCH)
    .execute()
  return rows.map(({ id }) => id)
}

type Promises = Map<string, Policy>
const promiseKey = (policy: string, version: string) => `${policy} ${version}`

async function recallAll(db: Reader): Promise<Promises> {
  const rows = await db.selectFrom('policy_version').selectAll().execute()
  return new Map(
    rows.map(({ policy, version, definition }) => [
      promiseKey(policy, version),
      recallPolicy(policy, version, definition),
    ]),
  )
}

interface Difference {
  stored: StoredWindow | undefined
  told: Told | undefined
}

async function compareBatch(db: Reader, ids: readonly string[], promises: Promises) {
  const facts = Map.groupBy(await listFactsOf(db, ids, READ), ({ conversationId }) => conversationId ?? '')
  const rows = await db.selectFrom('response_window').selectAll().where('conversation_id', 'in', ids).execute()
  const stored = Map.groupBy(rows, (row) => row.conversation_id)
  const different: Difference[] = []
  let windows = 0
  for (const id of ids) {
    const mine = new Map((stored.get(id) ?? []).map((row) => [row.id, row]))
    for (const told of tell(id, facts.get(id) ?? [], promises, mine)) {
      windows += 1
      const row = mine.get(told.id)
      mine.delete(told.id)
      if (!row || !isSame(row, told)) different.push({ stored: row, told })
    }
    for (const row of mine.values()) different.push({ stored: row, told: undefined })
  }
  return { windows, different }
}

/** The windows of one conversation as its facts tell them. */
function tell(
  conversationId: string,
  facts: readonly StoredFact[],
  promises: Promises,
  stored: ReadonlyMap<string, StoredWindow>,
): Told[] {
  const given = givenPromises(facts)
  return foldWindows(facts).map((window): Told => {
    const id = `w${window.startedBy.slice(1)}`
    // Facts of the first version named no promise; the row has it.
    const was = given.get(id) ?? { policy: '', version: '', dueAt: 0 }
    const policy = was.policy || (stored.get(id)?.policy ?? '')
    const version = was.version || (stored.get(id)?.policy_version ?? '')
    const promise = promises.get(promiseKey(policy, version))
    return {
      id,
      conversation_id: conversationId,
      started_by: window.startedBy,
      started_at: window.startedAt,
      label: window.label,
      policy,
      policy_version: version,
      due_at: promise?.dueAt(window.startedAt) ?? was.dueAt,
      soft_due_at: window.label === 'first' ? (promise?.softDueAt(window.startedAt) ?? null) : null,
      ended_at: window.end?.at ?? null,
      ended_as: window.end?.as ?? null,
      answered_by: window.end?.by ?? null,
    }
  })
}

/** The promise that a window was given last. */
function givenPromises(facts: readonly StoredFact[]) {
  const given = new Map<string, { policy: string; version: string; dueAt: number }>()
  for (const fact of facts) {
    if (fact.kind !== 'window-opened' && fact.kind !== 'window-recomputed') continue
    const { windowId, policy = '', version = '', dueAt } = fact.data
    given.set(windowId, { policy, version, dueAt })
  }
  return given
}

function isSame(stored: StoredWindow, told: Told): boolean {
  return FIELDS.every((field) => stored[field] === told[field])
}

const FIELDS = [
  'started_by',
  'started_at',
  'label',
  'policy',
  'policy_version',
  'due_at',
  'soft_due_at',
  'ended_at',
  'ended_as',
  'answered_by',
] as const

function describe({ stored, told }: Difference): string {
  if (!told) return `${stored?.conversation_id} ${stored?.id} is stored, but no fact tells of it`
  if (!stored) return `${told.conversation_id} ${told.id} is told by the facts and not stored`
  const fields = FIELDS.filter((field) => stored[field] !== told[field])
  const words = fields.map((field) => `${field} is ${stored[field]} and should be ${told[field]}`)
  return `${told.conversation_id} ${told.id}: ${words.join(', ')}`
}

async function putRight(trx: Trx, stored: StoredWindow | undefined, told: Told | undefined): Promise<void> {
  if (stored) await trx.deleteFrom('response_window').where('id', '=', stored.id).execute()
  if (!told) return
  const watched_at = stored ? stored.watched_at : told.started_at
  await trx
    .insertInto('response_window')
    .values({ ...told, watched_at })
    .execute()
}
