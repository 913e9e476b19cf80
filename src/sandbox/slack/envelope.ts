// Socket Mode's envelopes: each goes to one of the open sockets and ends exactly once, acked or not.
import { randomUUID } from 'node:crypto'
import { asJson, type Json } from './json.ts'
import type { World } from './world.ts'

/** What the open sockets offer: the next one in turn, if any is open. */
export interface Sockets {
  next(): { id: number; send(envelope: Json): void } | undefined
}

export interface Outcome {
  onAck(payload: Json): void
  /** `isFinal`: the app asked not to be told again. */
  onFailure(reason: string, how?: { isFinal: boolean }): void
}

export interface Envelopes {
  /** Returns the socket it went to, or undefined when none is open; then the outcome is never called. */
  send(envelope: Json, outcome: Outcome): number | undefined
  acked(envelopeId: unknown, payload: unknown): void
  socketClosed(id: number): void
}

export type EnvelopeWorld = Pick<World, 'settings' | 'after' | 'changed'>

export function makeEnvelopes(world: EnvelopeWorld, sockets: Sockets): Envelopes {
  const pending = new Map<string, Outcome & { socket: number }>()

  function send(envelope: Json, outcome: Outcome): number | undefined {
    const socket = sockets.next()
    if (!socket) return undefined
    const id = randomUUID()
    const settle = (tell: () => void) => {
      cancel()
      // What comes after the end, such as a late ack, changes nothing: Slack has counted the envelope as failed.
      if (pending.delete(id)) tell()
      world.changed()
    }
    const { ackMs } = world.settings
    const onFailure = (reason: string) => settle(() => outcome.onFailure(reason))
    const cancel = world.after(ackMs, () => onFailure(`not acked in ${ackMs / 1000} s`))
    pending.set(id, { socket: socket.id, onAck: (payload) => settle(() => outcome.onAck(payload)), onFailure })
    socket.send({ envelope_id: id, ...envelope })
    return socket.id
  }

  return {
    send,
    acked: (envelopeId, payload) => pending.get(String(envelopeId))?.onAck(asJson(payload)),
    socketClosed(id) {
      const lost = [...pending.values()].filter(({ socket }) => socket === id)
      for (const { onFailure } of lost) onFailure('the socket closed before the ack')
    },
  }
}
