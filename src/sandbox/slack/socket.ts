// Socket Mode's connections: tickets, hello, the limit of ten, and Slack's habit of asking a client to reconnect.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Sockets } from './envelope.ts'
import { asJson, type Json } from './json.ts'
import type { World } from './world.ts'

const SOCKETS_MAX = 10
/** How long Slack leaves a socket open after asking its client to go. */
const REFRESH_GRACE_MS = 10_000
const CONNECTION_TIME_S = 18_060

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'

export interface SocketRoom extends Sockets {
  /** Ids of the open sockets that still get envelopes. */
  open(): number[]
  /** A URL good for one connection. */
  ticket(): string
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void
  /** Asks one socket, or all, to reconnect; it gets no new envelopes from then on. */
  disconnect(reason: DisconnectReason, id?: number): void
  /** Tears all sockets down without a word. */
  drop(): void
}

interface Socket {
  id: number
  connection: WebSocket
  isLeaving: boolean
}

export function makeSocketRoom(getWorld: () => World): SocketRoom {
  const server = new WebSocketServer({ noServer: true })
  const tickets = new Set<string>()
  let sockets: Socket[] = []
  let lastId = 0
  let turn = 0

  const usable = () =>
    sockets.filter(({ connection, isLeaving }) => connection.readyState === connection.OPEN && !isLeaving)

  function welcome(connection: WebSocket): void {
    const world = getWorld()
    if (usable().length >= SOCKETS_MAX) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: {} }))
      connection.close()
      return
    }
    lastId += 1
    const socket: Socket = { id: lastId, connection, isLeaving: false }
    sockets.push(socket)
    connection.on('message', (data) => hear(world, data))
    connection.on('error', () => connection.terminate())
    connection.on('close', () => leave(world, socket))
    const debug_info = { host: 'sandbox', build_number: 1, approximate_connection_time: CONNECTION_TIME_S }
    const hello = {
      type: 'hello',
      num_connections: usable().length,
      debug_info,
      connection_info: { app_id: world.app.appId },
    }
    connection.send(JSON.stringify(hello))
    world.delivery.socketOpened()
    world.changed()
  }

  function leave(world: World, socket: Socket): void {
    sockets = sockets.filter((other) => other !== socket)
    world.delivery.socketClosed(socket.id)
    world.changed()
  }

  return {
    open: () => usable().map(({ id }) => id),
    ticket() {
      const world = getWorld()
      const ticket = world.newId('ticket-')
      tickets.add(ticket)
      return `${world.origin.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${world.app.appId}`
    },
    upgrade(request, stream, head) {
      const ticket = new URL(request.url ?? '/', 'http://sandbox').searchParams.get('ticket') ?? ''
      if (!tickets.delete(ticket)) {
        stream.on('error', () => stream.destroy())
        stream.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
        return
      }
      server.handleUpgrade(request, stream, head, welcome)
    },
    next() {
      const open = usable()
      turn += 1
      const socket = open[turn % open.length]
      return socket && { id: socket.id, send: (envelope: Json) => socket.connection.send(JSON.stringify(envelope)) }
    },
    disconnect(reason, id) {
      const world = getWorld()
      for (const socket of usable().filter((candidate) => id === undefined || candidate.id === id)) {
        socket.isLeaving = true
        socket.connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }))
        world.after(REFRESH_GRACE_MS, () => socket.connection.terminate())
      }
      world.changed()
    },
    drop() {
      for (const { connection } of sockets) connection.terminate()
    },
  }
}

function hear(world: World, data: RawData): void {
  const message = asJson(parseJson(String(data)))
  if (message.envelope_id !== undefined) world.delivery.acked(message.envelope_id, message.payload)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Slack ignores what it cannot read on a socket.
  }
}
