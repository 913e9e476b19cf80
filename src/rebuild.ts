// Computes every window again from the facts alone and says where the store differs. Projections that cannot be rebuilt prove nothing.
import type { Db, Reader, Trx } from './db/open.ts'
import { type FactKind, listFactsOf, type StoredFact } from './fact.ts'
import type { Policy } from './policy.ts'
import { listKept } from './policy-version.ts'
import { foldWindows, WINDOW_FACTS } from './response-window.ts'
import { rearm, type StoredWindow } from './window-record.ts'

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
  | 'desk'
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
> & { isQuiet: boolean }

/** Changes nothing. While the program runs, what is being written just now is looked at once more. */
export async function checkWindows(db: Reader): Promise<Rebuilt> {
  return await eachBatch(db, async (ids) => {
    const compared = await compareBatch(db, ids, await recallAll(db))
    const doubtful = compared.different.map(conversationOf)
    if (doubtful.length === 0) return compared
    const { different } = await compareBatch(db, [...new Set(doubtful)], await recallAll(db))
    return { ...compared, different }
  })
}

/** Puts right what differs and says what that was. Whoever is to be pinged about it is pinged again from now on. */
export async function rebuildWindows(db: Db): Promise<Rebuilt> {
  return await eachBatch(db, (ids) =>
    db.transaction(async (trx) => {
      await trx.selectFrom('conversation').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute()
      const compared = await compareBatch(trx, ids, await recallAll(trx))
      // First what goes away: at most one window of a conversation may be open at any instant.
      for (const { stored } of compared.different) if (stored) await remove(trx, stored)
      for (const { stored, told } of compared.different) if (told) await insert(trx, stored, told)
      return compared
    }),
  )
}

async function eachBatch(db: Reader, work: (ids: string[]) => Promise<Compared>): Promise<Rebuilt> {
  const result: Rebuilt = { conversations: 0, windows: 0, differences: [], differing: 0 }
  for (let after = ''; ; ) {
    const ids = await nextConversations(db, after)
    const last = ids.at(-1)
    if (last === undefined) return result
    after = last
    const { windows, different } = await work(ids)
    result.conversations += ids.length
    result.windows += windows
    result.differing += different.length
    const room = DIFFERENCES_SHOWN_MAX - result.differences.length
    result.differences.push(...different.slice(0, room).map(describe))
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

type Promises = ReadonlyMap<string, Policy>
const promiseKey = (policy: string, version: string) => `${policy} ${version}`

async function recallAll(db: Reader): Promise<Promises> {
  const kept = await listKept(db)
  return new Map(kept.map((policy) => [promiseKey(policy.name, policy.version), policy]))
}

interface Compared {
  windows: number
  different: Difference[]
}

interface Difference {
  stored: StoredWindow | undefined
  told: Told | undefined
}

async function compareBatch(db: Reader, ids: readonly string[], promises: Promises): Promise<Compared> {
  const facts = Map.groupBy(await listFactsOf(db, ids, READ), ({ conversationId }) => conversationId ?? '')
  const rows = await db.selectFrom('response_window').selectAll().where('conversation_id', 'in', ids).execute()
  const desks = await listDesks(db, ids)
  const stored = Map.groupBy(rows, (row) => row.conversation_id)
  const different: Difference[] = []
  let windows = 0
  for (const id of ids) {
    const mine = new Map((stored.get(id) ?? []).map((row) => [row.id, row]))
    for (const told of tell({ id, desk: desks.get(id) ?? '' }, facts.get(id) ?? [], promises, mine)) {
      windows += 1
      const row = mine.get(told.id)
      mine.delete(told.id)
      if (!row || !isSame(row, told)) different.push({ stored: row, told })
    }
    for (const row of mine.values()) different.push({ stored: row, told: undefined })
  }
  return { windows, different }
}

async function listDesks(db: Reader, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.selectFrom('conversation').select(['id', 'desk']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, desk }) => [id, desk]))
}

/** The windows of one conversation as its facts tell them. */
function tell(
  conversation: { id: string; desk: string },
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
      conversation_id: conversation.id,
      desk: conversation.desk,
      started_by: window.startedBy,
      started_at: window.startedAt,
      label: window.label,
      policy,
      policy_version: version,
      isQuiet: window.quiet,
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
  return FIELDS.every((field) => stored[field] === told[field]) && !isUnwatched(stored, told)
}

/** Somebody waits and nobody would be pinged. */
function isUnwatched(stored: StoredWindow, told: Told): boolean {
  return stored.watched_at === null && told.ended_at === null && !told.isQuiet
}

const FIELDS = [
  'desk',
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
  if (!told) return `${stored?.conversation_id} ${stored?.id} is stored, and no fact tells of it`
  if (!stored) return `${told.conversation_id} ${told.id} is told by the facts and not stored`
  const fields = FIELDS.filter((field) => stored[field] !== told[field])
  const words = fields.map((field) => `${field} is ${shown(field, stored)} and should be ${shown(field, told)}`)
  const unwatched = isUnwatched(stored, told) ? ['nobody is pinged about it and somebody should be'] : []
  return `${told.conversation_id} ${told.id}: ${[...words, ...unwatched].join(', ')}`
}

function shown(field: (typeof FIELDS)[number], window: Pick<StoredWindow, (typeof FIELDS)[number]>): string {
  const value = window[field]
  return typeof value === 'number' ? new Date(value).toISOString() : String(value)
}

const conversationOf = ({ stored, told }: Difference) => (stored ?? told)?.conversation_id ?? ''

async function remove(trx: Trx, { id }: StoredWindow): Promise<void> {
  await trx.deleteFrom('response_window').where('id', '=', id).execute()
}

async function insert(trx: Trx, stored: StoredWindow | undefined, { isQuiet, ...told }: Told): Promise<void> {
  const watched_at = stored?.watched_at ?? (isQuiet ? null : told.started_at)
  await trx
    .insertInto('response_window')
    .values({ ...told, watched_at })
    .execute()
  if (told.ended_at === null && watched_at !== null) await rearm(trx, [told])
}
