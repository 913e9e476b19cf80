// A Slack of somebody else's, written from Slack's own documentation and not from our stand-in: it answers what it must and
// nothing besides, so that whoever relies on more is found out.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

type Fields = Record<string, unknown>

export interface Call {
  method: string
  args: Fields
  atMs: number
}

export interface PlainSlack {
  url: string
  calls: Call[]
  /** What the methods answer instead; a function that returns nothing leaves it to the usual answer. */
  answers: Record<string, (args: Fields) => Fields | Raw | undefined>
  sockets(): number
  tell(event: Fields, more?: Fields): Promise<Fields>
  /** A click, a form or a command; resolves to what the app says to it. */
  push(type: 'interactive' | 'slash_commands', payload: Fields): Promise<Fields>
  /** The last call of this method whose arguments say these words. */
  find(method: string, words?: string): Call | undefined
}

/** An answer that is not Slack's usual JSON. */
export interface Raw {
  status: number
  headers?: Record<string, string>
  body: string
}

export const TEAM = 'T0PLAIN'
export const BOT = 'U0PLAINBOT'
export const ANA = 'U0ANA'
export const LEA = 'W0LEA'
export const MIA = 'U0MIA'
export const DESK = 'G0DESK'
export const SHOP = 'C0SHOP'

const isRaw = (answer: Fields | Raw): answer is Raw =>
  typeof answer.status === 'number' && typeof answer.body === 'string'

export async function startPlainSlack(): Promise<PlainSlack> {
  const calls: Call[] = []
  const answers: PlainSlack['answers'] = {}
  const sockets: WebSocket[] = []
  const waiting = new Map<string, (payload: Fields) => void>()
  let count = 0
  let origin = ''

  const usual: PlainSlack['answers'] = {
    'auth.test': () => ({ ok: true, team_id: TEAM, user_id: BOT }),
    'apps.connections.open': () => ({ ok: true, url: `${origin.replace('http', 'ws')}/link` }),
    'conversations.info': ({ channel }) => ({ ok: true, channel: { id: channel, name: 'a-name' } }),
    'conversations.members': () => ({ ok: true, members: [BOT, ANA] }),
    'users.info': ({ user }) =>
      user === BOT
        ? { ok: false, error: 'user_not_found' }
        : { ok: true, user: { id: user, name: String(user).toLowerCase() } },
    'chat.postMessage': () => ({ ok: true, channel: 'a-name', ts: `170000${String(++count).padStart(4, '0')}.000100` }),
    'chat.update': () => ({ ok: true }),
    'chat.postEphemeral': () => ({ ok: true }),
    'views.open': () => ({ ok: true, view: { id: `V${++count}` } }),
    'views.push': () => ({ ok: true, view: { id: `V${++count}` } }),
    'views.update': () => ({ ok: true, view: { id: `V${++count}` } }),
    'views.publish': () => ({ ok: true }),
  }

  const server = createServer((request, response) => void serve(request, response))
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const method = (request.url ?? '').replace('/api/', '')
    const isJson = request.headers['content-type']?.startsWith('application/json') === true
    const args: Fields = isJson ? JSON.parse(body) : Object.fromEntries([...new URLSearchParams(body)].map(read))
    calls.push({ method, args, atMs: performance.now() })
    const unknown = { ok: false, error: 'unknown_method' }
    const answer = answers[method]?.(args) ?? usual[method]?.(args) ?? unknown
    if (isRaw(answer)) response.writeHead(answer.status, answer.headers).end(answer.body)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  const socketServer = new WebSocketServer({ server, path: '/link' })
  socketServer.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('close', () => sockets.splice(sockets.indexOf(socket), 1))
    socket.on('message', (data) => {
      const { envelope_id: id, payload = {} } = JSON.parse(String(data))
      waiting.get(id)?.(payload)
    })
    socket.send('{"type":"hello"}')
  })

  function send(type: string, payload: Fields): Promise<Fields> {
    const id = `e${++count}`
    const answered = new Promise<Fields>((resolve) => waiting.set(id, resolve))
    // Every socket is told: which one listens is not for a server to know.
    for (const socket of sockets) socket.send(JSON.stringify({ type, envelope_id: id, payload }))
    return answered
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(async () => {
    for (const socket of sockets) socket.terminate()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `${origin}/api/`,
    calls,
    answers,
    sockets: () => sockets.length,
    tell: (event, more = {}) =>
      send('events_api', { type: 'event_callback', team_id: TEAM, event_id: `Ev${++count}`, event, ...more }),
    push: send,
    find: (method, words = '') =>
      calls.findLast((call) => call.method === method && JSON.stringify(call.args).includes(words)),
  }
}

/** Nested values come as JSON in a form. */
function read([key, value]: [string, string]): [string, unknown] {
  try {
    return [key, /^[[{]/.test(value) ? JSON.parse(value) : value]
  } catch {
    return [key, value]
  }
}
