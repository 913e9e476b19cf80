// Where Slack comes to us instead of us going to Slack: one address that takes events, clicks, choices and commands, signed by Slack.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { atMost, type Clock, MINUTE, SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import type { RequestAccess } from './clients.ts'
import { makeDoor } from './door.ts'
import type { Envelope, HandleEnvelope, Incoming } from './envelope.ts'
import { isCertificateCheck, parseRequest, type SlackRequest } from './request.ts'
import { isSigned, isTimely } from './signature.ts'

export interface Endpoint extends Incoming {
  /** Where it listens, for whoever asked for any free port. */
  port(): number | undefined
}

/** Slack's own are far smaller; a stranger's are not read to the end. */
const BODY_BYTES_MAX = 4 * 1024 * 1024
const DRAIN_MS = 3 * SECOND

export interface EndpointTools {
  clock: Clock
  log: Log
  handle: HandleEnvelope
}

export function listenToSlack(access: RequestAccess, tools: EndpointTools): Endpoint {
  const open = new Set<Promise<void>>()
  const refused = makeRefusals(tools)
  const serveOne = (request: IncomingMessage, response: ServerResponse) => {
    const served = serve(access, { ...tools, refused }, request, response).catch((error: unknown) => {
      tools.log.error({ error: String(error) }, 'slack: a request could not be answered')
      answer(response, 500)
    })
    open.add(served)
    void served.then(() => open.delete(served)) // Its failure was answered just now.
    return served
  }
  const way = (access.door ?? makeDoor(access)).enter(access.path, serveOne)
  let problem: Error | undefined
  const firstUp = way.open.catch((error: unknown) => {
    problem = new Error(whyNot(access, error), { cause: error })
    throw problem
  })
  firstUp.catch(() => undefined) // Whoever awaits it hears of it.
  return {
    firstUp,
    up: () => (way.isOpen() ? 1 : 0),
    problem: () => problem,
    port: way.port,
    async stop() {
      way.close()
      await atMost(tools.clock, DRAIN_MS, Promise.all(open))
      await way.end()
    },
  }
}

function whyNot({ host, port }: RequestAccess, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return `slack: cannot listen on ${host}:${port}${code}; set slack.host and slack.port to an address that is free`
}

type Serving = EndpointTools & { refused: (why: string) => void }

async function serve(
  access: RequestAccess,
  tools: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') return answer(response, 405)
  const body = await readBody(request)
  if (!body) return answer(response, 413)
  const type = headerOf(request, 'content-type') ?? ''
  if (isCertificateCheck(type, body)) return answer(response, 200)
  const why = objection(access, tools.clock.now(), request, body)
  if (why !== undefined) {
    tools.refused(why)
    return answer(response, 401)
  }
  await answerTo(tools, parseRequest(type, body), request, response)
}

/** Undefined when it is Slack's and of this moment. */
function objection(
  { signingSecret, signingSecretName = 'SLACK_SIGNING_SECRET' }: RequestAccess,
  now: number,
  request: IncomingMessage,
  body: Uint8Array,
): string | undefined {
  const signed = {
    timestamp: headerOf(request, 'x-slack-request-timestamp'),
    signature: headerOf(request, 'x-slack-signature'),
  }
  if (!isTimely(signed, now)) return 'it has no time, or one more than five minutes from our clock'
  return isSigned(signingSecret, signed, body) ? undefined : `its signature is not made with ${signingSecretName}`
}

async function answerTo(
  tools: Serving,
  said: SlackRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (said.kind) {
    case 'challenge':
      return answer(response, 200, { challenge: said.challenge })
    case 'rate-limited':
      tools.log.error('slack: Slack holds events back, because there are too many of them in an hour')
      return answer(response, 200)
    case 'unreadable':
      tools.log.error('slack: a signed request could not be read')
      return answer(response, 400, undefined, { 'x-slack-no-retry': '1' }) // The same bytes would come again.
    default:
      await tools.handle(envelopeOf(said, request, response))
      // Nobody took it: an event is sent again, and a person hears that it did not work.
      if (!response.headersSent) answer(response, 500)
  }
}

const TYPES = { event: 'events_api', click: 'interactive', command: 'slash_commands' } as const

function envelopeOf(
  { kind, body }: Extract<SlackRequest, { body: unknown }>,
  request: IncomingMessage,
  response: ServerResponse,
): Envelope {
  const retryNum = Number.parseInt(headerOf(request, 'x-slack-retry-num') ?? '', 10)
  return {
    type: TYPES[kind],
    body,
    retryNum: Number.isNaN(retryNum) ? undefined : retryNum,
    async ack(said) {
      if (!response.headersSent) answer(response, 200, said)
    },
  }
}

function answer(response: ServerResponse, status: number, said?: unknown, headers: Record<string, string> = {}): void {
  if (response.headersSent) return
  if (said === undefined || said === '') response.writeHead(status, headers).end()
  else if (typeof said === 'string') response.writeHead(status, { ...headers, 'content-type': 'text/plain' }).end(said)
  else response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(said))
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Strangers may knock as often as they like: the log says it once a minute. */
function makeRefusals({ clock, log }: Pick<EndpointTools, 'clock' | 'log'>): (why: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY
  return (why) => {
    if (clock.monotonic() - saidAt < MINUTE) return
    saidAt = clock.monotonic()
    log.warn({ why }, 'slack: a request was refused')
  }
}
