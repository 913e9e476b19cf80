// What can go wrong between us and an open view, and what the person is told: never nothing.
import { ErrorCode } from '@slack/web-api'
import type { Log } from '../log.ts'

/** `closed`: the person has closed the view, and knows. */
export type ViewTrouble = 'too-late' | 'changed' | 'closed' | 'busy' | 'failed'

const TROUBLES: Record<string, ViewTrouble> = {
  expired_trigger_id: 'too-late',
  exchanged_trigger_id: 'too-late',
  invalid_trigger_id: 'too-late',
  hash_conflict: 'changed',
  not_found: 'closed',
  ratelimited: 'busy',
}

export const TROUBLE_WORDS: Record<Exclude<ViewTrouble, 'closed'>, string> = {
  'too-late': 'That took too long, and Slack would not open the form any more. Please try again.',
  changed: 'The form had changed meanwhile, so I left it alone. Please choose again.',
  busy: 'Slack is busy right now. Please try again in a moment.',
  failed: 'Slack would not show the form just now. Please try again.',
}

/** Resolves to what went wrong, or undefined. */
export async function troubleIn(log: Log, call: Promise<unknown>): Promise<ViewTrouble | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    const trouble = readTrouble(error)
    log.warn({ trouble, error: String(error) }, 'desk: a view could not be shown')
    return trouble
  }
}

function readTrouble(error: unknown): ViewTrouble {
  const { code, data } = error as { code?: unknown; data?: { error?: unknown } }
  if (code === ErrorCode.RateLimitedError) return 'busy'
  return TROUBLES[String(data?.error)] ?? 'failed'
}
