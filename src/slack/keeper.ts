// Makes events durable, many at once when many come: whoever awaits `keep` may tell Slack that we have it.
import { createHash } from 'node:crypto'
import type { Intake, RawEvent } from '../channel.ts'
import type { Clock } from '../clock.ts'

export interface Keeper {
  /** Resolves when the event outlives a crash; rejects when it could not be kept. */
  keep(body: Record<string, unknown>): Promise<void>
}

const BATCH_MAX = 100
const ID_BYTES_MAX = 100

interface Waiting {
  raw: RawEvent
  done: { resolve(): void; reject(error: unknown): void }
}

/** While one batch is being committed, the next one gathers. */
export function makeKeeper(intake: Intake, clock: Clock): Keeper {
  let waiting: Waiting[] = []
  let isWriting = false
  const write = async () => {
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(BATCH_MAX)
      const failure = await intake.keep(batch.map(({ raw }) => raw)).catch((error: unknown) => ({ error }))
      for (const { done } of batch) {
        if (failure) done.reject(failure.error)
        else done.resolve()
      }
    }
    isWriting = false
  }
  return {
    keep: (body) =>
      new Promise((resolve, reject) => {
        waiting.push({ raw: rawOf(body, clock), done: { resolve, reject } })
        if (!isWriting) void write() // It tells everyone who waits how it went, and never rejects.
      }),
  }
}

/** Without the verification token, which is a secret of the app's and nothing we need. */
function rawOf({ token: _secret, ...body }: Record<string, unknown>, clock: Clock): RawEvent {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const { event_id: id, event_time: time } = body
  const arrivedAt = typeof time === 'number' && Number.isFinite(time) ? time * 1000 : clock.now()
  return { key: keyOf(id, body.event, bytes), arrivedAt, body: bytes }
}

/** Told again, an event has the same id and says the same. An id alone is not trusted with what it would pass over. */
function keyOf(id: unknown, event: unknown, bytes: Uint8Array): string {
  const hash = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
  if (typeof id !== 'string' || id === '') return hash(bytes)
  const name = Buffer.byteLength(id) <= ID_BYTES_MAX ? id : hash(id)
  return `${name}/${hash(JSON.stringify(event) ?? '').slice(0, 16)}`
}
