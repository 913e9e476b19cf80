// Waiting for what another process does: a look now and then, and a deadline that says what never came.
import { type AddressInfo, createServer } from 'node:net'
import { SECOND, systemClock } from '../../src/clock.ts'

const DEADLINE_MS = 20 * SECOND
const LOOK_EVERY_MS = 50

/** Resolves with the condition's first truthy value. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  deadlineMs = DEADLINE_MS,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<NonNullable<T>> {
  const { monotonic, wait } = systemClock()
  const endsAt = monotonic() + deadlineMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (monotonic() > endsAt) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await wait(lookEveryMs)
  }
}

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
