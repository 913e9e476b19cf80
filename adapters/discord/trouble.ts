// What an error of Discord's SDK means for the thing we tried to do: not done, never to be done, or perhaps done. And the sentence that
// says so to the person it concerns.
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { SendError } from '../../src/channel.ts'
import { MINUTE, SECOND } from '../../src/clock.ts'

export interface Attempt {
  /** In a few words what was tried, such as `post the answer`. */
  what: string
  /** Doing it again changes nothing, so that it never matters whether it was done. */
  isRepeatable?: boolean
}

export function troubleOf(error: unknown, { what, isRepeatable = false }: Attempt): SendError {
  if (error instanceof SendError) return error
  if (error instanceof RateLimitError) return later(error.retryAfter || error.timeToReset, what, error)
  if (error instanceof DiscordAPIError) return refusal(error, what)
  const why = error instanceof HTTPError ? `HTTP ${error.status}` : networkWords(error)
  const neverLeft = NEVER_LEFT.has(networkCode(error) ?? '')
  if (isRepeatable || neverLeft) {
    return new SendError({ kind: 'temporary' }, `discord: cannot ${what} now: ${why}`, { cause: error })
  }
  return new SendError({ kind: 'uncertain' }, `discord: could not learn whether it did ${what}: ${why}`, {
    cause: error,
  })
}

/** Discord's own number for what it refused. */
export function codeOf(error: unknown): number | undefined {
  const cause = error instanceof SendError ? error.cause : error
  return cause instanceof DiscordAPIError ? Number(cause.code) : undefined
}

/** The place is there no more, or was never shown to us. */
export function isGone(error: unknown): boolean {
  return GONE.includes(codeOf(error) ?? 0)
}

const GONE = [10003, 10008, 50001]

function later(ms: number, what: string, cause: unknown): SendError {
  const retryAfterMs = Math.max(1, Math.ceil(ms))
  const message = `discord: cannot ${what} yet: Discord asks to wait ${Math.ceil(retryAfterMs / SECOND)} s`
  return new SendError({ kind: 'temporary', retryAfterMs }, message, { cause })
}

/** Sentences for the agent. */
const FINAL: Record<number, string> = {
  10003: 'Not delivered: the channel or thread was deleted in Discord. Write to this person on another channel.',
  10008:
    'Not delivered: the message that this answers was deleted in Discord. Write to this person on another channel.',
  10013: 'Not delivered: Discord does not know this person any more. Write to them on another channel.',
  20009: 'Not delivered: Discord takes the text or a file for explicit content. Change it and send it again.',
  40005: 'Not delivered: the files are larger than Discord takes. Send a link instead.',
  50001: 'Not delivered: the bot may not see this channel. Give it "View Channel" there, then send it again.',
  50006: 'Not delivered: there is nothing in it. Write something, or add a file.',
  50007:
    'Not delivered: this person takes no direct messages from us; they are closed, or we are blocked. Write to them on another channel.',
  50013:
    'Not delivered: the bot lacks a permission in this channel. Give it "Send Messages", "Send Messages in Threads" and "Create Threads" there, then send it again.',
  50033: 'Not delivered: this is no person who can be written to. Write to them on another channel.',
  50035: 'Not delivered: Discord does not accept its form. Make it shorter or simpler and send it again.',
  50083:
    'Not delivered: the thread is archived, and the bot may not open it again. Ask a moderator to do it, then send it again.',
  50278:
    'Not delivered: we share no server with this person any more, so Discord lets nobody write. Write to them on another channel.',
  160005: 'Not delivered: the thread is locked. Ask a moderator to unlock it, then send it again.',
  160006: 'Not delivered: the server has as many open threads as Discord allows. Archive some, then send it again.',
  240000: 'Not delivered: Discord takes a link in it for harmful. Take it out and send it again.',
}

/** How long to leave it alone where Discord names no time itself. */
const LATER_MS: Record<number, number> = { 40003: 5 * MINUTE, 40062: MINUTE, 20016: MINUTE, 30046: 10 * MINUTE }

function refusal(error: DiscordAPIError, what: string): SendError {
  const code = Number(error.code)
  const waitMs = LATER_MS[code] ?? (error.status === 429 ? MINUTE : undefined)
  if (waitMs !== undefined) return later(waitMs, what, error)
  if (error.status === 401) {
    const message = `discord: cannot ${what}: Discord does not know the token; set DISCORD_BOT_TOKEN to the one in the developer portal`
    return new SendError({ kind: 'temporary', account: true }, message, { cause: error })
  }
  // What has no number is no answer of Discord's but of something on the way.
  if (!Number.isFinite(code)) {
    return new SendError({ kind: 'temporary' }, `discord: cannot ${what} now: HTTP ${error.status}`, { cause: error })
  }
  const sentence = FINAL[code] ?? `Not delivered: Discord refuses it (${code}). Ask whoever runs Deskbell.`
  return new SendError({ kind: 'rejected' }, sentence, { cause: error })
}

/** Where it failed before any byte of the request could leave. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

function networkWords(error: unknown): string {
  if (Object(error).name === 'AbortError') return 'no answer in time'
  return `the connection broke (${networkCode(error) ?? 'unknown'})`
}

const CAUSES_MAX = 5

/** Several of them where a name has several addresses. */
function networkCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > CAUSES_MAX) return undefined
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  if (Array.isArray(errors)) {
    const codes = errors.map((inner) => networkCode(inner, depth + 1))
    return codes.find((inner) => inner === undefined || !NEVER_LEFT.has(inner)) ?? codes[0]
  }
  return networkCode(cause, depth + 1) ?? (typeof code === 'string' ? code : undefined)
}
