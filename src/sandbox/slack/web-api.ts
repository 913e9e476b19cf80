// The Web API's door: finds the method, checks token, scope, rate and arguments, lets ordered faults strike, and logs.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, type Method, type Methods, missingScope, type Refusal, refuse, refuseBecause } from './answer.ts'
import { basicMethods } from './basics.ts'
import { chatMethods } from './chat.ts'
import { conversationMethods } from './conversations.ts'
import { describeFault, type Fault, isStored } from './faults.ts'
import { fileMethods } from './files.ts'
import { historyMethods } from './history.ts'
import { answerJson, answerText, bearer, readArguments } from './http.ts'
import { asText, type Json } from './json.ts'
import { reactionMethods } from './reactions.ts'
import { objectionTo } from './tokens.ts'
import { userMethods } from './users.ts'
import { viewMethods } from './views.ts'
import type { Call, World } from './world.ts'

const METHODS: Methods = {
  ...basicMethods,
  ...chatMethods,
  ...conversationMethods,
  ...historyMethods,
  ...userMethods,
  ...reactionMethods,
  ...fileMethods,
  ...viewMethods,
}

const RESTRICTED_PER_MINUTE = 1
const CALLS_KEPT_MAX = 100_000

/** Answers one call. Resolves when answered, or at once when a fault keeps the caller waiting for ever. */
export async function serveMethod(
  world: World,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) {
  const read = await readArguments(request, body)
  const { token: bodyToken, ...args } = typeof read === 'string' ? {} : read
  const token = bearer(request) ?? asText(bodyToken)
  const call: Call = { method: name, args, at: world.clock.now(), token: tokenKind(world, token), outcome: '' }
  note(world, call)
  const fault = world.faults.take(name)
  if (fault && !isStored(fault)) strike(fault, call, response)
  else {
    const answer = typeof read === 'string' ? refuse(read) : act(world, name, call, token)
    if (fault) strike(fault, call, response)
    else reply(world, METHODS[name], call, answer, response)
  }
  world.changed()
}

/** Keeps the record of calls from growing without end. */
export function note({ log }: World, call: Call): void {
  if (log.length >= CALLS_KEPT_MAX) log.shift()
  log.push(call)
}

function act(world: World, name: string, call: Call, token: string | undefined): Answer {
  const method = METHODS[name]
  if (!method) return refuse('unknown_method', { req_method: name })
  const refusal = checkToken(world, method, token) ?? checkRate(world, name, method, call.args)
  if (refusal) return refusal
  const missing = method.required?.filter((field) => call.args[field] === undefined || call.args[field] === '') ?? []
  if (missing.length > 0) {
    return refuseBecause(
      'invalid_arguments',
      missing.map((field) => `missing required field: ${field}`),
    )
  }
  const args = parseJsonArguments(method, call.args)
  return typeof args === 'string' ? refuse(args) : method.run(world, args)
}

function checkToken(world: World, method: Method, token: string | undefined): Refusal | undefined {
  const { grant } = world
  if (method.token === 'none') return undefined
  if (!token) return refuse('not_authed')
  const objection = objectionTo(world, token)
  if (objection !== undefined) return refuse(objection)
  const kind = token === grant.appToken ? 'app' : 'bot'
  if (method.token !== 'any' && method.token !== kind) return refuse('not_allowed_token_type')
  if (kind === 'bot' && method.scope && !grant.scopes.has(method.scope)) return missingScope(world, method.scope)
  return undefined
}

function checkRate(world: World, name: string, method: Method, args: Json): Refusal | undefined {
  const isHistory = name === 'conversations.history' || name === 'conversations.replies'
  const isRestricted = isHistory && world.settings.history === 'restricted'
  if (world.settings.limits === 'off' && !isRestricted) return undefined
  const channel = asText(args.channel)
  const retryAfterS = world.limits.admit({
    method: name,
    tier: method.tier,
    ...(channel && { channel }),
    ...(isRestricted && { perMinute: RESTRICTED_PER_MINUTE }),
  })
  return retryAfterS ? refuse('ratelimited', { retryAfterS }) : undefined
}

/** Form bodies carry structures as JSON text. What is no JSON is refused in the words of the argument. */
function parseJsonArguments(method: Method, args: Json): Json | string {
  const parsed = { ...args }
  for (const field of method.json ?? []) {
    const value = parsed[field]
    if (typeof value !== 'string') continue
    try {
      parsed[field] = value === '' ? undefined : JSON.parse(value)
    } catch {
      return { blocks: 'invalid_blocks_format', metadata: 'invalid_metadata_format' }[field] ?? 'invalid_arguments'
    }
  }
  return parsed
}

function tokenKind({ grant }: World, token: string | undefined): Call['token'] {
  if (!token) return 'none'
  if (grant.active.has(token)) return 'bot'
  return token === grant.appToken ? 'app' : 'unknown'
}

function reply(world: World, method: Method | undefined, call: Call, answer: Answer, response: ServerResponse): void {
  call.outcome = answer.ok ? 'ok' : String(answer.error)
  const headers: Record<string, string> = {}
  if (call.token === 'bot') headers['x-oauth-scopes'] = [...world.grant.scopes].join(',')
  if (method?.scope) headers['x-accepted-oauth-scopes'] = method.scope
  if (!answer.ok && answer.error === 'ratelimited') {
    headers['retry-after'] = String(answer.retryAfterS)
    answerJson(response, { ok: false, error: 'ratelimited' }, headers, 429)
  } else answerJson(response, answer, headers)
}

/** What the caller notices of a fault; the deed, if stored, is done already. */
export function strike(fault: Fault, call: Pick<Call, 'outcome'>, response: ServerResponse): void {
  call.outcome = describeFault(fault)
  if ('error' in fault) answerJson(response, { ok: false, error: fault.error })
  else if ('reset' in fault) response.socket?.destroy()
  else if ('retryAfterS' in fault) {
    answerJson(response, { ok: false, error: 'ratelimited' }, { 'retry-after': String(fault.retryAfterS) }, 429)
  } else if ('status' in fault) answerText(response, 'Server error', fault.status)
}
