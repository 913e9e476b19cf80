// The stand-in's one server: REST, gateway and files behind a single local address.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { breakOff, note, serveRest } from './door.ts'
import { describeFault } from './faults.ts'
import type { Gateway } from './gateway.ts'
import { answerText } from './http.ts'
import { openLink } from './link.ts'
import type { Attachment } from './records.ts'
import type { Call, World } from './world.ts'

const REST = /^\/api(?:\/v(9|10))?(\/.*)$/
const FILES = /^\/(media\/)?(ephemeral-)?attachments\//
const GONE = 'This content is no longer available.'

export interface Listening {
  origin: string
  stop(): Promise<void>
}

/** Starts listening; the world is asked for with each request, since it needs the address first. */
export async function listen(port: number, getWorld: () => World, gateway: Gateway): Promise<Listening> {
  const server = createServer((request, response) => {
    // A request that fails here is our own mistake: it must reach the caller as a 500 and not end the process.
    serve(getWorld(), request, response).catch((error: unknown) => {
      if (!response.headersSent) answerText(response, 500, `the Discord stand-in failed: ${String(error)}`)
    })
  })
  server.on('upgrade', (request, stream, head) => gateway.upgrade(request, stream, head))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => stopServer(server, gateway),
  }
}

async function stopServer(server: Server, gateway: Gateway): Promise<void> {
  gateway.drop()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections() // Calls that hang by order end here.
  })
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox')
  const rest = REST.exec(url.pathname)
  if (rest) return serveRest(world, rest[2] ?? '/', request, response)
  request.resume()
  if (FILES.test(url.pathname)) return serveFile(world, url, response)
  answerText(response, 404, 'not found')
}

function serveFile(world: World, url: URL, response: ServerResponse): void {
  const route = 'GET /attachments'
  const file = openLink(world, url)
  const call: Call = {
    method: 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    route,
    body: {},
    files: [],
    at: world.clock.now(),
    status: 404,
    outcome: 'gone',
  }
  note(world, call)
  const fault = world.faults.take(route)
  if (fault) call.outcome = describeFault(fault)
  else if (file) Object.assign(call, { status: 200, outcome: 'ok' })
  if (fault && ('reset' in fault || 'close' in fault)) breakOff(fault, response)
  else if (fault && 'delayMs' in fault) world.after(fault.delayMs, () => answerFile(file, response))
  else if (fault && 'status' in fault) {
    call.status = fault.status
    answerText(response, fault.status, 'Server error')
  } else if (!fault) answerFile(file, response)
  world.changed()
}

function answerFile(file: Attachment | undefined, response: ServerResponse) {
  if (!file) return answerText(response, 404, GONE)
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length })
  response.end(file.bytes)
}
