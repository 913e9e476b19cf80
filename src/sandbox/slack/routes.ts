// The stand-in's one server: the Web API, file bytes, response URLs and Socket Mode behind a single local address.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isStored } from './faults.ts'
import { mimeType } from './file-record.ts'
import { acceptUpload } from './files.ts'
import { answerText, bearer, readArguments, readBody, readMultipart } from './http.ts'
import { respond } from './response-url.ts'
import type { SocketRoom } from './socket.ts'
import { objectionTo } from './tokens.ts'
import { note, serveMethod, strike } from './web-api.ts'
import type { World } from './world.ts'

const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>'

export interface Listening {
  origin: string
  stop(): Promise<void>
}

/** Starts listening; the world is asked for with each request, since it needs the address first. */
export async function listen(port: number, getWorld: () => World, sockets: SocketRoom): Promise<Listening> {
  const server = createServer((request, response) => {
    // A request that fails here is our own mistake: it must reach the caller as a 500 and not end the process.
    serve(getWorld(), request, response).catch((error: unknown) => {
      if (!response.headersSent) answerText(response, `the Slack stand-in failed: ${String(error)}`, 500)
    })
  })
  server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => stopServer(server, sockets),
  }
}

async function stopServer(server: Server, sockets: SocketRoom): Promise<void> {
  sockets.drop()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections() // Calls that hang by order end here.
  })
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request)
  if (!body) return answerText(response, 'request too large', 413)
  const path = new URL(request.url ?? '/', 'http://sandbox').pathname
  const [, room, ...rest] = path.split('/')
  const name = rest.join('/')
  if (room === 'api') return serveMethod(world, name, request, response, body)
  if (room === 'upload' && request.method === 'POST')
    return serveUpload(world, rest.at(-1) ?? '', request, response, body)
  if (room === 'files-pri') return serveDownload(world, rest[0] ?? '', request, response)
  if (room === 'response' && request.method === 'POST') {
    const read = await readArguments(request, body)
    if (typeof read !== 'string') world.delivery.answers.push(read)
    const { status, text } = typeof read === 'string' ? { status: 400, text: read } : respond(world, name, read)
    return answerText(response, text, status)
  }
  answerText(response, 'not found', 404)
}

async function serveUpload(
  world: World,
  fileId: string,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) {
  const call = {
    method: 'upload',
    args: { file: fileId, bytes: body.length },
    at: world.clock.now(),
    token: 'none' as const,
    outcome: 'ok',
  }
  note(world, call)
  const fault = world.faults.take('upload')
  if (fault && !isStored(fault)) return strike(fault, call, response)
  const isForm = request.headers['content-type']?.startsWith('multipart/form-data')
  const fields = isForm ? Object.values(await readMultipart(request, body)) : [new Uint8Array(body)]
  const bytes = fields.find((field) => field instanceof Uint8Array)
  const file = bytes && acceptUpload(world, fileId, bytes)
  if (fault) return strike(fault, call, response)
  if (!file) call.outcome = 'refused'
  answerText(
    response,
    file ? `OK - ${file.bytes.length}` : 'upload does not match what was announced',
    file ? 200 : 400,
  )
}

function serveDownload(world: World, slug: string, request: IncomingMessage, response: ServerResponse): void {
  const call = {
    method: 'download',
    args: { file: slug },
    at: world.clock.now(),
    token: 'none' as const,
    outcome: 'ok',
  }
  note(world, call)
  const fault = world.faults.take('download')
  if (fault) strike(fault, call, response)
  else call.outcome = answerFile(world, slug, bearer(request), response)
}

/** Without a good token or the scope, Slack shows a login page and calls it a success. */
function answerFile(world: World, slug: string, token: string | undefined, response: ServerResponse): string {
  const file = world.workspace.files.get(slug.slice(slug.indexOf('-') + 1))
  const { grant } = world
  const isBot = token !== undefined && token !== grant.appToken && objectionTo(world, token) === undefined
  const isAllowed = isBot && grant.scopes.has('files:read')
  if (!isAllowed) answerText(response, LOGIN_PAGE, 200, 'text/html')
  else if (!file) answerText(response, 'not found', 404)
  else {
    response.writeHead(200, { 'content-type': mimeType(file.name), 'content-length': file.bytes.length })
    response.end(file.bytes)
  }
  if (!isAllowed) return 'login page'
  return file ? 'ok' : 'file_not_found'
}
