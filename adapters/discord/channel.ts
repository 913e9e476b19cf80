// Discord as a channel: the gateway and the history bring customers' messages in, REST takes replies out. This file only joins the pieces.
import { type Channel, type ChannelHealth, type SendError as Failure, SendError } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { ask, makeApi } from './api.ts'
import { retractParts, reviseParts } from './correction.ts'
import { type DiscordConfig, peopleOf } from './discord-config.ts'
import { download } from './download.ts'
import { readHead } from './head.ts'
import { toEvents } from './inbound.ts'
import { renderReply } from './outbound.ts'
import { textOf } from './payload.ts'
import { makeReceiver } from './receiver.ts'
import { salvage } from './salvage.ts'
import { sendParts } from './sender.ts'
import { findParts } from './sent-copy.ts'
import { MESSAGE_MAX } from './split.ts'
import { storable } from './storable.ts'
import { troubleOf } from './trouble.ts'

export type { DiscordConfig } from './discord-config.ts'

const ATTACHMENT_BYTES_MAX = 25 * 1024 * 1024

export interface DiscordTools {
  clock: Clock
  random: Random
  log: Log
  /** Of all files of a reply together; 25 MB unless given. */
  attachmentBytesMax?: number
}

export function discordChannel(
  config: DiscordConfig,
  tools: DiscordTools,
): Required<Pick<Channel, 'revise' | 'retract'>> & Channel {
  const { clock, log } = tools
  const people = peopleOf(config)
  const api = makeApi(config, { waits: false })
  const receiver = makeReceiver(config, { ...tools, people })
  const attachmentBytesMax = tools.attachmentBytesMax ?? ATTACHMENT_BYTES_MAX
  const sender = { api, ...(config.fallback !== undefined && { fallback: config.fallback }) }
  const sending: { lastSentAt?: number; problem?: string; isRefused?: boolean } = {}
  let self: string | undefined

  async function learnSelf(): Promise<string> {
    self ??= textOf(
      (
        await ask(api, 'GET', '/users/@me').catch((error: unknown) => {
          throw troubleOf(error, { what: 'sign in', isRepeatable: true })
        })
      ).id,
    )
    return self
  }

  async function watched<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      const done = await work
      sending.lastSentAt = clock.now()
      delete sending.problem
      delete sending.isRefused
      log.info({ channel: config.name }, `=> discord ${what}`)
      return done
    } catch (error) {
      if (error instanceof SendError) note(error)
      throw error
    }
  }

  function note({ failure, message }: Failure): void {
    log.warn({ channel: config.name, failure: failure.kind }, '=> discord failed')
    if (failure.kind !== 'temporary' || !failure.account) return
    sending.problem = message
    sending.isRefused = true
  }

  function health(): ChannelHealth {
    const receiving = receiver.health()
    const problem = receiving.problem ?? sending.problem
    const isRefused = receiving.problem === undefined ? sending.isRefused : receiving.isRefused
    return {
      ok: problem === undefined,
      ...(isRefused && { isRefused }),
      ...(receiving.lastReceivedAt !== undefined && { lastReceivedAt: receiving.lastReceivedAt }),
      ...(sending.lastSentAt !== undefined && { lastSentAt: sending.lastSentAt }),
      ...(problem !== undefined && { problem }),
    }
  }

  return {
    name: config.name,
    limits: { textMax: MESSAGE_MAX, attachmentBytesMax, idempotency: 'native' },
    start: (intake) => receiver.start(intake),
    parse: async (raw) => storable(toEvents(raw, people)),
    salvage: (raw) => storable(salvage(raw)),
    render: async (message) =>
      renderReply(message, {
        attachmentBytesMax,
        ...(config.signature !== undefined && { signature: config.signature }),
      }),
    send: (parts, progress) => watched('sent', sendParts(sender, parts, progress)),
    reconcile: (parts, progress) => findParts({ ...sender, self: learnSelf }, parts, progress),
    readHead,
    fetchAttachment: (ref) => download({ api, apiUrl: config.apiUrl, clock, bytesMax: attachmentBytesMax }, ref),
    revise: (sent, parts) => watched('corrected', reviseParts(api, sent, parts)),
    retract: (sent) => watched('taken back', retractParts(api, sent)),
    health,
    stop: () => receiver.stop(),
  }
}
