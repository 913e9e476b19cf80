// Why a customer counts as waiting until when: each window's start, promise, steps and end, in sentences, and computed once more.
import { MINUTE } from './clock.ts'
import type { Reader } from './db/open.ts'
import type { PingTable } from './db/schema.ts'
import { type FactKind, listFacts, type StoredFact } from './fact.ts'
import type { Policies } from './policy.ts'
import { findKept } from './policy-version.ts'
import { foldWindows, WINDOW_FACTS } from './response-window.ts'
import { listWindows, policyFor, type StoredWindow, timesOf } from './window-record.ts'

const READ: readonly FactKind[] = [...WINDOW_FACTS, 'step-fired', 'ping-accepted', 'conversation-snoozed']

/** A line that begins with `# ` is a heading. Instants are UTC and, with a calendar, its local time. */
export async function explainWindows(
  db: Reader,
  policies: Policies,
  conversationId: string,
  now: number,
): Promise<string[]> {
  const windows = await listWindows(db, conversationId)
  const told = await listFacts(db, conversationId, READ)
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
  const promise = await findKept(db, window)
  const hours = promise?.hours
  const at = (instant: number) => instantWords(instant, hours?.calendar.zone)
  const calendar = hours && `calendar ${hours.calendar.name} in ${hours.calendar.zone}`
  return [
    `Message ${window.started_by} reached our server ${at(window.started_at)} and ${window.ended_at === null ? 'is' : 'was'} the oldest without an answer.`,
    `Promise: ${[window.policy_version, `policy ${window.policy}`, ...(calendar ? [calendar] : [])].join(', ')}.`,
    `Due ${at(window.due_at)}.${againWords(window, promise?.dueAt(window.started_at))}`,
    ...(window.soft_due_at === null ? [] : [`Hoped for until ${at(window.soft_due_at)}.`]),
    ...(isImported(window, told) ? ['Imported from before the start: nobody is pinged about it.'] : []),
    ...(await stepLines(db, policies, window, told, at)),
    ...snoozeLines(window, told, at),
    'Pauses: none. Nothing stops this clock but an answer, or a person who says that none is needed.',
    ...(window.ended_at === null ? [] : [endLine(window, told, at(window.ended_at))]),
    ...(promise === undefined ? ['The promise it was given was not kept; it cannot be computed again.'] : []),
  ]
}

function isImported(window: StoredWindow, told: readonly StoredFact[]): boolean {
  return foldWindows(told).some(({ startedBy, quiet }) => startedBy === window.started_by && quiet)
}

function againWords(window: StoredWindow, again: number | undefined): string {
  if (again === undefined) return ''
  return again === window.due_at
    ? ' Computed again: the same.'
    : ` Computed again: ${instantWords(again, undefined)}, which differs. Run: deskbell rebuild --check`
}

/** What has fired, and, for whom somebody is pinged, what the ladder of today still holds. */
async function stepLines(
  db: Reader,
  policies: Policies,
  window: StoredWindow,
  told: readonly StoredFact[],
  at: (instant: number) => string,
): Promise<string[]> {
  const rows = await db.selectFrom('ping').selectAll().where('window_id', '=', window.id).execute()
  const fired = new Map(rows.map((row) => [row.step, row]))
  const planned = window.watched_at === null ? [] : await plannedSteps(db, policies, window)
  const gone = rows.filter(({ step }) => !planned.some(({ name }) => name === step))
  const all = [...planned, ...gone.map((row) => ({ name: row.step, instant: row.fired_at }))]
  return all
    .toSorted((a, b) => a.instant - b.instant)
    .map(({ name, instant }) => {
      const row = fired.get(name)
      const words = row
        ? [`fired ${at(row.fired_at)}`, ...hearing(window, row, told)]
        : [unfiredWords(instant, window.ended_at)]
      return `Step ${name}, ${at(instant)}: ${words.join('; ')}.`
    })
}

async function plannedSteps(db: Reader, policies: Policies, window: StoredWindow) {
  const { ladder } = await policyFor(db, window.conversation_id, policies)
  return ladder.flatMap((step) => {
    const instant = step.at(timesOf(window))
    return instant === undefined ? [] : [{ name: step.name, instant }]
  })
}

function unfiredWords(instant: number, endedAt: number | null): string {
  if (endedAt === null) return 'still to come'
  return instant >= endedAt ? 'not needed' : 'did not fire'
}

/** Who heard of a step that fired. */
function hearing(window: StoredWindow, { step, acknowledged_by }: PingTable, told: readonly StoredFact[]): string[] {
  const isIt = (data: { windowId: string; step: string }) => data.windowId === window.id && data.step === step
  const people = told.flatMap((fact) => (fact.kind === 'ping-accepted' && isIt(fact.data) ? [fact.data.to] : []))
  const isPassed = told.some((fact) => fact.kind === 'step-fired' && isIt(fact.data) && fact.data.passed)
  return [
    ...(isPassed ? ['told by a later step that was due as well'] : []),
    ...(people.length > 0 ? [`told ${people.join(', ')}`] : []),
    ...(acknowledged_by === null ? [] : [`acknowledged by ${acknowledged_by}`]),
  ]
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

/** The two largest units: `2 d 3 h`, `23 h 59 min`. */
function spanOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE)
  const units = [
    { count: Math.floor(minutes / (24 * 60)), unit: 'd' },
    { count: Math.floor(minutes / 60) % 24, unit: 'h' },
    { count: minutes % 60, unit: 'min' },
  ]
  const first = units.findIndex(({ count }) => count > 0)
  if (first < 0) return 'less than a minute'
  const shown = units.slice(first, first + 2).filter(({ count }) => count > 0)
  return shown.map(({ count, unit }) => `${count} ${unit}`).join(' ')
}
