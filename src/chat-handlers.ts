// What the outbox does at chat platforms besides sending: files are fetched, and replies put right or taken back.
import type { Channel } from './channel.ts'
import type { Clock } from './clock.ts'
import { correctionHandler } from './correction-send.ts'
import type { Db } from './db/open.ts'
import { fetchHandler } from './fetch.ts'
import type { Handler } from './outbox-attempt.ts'
import type { Policies } from './policy.ts'

export interface ChatHandlerOptions {
  db: Db
  clock: Pick<Clock, 'now'>
  policies: Policies
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
  /** Of one file. */
  attachmentBytesMax: number
}

export function chatHandlers(options: ChatHandlerOptions): Record<'fetch' | 'revise' | 'retract', Handler> {
  const corrections = correctionHandler(options)
  const fetching = fetchHandler({ ...options, bytesMax: options.attachmentBytesMax })
  return { fetch: fetching, revise: corrections, retract: corrections }
}
