// REST's door: finds the route, checks token and rate, lets ordered faults strike, and keeps the record of calls.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SECOND } from '../../clock.ts'
import { describeFault, type Fault, isStored } from './faults.ts'
import { answerText, answerWith, type Body, readBody, readBytes } from './http.ts'
import { appOfToken } from './identify.ts'
import type { Bucket } from './limits.ts'
import type { App } from './records.ts'
import { refusalIn, refusalOf, refuse, refuseRoute } from './refusal.ts'
import { type Found, routeFinder } from './route.ts'
import { ROUTES } from './routes.ts'
import { archiveIdle } from './thread.ts'
import type { Call, World } from './world.ts'

const CALLS_KEPT_MAX = 100_000
const NOBODY: App = {
  id: '0',
  name: '',
  token: '',
  privileged: 0,
  shards: 1,
  maxConcurrency: 1,
  identifies: { left: 0, total: 0, resetAt: 0 },
  commands: new Map(),
}

const find = routeFinder(ROUTES)

interface Reply {
  status: number
  value: unknown
  headers: Record<string, string>
}

/** Answers one call. Resolves when answered, or at once when a fault keeps the caller waiting. */
export async function serveRest(world: World, path: string, request: IncomingMessage, response: ServerResponse) {
  const bytes = await readBytes(request, world.settings.requestBytesMax)
  const method = request.method ?? 'GET'
  const found = find(method, path)
  const route = typeof found === 'number' ? `${method} ?` : found.name
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://sandbox').searchParams)
  const call: Call = { method, path, query, route, body: {}, files: [], at: world.clock.now(), status: 0, outcome: '' }
  note(world, call)
  const body = bytes && (await readBody(request, bytes))
  if (body) Object.assign(call, { body: body.list ? { list: body.list } : body.json, files: namesOf(body) })
  archiveIdle(world)
  const fault = world.faults.take(route)
  const app = appOfRequest(world, request)
  const reply = fault && !isStored(fault) ? undefined : act(world, { found, app, call, body, isTooLarge: !bytes })
  if (reply) call.status = reply.status
  if (fault) strike(world, fault, call, response, reply)
  else if (reply) answerWith(response, reply.status, reply.value, reply.headers)
  countInvalid(world, call)
  world.changed()
}

interface Asked {
  found: Found | 404 | 405
  app: App | undefined
  call: Call
  body: Body | undefined
  isTooLarge: boolean
}

function act(world: World, { found, app, call, body, isTooLarge }: Asked): Reply {
  const headers: Record<string, string> = {}
  try {
    if (typeof found === 'number') refuseRoute(found)
    const asker = found.route.auth === 'none' ? NOBODY : (app ?? refuse(0))
    const limited = checkRate(world, found, asker, headers)
    if (limited) return limited
    if (isTooLarge) refuse(40005)
    const { json, list, files } = body ?? refuse(50109)
    const ask = { app: asker, params: found.params, query: call.query, body: json, list, files }
    const value = found.route.run(world, ask)
    call.outcome = 'ok'
    return { status: value === undefined ? 204 : (found.route.status ?? 200), value, headers }
  } catch (thrown) {
    const refusal = refusalIn(thrown)
    if (!refusal) throw thrown
    const { status, ...value } = refusal
    call.outcome = String(refusal.code)
    return resourceLimited(status, value, headers)
  }
}

function namesOf({ files }: Body): string[] {
  return files.map(({ name }) => name)
}

function appOfRequest(world: World, request: IncomingMessage): App | undefined {
  const token = /^Bot (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return token === undefined ? undefined : appOfToken(world, token)
}

/** Fills in the headers every answer carries; what must wait gets its answer here. */
function checkRate(world: World, found: Found, app: App, headers: Record<string, string>): Reply | undefined {
  if (world.settings.limits === 'off') return undefined
  const admission = world.limits.admit(app.id, found.name, found.major)
  if (admission.kind === 'banned') {
    return { status: 429, value: 'error code: 1015', headers: { 'retry-after': '600' } }
  }
  Object.assign(headers, bucketHeaders(admission.bucket))
  if (admission.kind === 'pass') return undefined
  return tooMany(admission.retryAfterMs / SECOND, admission.isGlobal, headers)
}

function tooMany(retryAfterS: number, isGlobal: boolean, headers: Record<string, string>, scope = 'user'): Reply {
  const value = { message: 'You are being rate limited.', retry_after: retryAfterS, global: isGlobal }
  const said = {
    ...headers,
    'retry-after': String(Math.ceil(retryAfterS)),
    'x-ratelimit-scope': isGlobal ? 'global' : scope,
    ...(isGlobal && { 'x-ratelimit-global': 'true' }),
    via: '1.1 google',
  }
  return { status: 429, value, headers: said }
}

/** Some refusals are limits of their own and say when to come back. */
function resourceLimited(status: number, value: object, headers: Record<string, string>): Reply {
  if (status !== 429) return { status, value, headers }
  return { status, value: { ...value, retry_after: 1, global: false }, headers: { ...headers, 'retry-after': '1' } }
}

function bucketHeaders({ hash, max, left, resetAt, resetAfterMs }: Bucket): Record<string, string> {
  return {
    'x-ratelimit-bucket': hash,
    'x-ratelimit-limit': String(max),
    'x-ratelimit-remaining': String(left),
    'x-ratelimit-reset': (resetAt / SECOND).toFixed(3),
    'x-ratelimit-reset-after': (resetAfterMs / SECOND).toFixed(3),
  }
}

/** What the caller notices of a fault; the deed, if stored, is done already. */
function strike(world: World, fault: Fault, call: Call, response: ServerResponse, reply: Reply | undefined) {
  call.outcome = describeFault(fault)
  if ('delayMs' in fault) {
    return void world.after(fault.delayMs, () =>
      answerWith(response, reply?.status ?? 500, reply?.value, reply?.headers),
    )
  }
  if ('reset' in fault || 'close' in fault) return breakOff(fault, response)
  if ('hang' in fault) return
  if ('code' in fault) {
    const { status, ...value } = refusalOf(fault.code)
    call.status = status
    const reply = resourceLimited(status, value, {})
    return answerWith(response, status, reply.value, reply.headers)
  }
  call.status = fault.status
  if (fault.status !== 429) return answerText(response, fault.status, 'Server error')
  const { value, headers } = tooMany(fault.retryAfterS, fault.isGlobal ?? false, {}, fault.scope)
  answerWith(response, 429, value, headers)
  // What is shared with others is no fault of the caller's.
  if (fault.scope === 'shared') call.outcome = '429 shared'
}

export function breakOff(fault: object, response: ServerResponse): void {
  if ('reset' in fault) response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}

function countInvalid(world: World, { status, outcome }: Call): void {
  if ((status === 401 || status === 403 || status === 429) && outcome !== '429 shared') world.limits.noteInvalid()
}

export function note({ log }: World, call: Call): void {
  if (log.length >= CALLS_KEPT_MAX) log.shift()
  log.push(call)
}
