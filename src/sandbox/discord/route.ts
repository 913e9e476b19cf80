// What every REST route is made of, and how a path finds its route.
import type { Json } from '../slack/json.ts'
import type { Upload } from './http.ts'
import type { App } from './records.ts'
import { refuse } from './refusal.ts'
import type { World } from './world.ts'

export interface Ask {
  /** Who asks. Routes without authentication have a token in their path instead. */
  app: App
  params: Record<string, string>
  query: Record<string, string>
  body: Json
  list: unknown[] | undefined
  files: Upload[]
}

export interface Route {
  auth?: 'none'
  /** 200 unless said; no value is 204. */
  status?: number
  run(world: World, ask: Ask): unknown
}

/** By `GET /users/@me`; a name after a colon stands for one segment. */
export type Routes = Record<string, Route>

export interface Found {
  name: string
  route: Route
  params: Record<string, string>
  /** Whose rate limit bucket it is: the channel's, the guild's or the webhook's. */
  major: string
}

const MAJORS = ['channel', 'guild', 'webhook', 'token']

export function routeFinder(routes: Routes): (method: string, path: string) => Found | 404 | 405 {
  const known = Object.entries(routes).map(([name, route]) => ({
    name,
    route,
    segments: (name.split(' ')[1] ?? '').split('/'),
  }))
  // A literal segment wins over one that takes anything.
  known.sort((a, b) => variables(a.segments) - variables(b.segments))
  return (method, path) => {
    const fitting = known.flatMap((entry) => {
      const params = match(entry.segments, path.split('/'))
      return params ? [{ ...entry, params }] : []
    })
    const found = fitting.find(({ name }) => name.startsWith(`${method} `))
    if (!found) return fitting.length > 0 ? 405 : 404
    const major = MAJORS.map((name) => found.params[name] ?? '').join(' ')
    return { name: found.name, route: found.route, params: found.params, major }
  }
}

function match(segments: string[], path: string[]): Record<string, string> | undefined {
  if (segments.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const given = path[index] ?? ''
    if (segment.startsWith(':')) params[segment.slice(1)] = decode(given)
    else if (segment !== given) return undefined
  }
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // It names nothing; whoever asks is told so.
  }
}

function variables(segments: string[]): number {
  return segments.filter((segment) => segment.startsWith(':')).length
}

export function param(ask: Ask, name: string): string {
  return ask.params[name] ?? refuse(10003)
}
