// One gateway connection: what a client may send, how often, and what it is told while it listens.
import type { RawData, WebSocket } from 'ws'
import { MINUTE } from '../../clock.ts'
import { asJson, type Json } from '../slack/json.ts'
import { CLOSE, closeWith } from './close-code.ts'
import type { Frame, Session } from './session.ts'
import type { World } from './world.ts'

const PAYLOAD_BYTES_MAX = 4096
const SENDS_PER_MINUTE_MAX = 120
/** How long a client may stay silent, in heartbeats. */
const SILENCE = 1.5

export const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voice: 4,
  resume: 6,
  reconnect: 7,
  members: 8,
  invalid: 9,
  hello: 10,
  ack: 11,
  soundboard: 31,
  channelInfo: 43,
} as const

const IGNORED: readonly number[] = [OP.presence, OP.voice, OP.soundboard, OP.channelInfo]

export interface Connection {
  socket: WebSocket
  session: Session | undefined
  send(op: number, d: unknown): void
  dispatch(frame: Frame): void
}

export interface Handlers {
  identify(connection: Connection, d: Json): void
  resume(connection: Connection, d: Json): void
  members(session: Session, d: Json): void
  left(connection: Connection, code: number): void
}

export function connect(
  world: World,
  socket: WebSocket,
  write: (text: string) => void,
  handlers: Handlers,
): Connection {
  const sentAt: number[] = []
  let calm: () => void = () => undefined
  let held: string | undefined

  const connection: Connection = {
    socket,
    session: undefined,
    send: (op, d) => write(JSON.stringify({ op, d, s: null, t: null })),
    dispatch(frame) {
      const text = JSON.stringify(frame)
      const fault = world.faults.takeFrame(frame.t ?? '')
      if (fault === 'drop') return
      if (fault === 'hold' && held === undefined) {
        held = text
        return
      }
      if (typeof fault === 'object') return void world.after(fault.delayMs, () => write(text))
      write(text)
      if (fault === 'duplicate') write(text)
      if (held !== undefined) write(held)
      held = undefined
    },
  }

  function watch(): void {
    calm()
    calm = world.afterReal(world.settings.heartbeatMs * SILENCE, () => closeWith(socket, CLOSE.timeout))
  }

  function mayStillSend(): boolean {
    const now = world.clock.now()
    while ((sentAt[0] ?? now) <= now - MINUTE) sentAt.shift()
    sentAt.push(now)
    return world.settings.limits === 'off' || sentAt.length <= SENDS_PER_MINUTE_MAX
  }

  function hear(data: RawData) {
    const text = String(data)
    if (!mayStillSend()) return closeWith(socket, CLOSE.rate)
    const payload = Buffer.byteLength(text) > PAYLOAD_BYTES_MAX ? undefined : parse(text)
    if (!payload) return closeWith(socket, CLOSE.decode)
    if (payload.op === OP.heartbeat) {
      watch()
      if (!world.faults.isDeaf()) connection.send(OP.ack, null)
      return
    }
    act(connection, payload, handlers)
  }

  socket.on('message', hear)
  socket.on('error', () => socket.terminate())
  socket.on('close', (code) => {
    calm()
    handlers.left(connection, code)
  })
  connection.send(OP.hello, { heartbeat_interval: world.settings.heartbeatMs, _trace: ['sandbox'] })
  watch()
  return connection
}

function act(connection: Connection, { op, d }: Json, handlers: Handlers): void {
  const { session, socket } = connection
  if (op === OP.identify || op === OP.resume) {
    if (session) closeWith(socket, CLOSE.alreadyAuthenticated)
    else if (op === OP.identify) handlers.identify(connection, asJson(d))
    else handlers.resume(connection, asJson(d))
  } else if (typeof op !== 'number' || (op !== OP.members && !IGNORED.includes(op)))
    closeWith(socket, CLOSE.unknownOpcode)
  else if (!session) closeWith(socket, CLOSE.notAuthenticated)
  else if (op === OP.members) handlers.members(session, asJson(d))
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? asJson(value) : undefined
  } catch {
    return undefined
  }
}
