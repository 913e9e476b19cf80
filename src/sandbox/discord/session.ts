// A gateway session outlives its connection: what happens meanwhile waits in a bounded buffer and is replayed on resume.
import type { Json } from '../slack/json.ts'
import type { Event, Listener } from './event.ts'
import { hears } from './event.ts'
import type { App } from './records.ts'
import type { World } from './world.ts'

export interface Frame {
  op: number
  d: unknown
  s: number | null
  t: string | null
}

export interface Session extends Listener {
  id: string
  seq: number
  /** The newest dispatches, oldest first. */
  sent: Frame[]
  /** Where frames go; undefined while the connection is lost. */
  out: ((frame: Frame) => void) | undefined
  lostAt: number | undefined
}

export interface Sessions {
  open: Map<string, Session>
  add(listener: Listener): Session
  dispatch(session: Session, name: string, data: unknown): void
  emit(event: Event): void
  /** The application's session, if it is not over. */
  find(app: App, id: unknown): Session | undefined
  /** What was sent since, if it can still be told. */
  missed(session: Session, seq: number): Frame[] | undefined
}

export function makeSessions(world: World): Sessions {
  const open = new Map<string, Session>()
  let last = 0

  function dispatch(session: Session, name: string, data: unknown): void {
    session.seq += 1
    const frame = { op: 0, d: data, s: session.seq, t: name }
    session.sent.push(frame)
    if (session.sent.length > world.settings.resumeEventsMax) session.sent.shift()
    session.out?.(frame)
  }

  function endLost(): void {
    for (const { id, lostAt } of open.values()) {
      if (lostAt !== undefined && world.clock.now() - lostAt > world.settings.resumeMs) open.delete(id)
    }
  }

  return {
    open,
    dispatch,
    add(listener) {
      last += 1
      const id = last.toString(16).padStart(32, '0')
      const session: Session = { ...listener, id, seq: 0, sent: [], out: undefined, lostAt: undefined }
      open.set(id, session)
      return session
    },
    emit(event) {
      endLost()
      for (const session of open.values()) {
        if (!hears(world, event, session)) continue
        const data = event.data(session)
        // Frozen at this moment: the records go on changing while a frame waits.
        if (data) dispatch(session, event.name, JSON.parse(JSON.stringify(data)) as Json)
      }
      world.changed()
    },
    find(app, id) {
      endLost()
      const session = open.get(String(id))
      return session?.app === app ? session : undefined
    },
    missed(session, seq) {
      const first = session.sent[0]?.s ?? session.seq + 1
      return seq >= first - 1 ? session.sent.filter(({ s }) => (s ?? 0) > seq) : undefined
    },
  }
}
