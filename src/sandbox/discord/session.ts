// A gateway session outlives its connection: what happens meanwhile waits in a bounded buffer and is replayed on resume.
import type { Json } from '../slack/json.ts'
import type { Event, Listener } from './event.ts'
import { hears } from './event.ts'
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
  /** The session, if what was missed since `seq` can still be told. */
  find(id: unknown): Session | undefined
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
      for (const session of open.values()) {
        if (!hears(world, event, session)) continue
        const data = event.data(session)
        // Frozen at this moment: the records go on changing while a frame waits.
        if (data) dispatch(session, event.name, JSON.parse(JSON.stringify(data)) as Json)
      }
      world.changed()
    },
    find(id) {
      const session = open.get(String(id))
      if (!session) return undefined
      const isOver = session.lostAt !== undefined && world.clock.now() - session.lostAt > world.settings.resumeMs
      if (isOver) open.delete(session.id)
      return isOver ? undefined : session
    },
    missed(session, seq) {
      const first = session.sent[0]?.s ?? session.seq + 1
      return seq >= first - 1 ? session.sent.filter(({ s }) => (s ?? 0) > seq) : undefined
    },
  }
}
