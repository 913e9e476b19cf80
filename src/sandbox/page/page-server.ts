// Serves the page on this machine alone: to nobody who came from another site, and under no other name.
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SECOND, systemClock } from '../../clock.ts'
import { actSchema } from './act.ts'
import { drawDocument } from './document.ts'
import { lookAtScene } from './hint.ts'
import { drawPanes, PANES, type Pane } from './panes.ts'
import type { Playhouse } from './playhouse.ts'
import type { Seat } from './seat.ts'

export interface PageServer {
  url: string
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const BODY_BYTES_MAX = 12_000_000
const LOOK_MS = SECOND / 4
const VIEWERS_MAX = 20
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/** Somebody's open page: what it shows of each pane. */
interface Viewer {
  seat: Seat
  response: ServerResponse
  shown: Partial<Record<Pane, string>>
}

export async function servePage(house: Playhouse, port: number): Promise<PageServer> {
  const viewers = new Set<Viewer>()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const files = await readFiles()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, 500, String(error)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, HOST, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  const hosts = [`${HOST}:${bound}`, `localhost:${bound}`]

  const show = (viewer: Viewer) => {
    const panes = drawPanes(house, viewer.seat, zone)
    const changed = PANES.filter((pane) => viewer.shown[pane] !== panes[pane].html)
    if (changed.length === 0) return
    for (const pane of changed) viewer.shown[pane] = panes[pane].html
    const told = Object.fromEntries(changed.map((pane) => [pane, panes[pane].html]))
    viewer.response.write(`data: ${JSON.stringify(told)}\n\n`)
  }
  const stopLooking = systemClock().every(LOOK_MS, async () => {
    if (viewers.size === 0) return
    house.program.look()
    await house.trainer.tick()
    await house.post.look()
    for (const viewer of viewers) {
      lookAtScene(house, viewer.seat)
      show(viewer)
    }
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '' } = request.headers
    if (!hosts.includes(host)) return refuse(response, 421, 'This page answers to 127.0.0.1 and localhost only.')
    if (isForeign(request, host)) return refuse(response, 403, 'This page takes nothing from other sites.')
    const path = new URL(request.url ?? '/', `http://${host}`).pathname
    const id = seatOf(request)
    if (request.method === 'POST' && path === '/do') return await take(request, response, house.seats.get(id))
    if (request.method !== 'GET') return refuse(response, 405, 'Only the page itself is here.')
    if (path === '/events') return watch(response, house.seats.get(id))
    const file = files.get(path)
    if (file) return send(response, 200, file.type, file.text)
    if (path !== '/') return refuse(response, 404, 'There is nothing here but the page.')
    const seat = id || randomBytes(12).toString('hex')
    response.setHeader('Set-Cookie', `seat=${seat}; Path=/; HttpOnly; SameSite=Strict`)
    const panes = drawPanes(house, house.seats.get(seat), zone)
    send(response, 200, 'text/html', drawDocument(panes).html)
  }

  function watch(response: ServerResponse, seat: Seat): void {
    if (viewers.size >= VIEWERS_MAX) {
      refuse(response, 503, 'Too many pages are open; close some.')
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    const viewer: Viewer = { seat, response, shown: {} }
    viewers.add(viewer)
    response.on('close', () => viewers.delete(viewer))
    show(viewer)
  }

  async function take(request: IncomingMessage, response: ServerResponse, seat: Seat): Promise<void> {
    const read = actSchema.safeParse(await readJson(request))
    if (!read.success) return refuse(response, 400, 'The page asked for something unknown; reload it.')
    let told: unknown = {}
    try {
      told = (await house.act(seat, read.data)) ?? {}
      if (seat.hint?.kind === 'wrong') seat.hint = undefined
    } catch (error) {
      seat.hint = { kind: 'wrong', text: (error as Error).message }
    }
    for (const viewer of viewers) if (viewer.seat === seat) show(viewer)
    send(response, 200, 'application/json', JSON.stringify(told))
  }

  return {
    url: `http://${HOST}:${bound}/`,
    async stop() {
      stopLooking()
      for (const { response } of viewers) response.end()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isForeign({ headers, method }: IncomingMessage, host: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  // A browser always says from where it posts.
  if (origin === undefined ? method === 'POST' : origin !== `http://${host}`) return true
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

function seatOf({ headers }: IncomingMessage): string {
  return /(?:^|; )seat=([0-9a-f]{24})(?:;|$)/.exec(headers.cookie ?? '')?.[1] ?? ''
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk as Buffer)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

async function readFiles(): Promise<Map<string, { type: string; text: string }>> {
  const own = (name: string) => readFile(join(import.meta.dirname, name), 'utf8')
  const morphdom = createRequire(import.meta.url)
    .resolve('morphdom')
    .replace(/[^/\\]+$/, 'morphdom-esm.js')
  const script = 'text/javascript'
  const browser = await readdir(join(import.meta.dirname, 'browser'))
  const scripts = browser.map(
    async (name) => [`/${name}`, { type: script, text: await own(`browser/${name}`) }] as const,
  )
  return new Map([
    ['/style.css', { type: 'text/css', text: await own('style.css') }],
    ['/page.css', { type: 'text/css', text: await own('page.css') }],
    ...(await Promise.all(scripts)),
    ['/morphdom.js', { type: script, text: await readFile(morphdom, 'utf8') }],
  ])
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  })
  response.end(text)
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) response.end()
  else send(response, status, 'text/plain', `${why}\n`)
}
