// What every Web API method is made of: its rules, its arguments, and the two sorts of answer Slack gives.
import type { Json } from './json.ts'
import type { World } from './world.ts'

export interface Refusal {
  ok: false
  error: string
  [more: string]: unknown
}

export type Answer = { ok: true; [more: string]: unknown } | Refusal

/** Requests a minute and workspace; `post` is one a second and channel, `special` is Slack's "hundreds a minute". */
export type Tier = 1 | 2 | 3 | 4 | 'post' | 'special'

export interface Method {
  tier: Tier
  /** The scope the token must carry. Methods whose scope depends on the conversation's type check it themselves. */
  scope?: string
  token: 'bot' | 'app' | 'any' | 'none'
  required?: readonly string[]
  /** Arguments that arrive as JSON text in a form body. */
  json?: readonly string[]
  run(world: World, args: Json): Answer
}

export type Methods = Record<string, Method>

export function refuse(error: string, more: Json = {}): Refusal {
  return { ...more, ok: false, error }
}

/** `invalid_arguments` and its kin say what was wrong the way Slack does, in `response_metadata.messages`. */
export function refuseBecause(error: string, reasons: readonly string[], more: Json = {}): Refusal {
  return refuse(error, { ...more, response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) } })
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false && 'error' in value
}

export function missingScope(world: World, needed: string): Refusal {
  return refuse('missing_scope', { needed, provided: [...world.grant.scopes].join(',') })
}
