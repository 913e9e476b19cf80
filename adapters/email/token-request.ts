// One question to a provider's token endpoint (RFC 6749 section 5), and an honest answer to what its refusal means.
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'

const ANSWER_MS_MAX = 20 * SECOND
const ANSWER_CHARACTERS_MAX = 64 * 1024
const LIFE_MS_DEFAULT = 60 * MINUTE
const LIFE_MS_MIN = MINUTE
const RETRY_MS_MAX = 15 * MINUTE

export interface Grant {
  accessToken: string
  lifeMs: number
  /** Some providers give a new one with each access token. */
  refreshToken?: string
}

/** Who has to act: whoever signs in, whoever registered the app, or nobody but time. */
export type TokenTrouble = 'sign-in' | 'app' | 'passing'

/** Its message never holds what was sent or what was answered but for the error's own code. */
export class TokenError extends Error {
  readonly trouble: TokenTrouble
  /** `invalid_grant`; of Microsoft with its number. */
  readonly code: string
  readonly retryAfterMs: number | undefined
  constructor(
    trouble: TokenTrouble,
    code: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause })
    this.name = 'TokenError'
    this.trouble = trouble
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }
}

/** Throws `TokenError`. */
export async function requestToken(url: string, form: Record<string, string>, clock: Clock): Promise<Grant> {
  const answer = await post(url, form, clock)
  const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = answer
  if (typeof accessToken !== 'string' || accessToken === '')
    throw new TokenError('passing', 'an answer without a token')
  const lifeMs = Number(seconds) > 0 ? Number(seconds) * SECOND : LIFE_MS_DEFAULT
  return {
    accessToken,
    lifeMs: Math.max(lifeMs, LIFE_MS_MIN),
    ...(typeof refreshToken === 'string' && refreshToken !== '' && { refreshToken }),
  }
}

/** The fields of a good answer. Throws `TokenError`. */
export async function post(url: string, form: Record<string, string>, clock: Clock): Promise<Record<string, unknown>> {
  const { status, retryAfter, text } = await exchange(url, form, clock)
  const fields = fieldsOf(text)
  if (status === 200 && fields) return fields
  if (status === 200) throw new TokenError('passing', 'an answer that cannot be read')
  const retryAfterMs = retryMs(retryAfter, clock)
  const code = fields && typeof fields.error === 'string' ? wordOf(fields.error) : ''
  const number = /AADSTS\d{4,8}/.exec(String(fields?.error_description ?? ''))?.[0]
  const shown = [code || `status ${status}`, number].filter(Boolean).join(', ')
  // A refusal without a code was written by something on the way, such as a proxy.
  const trouble = status === 429 || status >= 500 || !code ? 'passing' : troubleOf(code, number)
  throw new TokenError(trouble, shown, { retryAfterMs })
}

const PASSING = new Set(['temporarily_unavailable', 'server_error', 'slow_down', 'authorization_pending'])
const SIGN_IN = new Set([
  'invalid_grant',
  'interaction_required',
  'consent_required',
  'login_required',
  'access_denied',
  'authorization_declined',
  'expired_token',
])
/** Microsoft calls an app that is not there, or lacks a consent of the administrator, an invalid grant too. */
const OF_THE_APP = new Set(['AADSTS700016', 'AADSTS7000215', 'AADSTS7000222', 'AADSTS90002', 'AADSTS65001'])

function troubleOf(code: string, number: string | undefined): TokenTrouble {
  if (PASSING.has(code)) return 'passing'
  if (number && OF_THE_APP.has(number)) return 'app'
  return SIGN_IN.has(code) ? 'sign-in' : 'app'
}

async function exchange(url: string, form: Record<string, string>, clock: Clock) {
  const over = new AbortController()
  const done = new AbortController()
  void clock.wait(ANSWER_MS_MAX, done.signal).then(() => over.abort())
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { accept: 'application/json' },
      redirect: 'error', // A secret goes where the operator sent it, and nowhere else.
      signal: over.signal,
    })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await textOf(response) }
  } catch (cause) {
    if (cause instanceof TokenError) throw cause
    throw new TokenError('passing', over.signal.aborted ? 'no answer' : reasonOf(cause), { cause })
  } finally {
    done.abort()
  }
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > ANSWER_CHARACTERS_MAX) throw new TokenError('passing', 'an answer without end')
  }
  return text
}

function fieldsOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** An error code is a word (RFC 6749 section 5.2); whatever else stands there is not shown. */
function wordOf(code: string): string {
  return /^[\w.-]{1,60}$/.test(code) ? code : ''
}

function reasonOf(thrown: unknown): string {
  const cause = (thrown as { cause?: { code?: unknown } }).cause
  return typeof cause?.code === 'string' ? cause.code : 'the connection failed'
}

/** Seconds or a date (RFC 9110 section 10.2.3). */
function retryMs(header: string | null, clock: Clock): number | undefined {
  if (!header) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * SECOND : Date.parse(header) - clock.now()
  return ms > 0 ? Math.min(ms, RETRY_MS_MAX) : undefined
}
