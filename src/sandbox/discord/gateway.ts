// The gateway: sockets come and go, sessions stay for a while, and tests may break either.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Json } from '../slack/json.ts'
import { CLOSE, closeWith } from './close-code.ts'
import { type Connection, connect, type Handlers, OP } from './connection.ts'
import { appOfToken, greet, judgeIdentify } from './identify.ts'
import { membersChunk } from './members-chunk.ts'
import { makeSessions, type Session, type Sessions } from './session.ts'
import type { World } from './world.ts'
import { writer } from './writer.ts'

const VERSIONS: readonly string[] = ['9', '10']

export interface Gateway {
  sessions: Sessions
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void
  /** Sessions with an open connection. */
  connected(): Session[]
  /** Asks every client to reconnect and resume, as Discord does now and then (op 7). */
  reconnect(): void
  /** Op 9. Not resumable, the session and what was missed in it are gone. */
  invalidate(isResumable: boolean): void
  /** Closes every connection with this code, as Discord does in trouble. */
  close(code: number): void
  /** Tears every connection down without a word. Sessions can be resumed. */
  drop(): void
  /** Forgets every session, so that resuming fails. */
  forget(): void
  /** Asks every client for a heartbeat at once (op 1). */
  askHeartbeat(): void
}

export function makeGateway(getWorld: () => World): Gateway {
  const server = new WebSocketServer({ noServer: true })
  const connections = new Set<Connection>()
  const startedAt = new Map<string, number>()
  let sessions: Sessions | undefined
  const getSessions = () => {
    sessions ??= makeSessions(getWorld())
    return sessions
  }

  const handlers: Handlers = {
    identify(connection, d) {
      const world = getWorld()
      const judged = judgeIdentify(world, d, startedAt)
      if (judged.kind === 'close') return closeWith(connection.socket, judged.why)
      if (judged.kind === 'too-soon') return connection.send(OP.invalid, false)
      const { app, intents, shard } = judged
      const session = getSessions().add({ app, intents, shard })
      attach(connection, session)
      greet(world, getSessions(), session)
      world.changed()
    },
    resume: (connection, d) => resume(getWorld(), connection, d),
    members: (session, d) => membersChunk(getWorld(), getSessions(), session, d),
    left(connection, code) {
      connections.delete(connection)
      const { session } = connection
      if (session && session.out === connection.dispatch) {
        Object.assign(session, { out: undefined, lostAt: getWorld().clock.now() })
        // A client that says goodbye gives its session up.
        if (code === 1000 || code === 1001) getSessions().open.delete(session.id)
      }
      getWorld().changed()
    },
  }

  function resume(world: World, connection: Connection, d: Json) {
    const app = appOfToken(world, d.token)
    if (!app) return closeWith(connection.socket, CLOSE.authentication)
    const session = getSessions().find(app, d.session_id)
    const seq = Number(d.seq)
    if (session && !(seq <= session.seq)) {
      getSessions().open.delete(session.id)
      return closeWith(connection.socket, CLOSE.sequence)
    }
    const missed = session && getSessions().missed(session, seq)
    if (!session || !missed) return connection.send(OP.invalid, false)
    attach(connection, session)
    for (const frame of missed) connection.dispatch(frame)
    getSessions().dispatch(session, 'RESUMED', { _trace: ['sandbox'] })
    world.changed()
  }

  function attach(connection: Connection, session: Session): void {
    connection.session = session
    Object.assign(session, { out: connection.dispatch, lostAt: undefined })
  }

  function welcome(socket: WebSocket, url: URL) {
    if (!VERSIONS.includes(url.searchParams.get('v') ?? '10')) return closeWith(socket, CLOSE.version)
    connections.add(connect(getWorld(), socket, writer(socket, url.searchParams.get('compress')), handlers))
  }

  return {
    get sessions() {
      return getSessions()
    },
    upgrade(request, stream, head) {
      const url = new URL(request.url ?? '/', 'http://sandbox')
      server.handleUpgrade(request, stream, head, (socket) => welcome(socket, url))
    },
    connected: () => [...connections].flatMap(({ session }) => session ?? []),
    reconnect() {
      for (const connection of connections) connection.send(OP.reconnect, null)
    },
    invalidate(isResumable) {
      for (const connection of connections) {
        const { session } = connection
        if (session && !isResumable) getSessions().open.delete(session.id)
        connection.session = undefined
        if (session) Object.assign(session, { out: undefined, lostAt: getWorld().clock.now() })
        connection.send(OP.invalid, isResumable)
      }
    },
    close(code) {
      for (const { socket } of connections) socket.close(code, 'ordered by a test')
    },
    drop() {
      for (const { socket } of connections) socket.terminate()
    },
    forget: () => getSessions().open.clear(),
    askHeartbeat() {
      for (const connection of connections) connection.send(OP.heartbeat, null)
    },
  }
}
