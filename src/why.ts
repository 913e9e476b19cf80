// Why a customer counts as waiting until when: each window's start, promise, steps and end, in sentences, and computed once more.
import { MINUTE } from './clock.ts'
import type { Reader } from './db/open.ts'
import { listFacts, type StoredFact } from './fact.ts'
import type { Policies } from './policy.ts'
import { recallPolicy } from './promises.ts'
import { renderMs } from './target.ts'
import { listWindows, policyFor, type StoredWindow, timesOf } from './window-record.ts'

/** A line that begins with `# ` is a heading. Instants are UTC and, with a calendar, its local time. */
export async function explainWindows(
  db: Reader,
  policies: Policies,
  conversationId: string,
  now: number,
): Promise<string[]> {
  const windows = await listWindows(db, conversationId)
  const told = await listFacts(db, conversationId, ['ping-accepted', 'no-reply-needed', 'conversation-snoozed'])
  const lines: string[] = []
  for (const window of windows.toSorted((a, b) => a.started_at - b.started_at)) {
    lines.push(`# ${titleOf(window, now)}`, ...(await explain(db, policies, window, told)))
  }
  return lines.length > 0 ? lines : ['No customer message has opened a window here.']
}

function titleOf(window: StoredWindow, now: number): string {
  const label = window.label === 'first' ? 'First response' : 'Next response'
  if (window.ended_at === null)
    return `${label}: ${now >= window.due_at ? `overdue by ${spanOf(now - window.due_at)}` : `due in ${spanOf(window.due_at - now)}`}`
  if (window.ended_as === 'waived') return `${label}: no reply needed`
  const lateMs = window.ended_at - window.due_at
  return `${label}: answered ${lateMs > 0 ? `${spanOf(lateMs)} late` : 'in time'}`
}

async function explain(
  db: Reader,
  policies: Policies,
  window: StoredWindow,
  told: readonly StoredFact[],
): Promise<string[]> {
  const { policy, hours, again } = await recall(db, window)
  const at = (instant: number) => instantWords(instant, hours?.calendar.zone)
  const calendar = hours && `calendar ${hours.calendar.name} in ${hours.calendar.zone}`
  return [
    `Message ${window.started_by} reached our server ${at(window.started_at)} and is the oldest without an answer.`,
    `Promise: ${[window.policy_version, `policy ${window.policy}`, ...(calendar ? [calendar] : [])].join(', ')}.`,
    `Due ${at(window.due_at)}.${againWords(window, again)}`,
    ...(window.soft_due_at === null ? [] : [`Hoped for until ${at(window.soft_due_at)}.`]),
    ...(window.watched_at === null ? ['Imported from before the start: nobody is pinged about it.'] : []),
    ...(await stepLines(db, policies, window, told, at)),
    ...snoozeLines(window, told, at),
    'Pauses: none. Nothing stops this clock but an answer, or a person who says that none is needed.',
    ...(window.ended_at === null ? [] : [endLine(window, told, at(window.ended_at))]),
    ...(policy === undefined ? ['The promise it was given was not kept; it cannot be computed again.'] : []),
  ]
}

/** The promise as it was then, and what it says today. */
async function recall(db: Reader, window: StoredWindow) {
  const row = await db
    .selectFrom('policy_version')
    .select('definition')
    .where('policy', '=', window.policy)
    .where('version', '=', window.policy_version)
    .executeTakeFirst()
  if (!row) return { policy: undefined, hours: undefined, again: undefined }
  const policy = recallPolicy(window.policy, window.policy_version, row.definition)
  return { policy, hours: policy.hours, again: policy.dueAt(window.started_at) }
}

function againWords(window: StoredWindow, again: number | undefined): string {
  if (again === undefined) return ''
  return again === window.due_at
    ? ' Computed again: the same.'
    : ` Computed again: ${instantWords(again, undefined)}, which differs. Run: deskbell rebuild --check`
}

async function stepLines(
  db: Reader,
  policies: Policies,
  window: StoredWindow,
  told: readonly StoredFact[],
  at: (instant: number) => string,
): Promise<string[]> {
  const fired = new Map(
    (await db.selectFrom('ping').selectAll().where('window_id', '=', window.id).execute()).map((row) => [
      row.step,
      row,
    ]),
  )
  const { ladder } = await policyFor(db, window.conversation_id, policies)
  const planned = ladder.flatMap((step) => {
    const instant = step.at(timesOf(window))
    return instant === undefined ? [] : [{ name: step.name, instant }]
  })
  const gone = [...fired.values()].filter(({ step }) => !planned.some(({ name }) => name === step))
  const all = [...planned, ...gone.map((row) => ({ name: row.step, instant: row.fired_at }))]
  return all
    .toSorted((a, b) => a.instant - b.instant)
    .map(({ name, instant }) => {
      const row = fired.get(name)
      const people = told.flatMap((fact) =>
        fact.kind === 'ping-accepted' && fact.data.windowId === window.id && fact.data.step === name
          ? [fact.data.to]
          : [],
      )
      const firedWords = row ? `fired ${at(row.fired_at)}` : window.ended_at === null ? 'still to come' : 'not needed'
      const toldWords = people.length > 0 ? [`told ${people.join(', ')}`] : []
      const seen = row?.acknowledged_by ? [`acknowledged by ${row.acknowledged_by}`] : []
      return `Step ${name}, ${at(instant)}: ${[firedWords, ...toldWords, ...seen].join('; ')}.`
    })
}

/** Snoozing hides; the clock runs on. */
function snoozeLines(window: StoredWindow, told: readonly StoredFact[], at: (instant: number) => string): string[] {
  return told.flatMap((fact) =>
    fact.kind === 'conversation-snoozed' && fact.at >= window.started_at && fact.at < (window.ended_at ?? Infinity)
      ? [
          `Snoozed by ${fact.actor ?? 'somebody'} until ${at(fact.data.until)}: hidden from the lists, the clock ran on.`,
        ]
      : [],
  )
}

function endLine(window: StoredWindow, told: readonly StoredFact[], at: string): string {
  if (window.ended_as === 'answered') return `Ended ${at}: reply ${window.answered_by} was accepted.`
  const waiver = told.find((fact) => fact.kind === 'no-reply-needed' && fact.at === window.ended_at)
  const reason = waiver?.kind === 'no-reply-needed' ? `: ${waiver.data.reason}` : ''
  return `Ended ${at}: ${waiver?.actor ?? 'somebody'} said that no reply is needed${reason}.`
}

function instantWords(instant: number, zone: string | undefined): string {
  const utc = `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  if (zone === undefined || zone === 'UTC') return utc
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  return `${utc} (${local.format(instant)} in ${zone})`
}

function spanOf(ms: number): string {
  return ms < MINUTE ? 'less than a minute' : renderMs(Math.floor(ms / MINUTE) * MINUTE)
}
