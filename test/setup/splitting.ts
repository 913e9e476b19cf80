// A part of a conversation becomes one of its own, where nothing stands in the way of that.
import { split } from '../../src/move.ts'

export async function splitOff(...asked: Parameters<typeof split>): Promise<string> {
  const done = await split(...asked)
  if (done.kind === 'refused') throw new Error(done.reason)
  return done.id
}
