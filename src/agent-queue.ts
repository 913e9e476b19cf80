// The queue as one agent looks at it: all their desks in one order, cut by what they want to see, and the figures of each cut.
import type { Reader } from './db/open.ts'
import { conditionsOf, listQueue, openQueue, type QueueFilter, type QueuePlace, type QueueRow } from './queue.ts'

export const CUTS = ['mine', 'unassigned', 'overdue', 'waiting', 'snoozed', 'all'] as const
export type Cut = (typeof CUTS)[number]

export interface Looking {
  desks: readonly string[]
  /** The agent who looks. */
  person: string
  now: number
}

export const isCut = (text: string): text is Cut => CUTS.some((cut) => cut === text)

/** What is late counts wherever it is: a snooze does not stop the window. */
function filterOf(cut: Cut, { person, now }: Looking): QueueFilter {
  switch (cut) {
    case 'mine':
      return { ownerId: person }
    case 'unassigned':
      return { ownerId: null }
    case 'overdue':
      return { dueBefore: now + 1, withSnoozed: true }
    case 'waiting':
      return {}
    case 'snoozed':
      return { onlySnoozed: true }
    case 'all':
      return { withSnoozed: true }
  }
}

/** Soonest due first, ties by arrival, whatever the desk. A page never skips or repeats a row that stays. */
export async function listAgentQueue(
  db: Reader,
  looking: Looking,
  page: { cut: Cut; limit: number; after?: QueuePlace },
): Promise<{ rows: QueueRow[]; isMore: boolean }> {
  const { cut, limit, after } = page
  const filter = filterOf(cut, looking)
  const wanted = { limit: limit + 1, filter, ...(after && { after }) }
  const lists = await Promise.all(looking.desks.map((desk) => listQueue(db, desk, wanted)))
  const rows = lists.flat().sort(inOrder)
  return { rows: rows.slice(0, limit), isMore: rows.length > limit }
}

/** As the database sorts ids: by their bytes. */
function inOrder(a: QueuePlace, b: QueuePlace): number {
  const byId = a.conversationId < b.conversationId ? -1 : 1
  return a.dueAt - b.dueAt || a.startedAt - b.startedAt || byId
}

/** How long each list is. */
export async function countAgentQueue(db: Reader, looking: Looking): Promise<Record<Cut, number>> {
  const totals: Record<Cut, number> = { mine: 0, unassigned: 0, overdue: 0, waiting: 0, snoozed: 0, all: 0 }
  for (const desk of looking.desks) {
    const row = await openQueue(db, desk)
      .select(({ fn, eb }) =>
        CUTS.map((cut) => {
          const isIn = eb.and(conditionsOf(filterOf(cut, looking)))
          return fn.coalesce(fn.sum<number | string>(eb.case().when(isIn).then(1).else(0).end()), eb.lit(0)).as(cut)
        }),
      )
      .executeTakeFirstOrThrow()
    for (const cut of CUTS) totals[cut] += Number(row[cut])
  }
  return totals
}
