// Who looks at their home tab, at which part of the queue, and when it has to be shown anew.
import { type Cut, isCut } from './agent-queue.ts'
import { HOUR, MINUTE, SECOND } from './clock.ts'
import type { Reader, Trx } from './db/open.ts'
import { put } from './outbox.ts'
import { CLOCK_KEY, type LocalHandler } from './outbox-runner.ts'
import type { QueuePlace } from './queue.ts'

export interface Home {
  person: string
  cut: Cut
  after: QueuePlace | undefined
  /** A digest of what they have before them. */
  shown: string | undefined
}

/** `later`: nobody waits for it. */
export const HOME_RATE = { now: 'desk:home', later: 'desk:home:later' } as const

/** Slack does not say when somebody leaves the tab: after so long nobody is thought to look at it. */
const LATELY_MS = HOUR
const LOOK_EVERY_MS = 5 * SECOND
/** What becomes late does so without anybody doing anything. */
const RENEW_MS = MINUTE
const VIEWERS_MAX = 500

/** It is shown whatever was shown before: Slack may have forgotten it. */
export async function openHome(trx: Trx, person: string): Promise<void> {
  const opened = { opened_at: trx.now(), shown: null }
  await trx
    .insertInto('home')
    .values({ person, filter: 'waiting', after: null, ...opened })
    .onConflict((oc) => oc.column('person').doUpdateSet(opened))
    .execute()
  await refreshHome(trx, person)
}

/** Whoever clicks in it looks at it. Another cut begins at its first page. */
export async function lookAt(trx: Trx, person: string, look: { cut?: Cut; after?: QueuePlace }): Promise<void> {
  const chosen = {
    opened_at: trx.now(),
    after: look.after ? JSON.stringify(look.after) : null,
    ...(look.cut !== undefined && { filter: look.cut }),
  }
  await trx
    .insertInto('home')
    .values({ person, filter: 'waiting', shown: null, ...chosen })
    .onConflict((oc) => oc.column('person').doUpdateSet(chosen))
    .execute()
  await refreshHome(trx, person)
}

/** At once, for somebody who waits for it. */
export async function refreshHome(trx: Trx, person: string): Promise<void> {
  await putHome(trx, person, HOME_RATE.now)
  await put(trx, {
    kind: 'homes',
    payload: {},
    rateKey: CLOCK_KEY,
    coalesceKey: 'homes',
    dueAt: trx.now() + LOOK_EVERY_MS,
  })
}

const lane = (person: string) => `home:${person}`

async function putHome(trx: Trx, person: string, rateKey: string): Promise<void> {
  const payload = { person }
  const key = lane(person)
  await put(trx, { kind: 'home', payload, rateKey, lane: key, coalesceKey: key, dueAt: trx.now() })
}

/** As long as somebody looks: whenever something has happened, and every minute. What is the same is not published. */
export function homesHandler(): LocalHandler {
  let seen: { fact: string | undefined; at: number } | undefined
  return async (trx) => {
    const now = trx.now()
    const viewers = await trx
      .selectFrom('home')
      .select('person')
      .where('opened_at', '>', now - LATELY_MS)
      .orderBy('opened_at', 'desc')
      .limit(VIEWERS_MAX)
      .execute()
    if (viewers.length === 0) return undefined
    const newest = await trx.selectFrom('fact').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
    const isStill = seen !== undefined && seen.fact === newest?.id && Math.abs(now - seen.at) < RENEW_MS
    if (!isStill) {
      seen = { fact: newest?.id, at: now }
      for (const { person } of viewers) await putHome(trx, person, HOME_RATE.later)
    }
    return { againAt: now + LOOK_EVERY_MS }
  }
}

export async function findHome(db: Reader, person: string): Promise<Home | undefined> {
  const row = await db.selectFrom('home').selectAll().where('person', '=', person).executeTakeFirst()
  if (!row) return undefined
  return {
    person,
    cut: isCut(row.filter) ? row.filter : 'waiting',
    after: row.after === null ? undefined : (JSON.parse(row.after) as QueuePlace),
    shown: row.shown ?? undefined,
  }
}

export async function rememberShown(trx: Trx, person: string, shown: string): Promise<void> {
  await trx.updateTable('home').set({ shown }).where('person', '=', person).execute()
}

/** Slack does not take it for this person: not before they open it again. */
export async function closeHome(trx: Trx, person: string): Promise<void> {
  await trx.updateTable('home').set({ opened_at: 0 }).where('person', '=', person).execute()
}
