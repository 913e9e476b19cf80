// What an error of Slack's SDK means for the thing we tried to do: not done, never to be done, or perhaps done.
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { MINUTE, SECOND } from '../clock.ts'

/** `what` says in a few words what was tried, such as `post the card`. */
export function troubleOf(error: unknown, what: string, token = 'SLACK_BOT_TOKEN'): SendError {
  if (error instanceof SendError) return error
  if (error instanceof WebAPIRateLimitedError) return limited(error.retryAfter * SECOND, what, error)
  if (error instanceof WebAPIPlatformError) return refusal(error, what, token)
  if (error instanceof WebAPIHTTPError) return httpTrouble(error, what)
  if (error instanceof WebAPIRequestError) return networkTrouble(error, what)
  if (error instanceof Error && error.message.startsWith('Retry header did not contain')) {
    return limited(MINUTE, what, error)
  }
  return uncertain(what, 'the answer could not be read', error)
}

function limited(retryAfterMs: number, what: string, cause: unknown): SendError {
  const message = `slack: cannot ${what} yet: Slack asks to wait ${Math.ceil(retryAfterMs / SECOND)} s`
  return new SendError({ kind: 'temporary', retryAfterMs }, message, { cause })
}

function uncertain(what: string, why: string, cause: unknown): SendError {
  return new SendError({ kind: 'uncertain' }, `slack: could not learn whether it did ${what}: ${why}`, { cause })
}

/** The account's own trouble: nothing can leave until a person has put it right. */
const ACCOUNT: Record<string, (token: string) => string> = {
  invalid_auth: (token) => `Slack does not know the token; set ${token} to that of the installed app`,
  not_authed: (token) => `no token was sent; set ${token}`,
  token_revoked: (token) => `the token was revoked; install the app again and set ${token}`,
  token_expired: (token) => `the token has expired; install the app again and set ${token}`,
  account_inactive: (token) => `the app was removed from the workspace; install it again and set ${token}`,
  not_allowed_token_type: () =>
    'this is the wrong sort of token; SLACK_BOT_TOKEN begins with xoxb- and SLACK_APP_TOKEN with xapp-',
  missing_scope: () => 'the app lacks a permission; compare its scopes with the manifest and install it again',
  ekm_access_denied: () => 'an administrator has suspended the app; ask them to allow it',
  team_access_not_granted: () => 'the app is not allowed in this workspace; ask an administrator to approve it',
}

/** Says whose fault it is that cannot be mended by trying again. */
const FINAL: Record<string, string> = {
  channel_not_found: 'the channel is gone or the app is not in it; invite the app to the channel',
  not_in_channel: 'the app is not in the channel; invite it',
  is_archived: 'the channel is archived; unarchive it or configure another one',
  is_inactive: 'the channel is archived; unarchive it or configure another one',
  restricted_action: 'the workspace does not let apps post in this channel; ask an administrator',
  posting_to_channel_denied: 'the workspace does not let apps post in this channel; ask an administrator',
  messages_tab_disabled: 'the app takes no direct messages; switch on its messages tab',
  user_not_found: 'there is no such person in the workspace; correct their id in deskbell.yaml',
  users_not_found: 'there is no such person in the workspace; correct their id in deskbell.yaml',
  user_disabled: 'this person was deactivated; name somebody else in deskbell.yaml',
  cannot_dm_bot: 'this is an app and no person; correct the id in deskbell.yaml',
  message_not_found: 'the message was deleted in Slack',
  thread_not_found: 'the thread was deleted in Slack',
  cant_update_message: 'the message is not ours',
  edit_window_closed: 'the workspace does not allow changing messages any more',
  msg_too_long: 'it is longer than Slack allows',
  msg_blocks_too_long: 'it is longer than Slack allows',
  no_text: 'it is empty',
  invalid_blocks: 'Slack does not accept its form',
  invalid_blocks_format: 'Slack does not accept its form',
  invalid_arguments: 'Slack does not accept its form',
}

const UNKNOWN_OUTCOME = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout'])
const LATER = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded', 'team_added_to_org'])

/** Whether Slack refused for want of this very permission. */
export function lacksScope(error: unknown, scope: string): boolean {
  const platform = error instanceof SendError ? error.cause : error
  if (!(platform instanceof WebAPIPlatformError) || platform.data.error !== 'missing_scope') return false
  return String((platform.data as { needed?: string }).needed ?? '')
    .split(',')
    .includes(scope)
}

/** Slack's own word for what it refused, such as `channel_not_found`. */
export function codeOf(error: unknown): string | undefined {
  const platform = error instanceof SendError ? error.cause : error
  // Slack answers whatever it is asked; what stands in for it may have no page for it.
  if (platform instanceof WebAPIHTTPError && platform.statusCode === 404) return 'unknown_method'
  return platform instanceof WebAPIPlatformError ? platform.data.error : undefined
}

function refusal(error: WebAPIPlatformError, what: string, token: string): SendError {
  const code = error.data.error
  // A proxy's error page, or half an answer, arrives here as the "code".
  if (typeof code !== 'string' || !/^[a-z_]{1,60}$/.test(code))
    return uncertain(what, 'it was no answer of Slack', error)
  if (UNKNOWN_OUTCOME.has(code)) return uncertain(what, code, error)
  if (LATER.has(code)) return limited((error.data.response_metadata?.retryAfter ?? 30) * SECOND, what, error)
  const account = ACCOUNT[code]?.(token)
  const message = `slack: cannot ${what}: ${account ?? FINAL[code] ?? 'Slack refuses it'} (${code})`
  const failure = account
    ? ({ kind: 'temporary', account: true, retryAfterMs: MINUTE } as const)
    : ({ kind: 'rejected' } as const)
  return new SendError(failure, message, { cause: error })
}

/** A 4xx other than 429 comes from a proxy on the way; Slack answers 200 whatever it refuses. */
function httpTrouble(error: WebAPIHTTPError, what: string): SendError {
  if (error.statusCode === 429) return limited(MINUTE, what, error)
  return uncertain(what, `HTTP ${error.statusCode}`, error)
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

function networkTrouble(error: WebAPIRequestError, what: string): SendError {
  const code = networkCode(error.original)
  if (code !== undefined && NEVER_LEFT.has(code)) {
    return new SendError({ kind: 'temporary' }, `slack: cannot ${what}: Slack cannot be reached (${code})`, {
      cause: error,
    })
  }
  const why =
    error.original.name === 'TimeoutError' ? 'no answer in time' : `the connection broke (${code ?? 'unknown'})`
  return uncertain(what, why, error)
}

/** `fetch` wraps the socket's error, and several of them where a name has several addresses. */
function networkCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > CAUSES_MAX) return undefined
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  if (Array.isArray(errors)) {
    const codes = errors.map((inner) => networkCode(inner, depth + 1))
    return codes.find((inner) => inner === undefined || !NEVER_LEFT.has(inner)) ?? codes[0]
  }
  return networkCode(cause, depth + 1) ?? (typeof code === 'string' ? code : undefined)
}

const CAUSES_MAX = 5
