// Reading back what was written while nobody listened, from the beginning to the end, however few messages Slack gives at a time.
import type { WebClient } from '@slack/web-api'
import type { SendError } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { type Fields, listOf, textOf } from '../../src/slack/field.ts'
import { pauseMs } from '../../src/slack/pause.ts'
import { codeOf, troubleOf } from '../../src/slack/trouble.ts'
import { compareTs, type Place } from './position.ts'

/** Apps of some kinds get fifteen whatever they ask for. */
const PAGE = 200
/** Of more, the oldest are taken first, and then it is read once more. */
const HELD_MAX = 2000

export interface Span {
  /** Oldest first. */
  messages: Fields[]
  /** False where there is more after these. */
  isWhole: boolean
}

export interface Reading {
  read: WebClient
  clock: Clock
  random: Random
  log: Log
  tokenName?: string | undefined
}

/** From this ts on, itself included. Waits as long as Slack wants; rejects with `SendError` where waiting mends nothing. */
export async function readSpan(tools: Reading, place: Place, oldest: string, stop: AbortSignal): Promise<Span> {
  return place.thread === undefined
    ? await readChannel(tools, place.channel, oldest, stop)
    : await readThread(tools, { channel: place.channel, ts: place.thread }, oldest, stop)
}

/** Slack tells a channel page by page from its newest message back. */
async function readChannel(tools: Reading, channel: string, oldest: string, stop: AbortSignal): Promise<Span> {
  let held: Fields[] = []
  let isWhole = true
  let cursor: string | undefined
  do {
    const at = { channel, oldest, inclusive: true, limit: PAGE, ...(cursor !== undefined && { cursor }) }
    const page = await patiently(tools, stop, () => tools.read.conversations.history(at))
    held.push(...listOf(page?.messages))
    if (held.length > HELD_MAX) {
      held = held.slice(-HELD_MAX)
      isWhole = false
    }
    cursor = textOf(page?.response_metadata?.next_cursor) || undefined
  } while (cursor !== undefined && !stop.aborted)
  return { messages: inOrder(held), isWhole: isWhole && !stop.aborted }
}

function inOrder(messages: Fields[]): Fields[] {
  return messages.toSorted((a, b) => compareTs(textOf(a.ts) ?? '', textOf(b.ts) ?? ''))
}

async function readThread(
  tools: Reading,
  thread: { channel: string; ts: string },
  oldest: string,
  stop: AbortSignal,
): Promise<Span> {
  const messages: Fields[] = []
  let cursor: string | undefined
  do {
    const at = { ...thread, oldest, inclusive: true, limit: PAGE, ...(cursor !== undefined && { cursor }) }
    const page = await patiently(tools, stop, () => tools.read.conversations.replies(at)).catch((error: unknown) => {
      // Its first message was deleted, and no answer is left.
      if (codeOf(error) === 'thread_not_found') return undefined
      throw error
    })
    messages.push(...listOf(page?.messages))
    cursor = textOf(page?.response_metadata?.next_cursor) || undefined
  } while (cursor !== undefined && messages.length < HELD_MAX && !stop.aborted)
  return { messages, isWhole: cursor === undefined && !stop.aborted }
}

/** Undefined when it was stopped. */
export async function patiently<T>(
  { clock, random, log, tokenName }: Reading,
  stop: AbortSignal,
  call: () => Promise<T>,
): Promise<T | undefined> {
  for (let failures = 1; !stop.aborted; failures++) {
    try {
      return await call()
    } catch (error) {
      const trouble = troubleOf(error, 'read what was written', tokenName)
      if (!isPassing(trouble)) throw trouble
      const asked = trouble.failure.kind === 'temporary' ? trouble.failure.retryAfterMs : undefined
      log.debug({ error: trouble.message }, 'slack: reading back waits')
      await clock.wait(asked ?? pauseMs(random, failures), stop)
    }
  }
  return undefined
}

function isPassing({ failure }: SendError): boolean {
  return failure.kind === 'uncertain' || (failure.kind === 'temporary' && !failure.account)
}
