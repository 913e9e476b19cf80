// One attempt at one effect, and the one place that decides what an ended attempt means.
import { type Breaker, backoffMs } from './breaker.ts'
import { SendError } from './channel.ts'
import { type Clock, DAY, SECOND } from './clock.ts'
import type { Db, Trx } from './db/open.ts'
import type { Random } from './id.ts'
import type { Log } from './log.ts'
import type { Effect } from './outbox.ts'
import * as claims from './outbox-claim.ts'
import * as settling from './outbox-settle.ts'

/** How an attempt ended well: it arrived, or it was no longer true and nothing was sent. */
export type Outcome = { kind: 'accepted'; ref?: string; detail?: unknown } | { kind: 'moot'; reason: string }

/** What a look after an uncertain attempt found. `repeatable`: doing it again changes nothing, so no look is needed. */
export type Look = Outcome | { kind: 'absent' } | { kind: 'unknown' } | { kind: 'repeatable' }

export type Settled =
  | Outcome
  | { kind: 'postponed'; error: string; dueAt: number }
  | { kind: 'rejected' | 'uncertain' | 'parked'; error: string }

export interface Handler {
  /** One attempt. Throws `SendError`; any other error counts as uncertain, for nobody knows how far it got. */
  send(effect: Effect): Promise<Outcome>
  verify(effect: Effect): Promise<Look>
  /** Runs in the transaction that records how the attempt ended. */
  settle?(trx: Trx, effect: Effect, settled: Settled): Promise<void>
}

export interface AttemptLimits {
  /** Attempts that were this row's own fault. */
  attemptsMax: number
  giveUpMs: number
  /** Between two looks that agree that it is not there; measured by one process's monotonic clock. */
  uncertainWaitMs: number
  /** Sends of identical bytes where nobody can look. */
  sendsMax: number
}

export const ATTEMPT_LIMITS: AttemptLimits = {
  attemptsMax: 8,
  giveUpMs: DAY,
  uncertainWaitMs: 45 * SECOND,
  sendsMax: 3,
}

export interface AttemptTools {
  db: Db
  clock: Clock
  random: Random
  log: Log
  owner: string
  breaker: Breaker
  handlers: Record<string, Handler>
  limits: AttemptLimits
  /** By row: the first look of this process, by its own monotonic clock, that did not find what may have been sent. */
  looks: Map<string, FirstLook>
}

interface FirstLook {
  /** The send it looked for: what it says of that one says nothing of a later one. */
  sends: number
  endedAt: number
}

const FRESH_MS = 20 * SECOND
const LOOK_RETRY_MS = 5 * SECOND
const LOOKS_KEPT_MAX = 1000

/** Never rejects: what cannot even be recorded stays claimed and is taken up by the sweep. */
export async function attempt(tools: AttemptTools, effect: Effect, claimedAt: number): Promise<void> {
  try {
    const handler = handlerOf(tools, effect)
    const isFresh = tools.clock.monotonic() - claimedAt <= FRESH_MS
    if (!isFresh || !(await claims.holds(tools.db, effect))) return await release(tools, effect)
    const probe = tools.breaker.isProbe(effect.rateKey)
    const outcome = await handler.send(effect).catch((error: unknown) => error)
    if (isOutcome(outcome)) {
      if (outcome.kind === 'accepted') tools.breaker.succeeded(effect.rateKey) // Who sent nothing learnt nothing.
      await conclude(tools, handler, effect, outcome)
    } else {
      const error = asSendError(outcome)
      // What nobody foresaw may quote what it choked on: the row keeps its words, the log its name.
      report(tools, effect, error.failure.kind, error === outcome ? error.message : nameOf(outcome))
      await failed(tools, handler, effect, error, probe)
    }
  } catch (error) {
    tools.log.error(
      { effect: effect.id, kind: effect.kind, error: String(error) },
      'outbox: could not record an attempt',
    )
  }
}

/** After an uncertain attempt: looks, and acts only on what it found. Never rejects. */
export async function lookAgain(tools: AttemptTools, effect: Effect): Promise<void> {
  try {
    const handler = handlerOf(tools, effect)
    const startedAt = tools.clock.monotonic()
    const look = await handler.verify(effect).catch((error: unknown) => asSendError(error))
    if (look instanceof SendError) await lookFailed(tools, handler, effect, look)
    else if (isOutcome(look)) await conclude(tools, handler, effect, look)
    else await absent(tools, handler, effect, look, startedAt)
  } catch (error) {
    tools.log.error({ effect: effect.id, kind: effect.kind, error: String(error) }, 'outbox: could not record a look')
  }
}

function report(tools: AttemptTools, effect: Effect, failure: string, error: string): void {
  tools.log.warn({ effect: effect.id, kind: effect.kind, failure, error }, 'outbox: an attempt failed')
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

function handlerOf(tools: AttemptTools, effect: Effect): Handler {
  const handler = tools.handlers[effect.kind]
  if (!handler) throw new Error(`no handler for ${effect.kind}`)
  return handler
}

/** No byte was sent: the attempt and the send are given back. */
async function release(tools: AttemptTools, effect: Effect): Promise<void> {
  const giveBack = { attempt: true, send: true }
  await tools.db.transaction((trx) =>
    settling.postpone(trx, effect, { dueAt: effect.dueAt, error: 'was not started', giveBack }),
  )
}

async function conclude(tools: AttemptTools, handler: Handler, effect: Effect, outcome: Outcome): Promise<void> {
  tools.looks.delete(effect.id)
  await tools.db.transaction(async (trx) => {
    const changed =
      outcome.kind === 'accepted'
        ? await settling.finish(trx, effect.id, outcome.ref)
        : await settling.abandon(trx, effect, 'undone', outcome.reason)
    if (changed) await handler.settle?.(trx, effect, outcome)
  })
}

async function failed(
  tools: AttemptTools,
  handler: Handler,
  effect: Effect,
  error: SendError,
  probe: boolean,
): Promise<void> {
  const { failure } = error
  const account = failure.kind === 'temporary' && failure.account === true
  const askedMs = failure.kind === 'temporary' ? failure.retryAfterMs : undefined
  const isLocal = failure.kind === 'temporary' && failure.local === true
  if (failure.kind === 'rejected' || isLocal) tools.breaker.succeeded(effect.rateKey)
  else tools.breaker.failed(effect.rateKey, account, askedMs)
  if (failure.kind === 'rejected') return await refused(tools, handler, effect, error.message)
  if (failure.kind === 'uncertain') {
    return await tools.db.transaction(async (trx) => {
      if (!(await settling.doubt(trx, effect, trx.now(), error.message))) return
      await handler.settle?.(trx, effect, { kind: 'uncertain', error: error.message })
    })
  }
  const waitMs = failure.retryAfterMs ?? 0
  // A place that is shut costs no attempt, but it is not waited for longer than for anything else.
  const isPatient = isLocal && tools.clock.now() - effect.startedAt < tools.limits.giveUpMs
  await retry(tools, handler, effect, error.message, waitMs, { attempt: probe || account || isPatient, send: true })
}

/** Refused for good. Where nobody can see whether an earlier attempt arrived, that much cannot be said: a person decides. */
async function refused(tools: AttemptTools, handler: Handler, effect: Effect, error: string): Promise<void> {
  const look = effect.sends > 1 ? await handler.verify(effect).catch(() => undefined) : undefined
  if (isOutcome(look)) return await conclude(tools, handler, effect, look)
  if (look?.kind !== 'unknown') return await end(tools, handler, effect, 'rejected', error)
  await end(tools, handler, effect, 'parked', `${error}; an earlier attempt may have arrived`)
}

/** It has found nothing out, so it is repeated; after a day of that a person has to look. */
async function lookFailed(tools: AttemptTools, handler: Handler, effect: Effect, error: SendError): Promise<void> {
  if (tools.clock.now() - effect.startedAt >= tools.limits.giveUpMs) {
    return await end(tools, handler, effect, 'parked', `nobody could see whether it arrived: ${error.message}`)
  }
  await tools.db.transaction((trx) => settling.doubt(trx, effect, trx.now() + LOOK_RETRY_MS, error.message))
}

/**
 * Seen to be absent twice, far enough apart: send again where that cannot make a second copy we could have prevented.
 * From the end of one look to the start of the other, for nobody knows when in between it was that each one saw nothing.
 */
async function absent(
  tools: AttemptTools,
  handler: Handler,
  effect: Effect,
  look: Exclude<Look, Outcome>,
  startedAt: number,
): Promise<void> {
  const keep = { attempt: false, send: false }
  if (look.kind === 'repeatable') {
    return await retry(tools, handler, effect, 'the last attempt was lost', 0, { attempt: true, send: false })
  }
  const first = firstLook(tools, effect)
  const waitMs = Math.ceil(tools.limits.uncertainWaitMs - Math.max(0, startedAt - first.endedAt))
  if (waitMs > 0) {
    return void (await tools.db.transaction((trx) =>
      settling.doubt(trx, effect, trx.now() + waitMs, 'not there yet; looking once more before sending again'),
    ))
  }
  tools.looks.delete(effect.id)
  if (look.kind === 'unknown' && effect.sends >= tools.limits.sendsMax) {
    const error = `sent ${effect.sends} times without an answer; it may have arrived`
    return await end(tools, handler, effect, 'parked', error)
  }
  const error = look.kind === 'absent' ? 'the last attempt did not arrive' : 'the answer to the last attempt was lost'
  await retry(tools, handler, effect, error, 0, keep)
}

/** What is remembered of this send, or the look that has just ended. Forgetting one costs one look more. */
function firstLook({ looks, clock }: AttemptTools, effect: Effect): FirstLook {
  const known = looks.get(effect.id)
  if (known?.sends === effect.sends) return known
  const first = { sends: effect.sends, endedAt: clock.monotonic() }
  if (looks.size >= LOOKS_KEPT_MAX) looks.delete(looks.keys().next().value ?? '')
  looks.set(effect.id, first)
  return first
}

async function retry(
  tools: AttemptTools,
  handler: Handler,
  effect: Effect,
  error: string,
  waitMs: number,
  giveBack: { attempt: boolean; send: boolean },
): Promise<void> {
  const spent = effect.attempts - (giveBack.attempt ? 1 : 0)
  const age = tools.clock.now() - effect.startedAt
  if (spent >= tools.limits.attemptsMax || (!giveBack.attempt && age >= tools.limits.giveUpMs)) {
    return await end(tools, handler, effect, 'parked', `given up after ${spent} attempts: ${error}`)
  }
  const dueAt = tools.clock.now() + waitMs + backoffMs(tools.random, spent)
  await tools.db.transaction(async (trx) => {
    if (!(await settling.postpone(trx, effect, { dueAt, error, giveBack }))) return
    await handler.settle?.(trx, effect, { kind: 'postponed', error, dueAt })
  })
}

async function end(
  tools: AttemptTools,
  handler: Handler,
  effect: Effect,
  state: 'rejected' | 'parked',
  error: string,
): Promise<void> {
  await tools.db.transaction(async (trx) => {
    if (await settling.abandon(trx, effect, state, error)) await handler.settle?.(trx, effect, { kind: state, error })
  })
}

function isOutcome(value: unknown): value is Outcome {
  const kind = (value as { kind?: unknown } | undefined)?.kind
  return kind === 'accepted' || kind === 'moot'
}

function asSendError(error: unknown): SendError {
  if (error instanceof SendError) return error
  return new SendError({ kind: 'uncertain' }, error instanceof Error ? error.message : String(error), { cause: error })
}
