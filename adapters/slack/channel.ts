// Slack as a channel: customers write in shared channels, communities and direct messages, and are answered there. This file only
// joins the pieces.
import {
  type Channel,
  type ChannelHealth,
  type ExternalId,
  type Part,
  type Progress,
  SendError,
  type Sent,
} from '../../src/channel.ts'
import { fetchFile } from './attachment.ts'
import { connectionOf, type Shared } from './connection.ts'
import { readExternalId } from './conversation-key.ts'
import { type CustomersConfig, channelOf } from './customers-config.ts'
import { toEvents } from './inbound.ts'
import { TEXT_MAX } from './letter.ts'
import { readPart, renderReply } from './outbound.ts'
import { makePace } from './pace.ts'
import { changePost, postPart, takeBack } from './post.ts'
import type { ReceiverTools } from './receiver.ts'
import { makeFinder } from './reconcile.ts'
import { salvage } from './salvage.ts'
import { untilInvited } from './send-error.ts'
import { storable } from './storable.ts'

export type { CustomersConfig } from './customers-config.ts'

const ATTACHMENT_BYTES_MAX = 25 * 1024 * 1024

export interface SlackTools extends Omit<ReceiverTools, 'clients' | 'self'> {
  /** The app: the desk's, or one of its own. */
  shared: Shared
  /** Of one file; 25 MB unless given. */
  attachmentBytesMax?: number
}

export function slackChannel(config: CustomersConfig, tools: SlackTools): Channel {
  const { clock, log } = tools
  const connection = connectionOf(tools.shared)
  const { clients, receiver } = connection
  const attachmentBytesMax = tools.attachmentBytesMax ?? ATTACHMENT_BYTES_MAX
  const tokenName = config.botTokenName
  const pace = makePace(clock)
  const finder = makeFinder(clients.read)
  const sending: { lastSentAt?: number; problem?: string } = {}

  async function send(parts: Part[], progress: Progress): Promise<Sent> {
    const externalIds: ExternalId[] = []
    for (const [index, part] of parts.entries()) {
      const known = progress.accepted.get(index)
      const externalId = known ?? (await post(part))
      if (!known) await progress.accept(index, externalId)
      externalIds.push(externalId)
    }
    return { externalIds, recipients: allAccepted(parts) }
  }

  async function post(part: Part): Promise<ExternalId> {
    const at = readPart(part).channel
    await pace.turn(at)
    try {
      const externalId = await postPart(clients.post, part, tokenName)
      sending.lastSentAt = clock.now()
      delete sending.problem
      log.info({ channel: config.name, bytes: part.body.length }, '=> slack')
      return externalId
    } catch (error) {
      const isOpen = channelOf(config, at) !== undefined && !receiver.isGone(at)
      const trouble = isOpen ? untilInvited(error as SendError) : (error as SendError)
      const { failure, message } = trouble
      if (failure.kind === 'temporary' && failure.account) sending.problem = message
      log.warn({ channel: config.name, failure: failure.kind }, '=> slack failed')
      throw trouble
    }
  }

  async function reconcile(parts: Part[], progress: Progress): Promise<Sent | 'absent' | 'unknown'> {
    const found = await finder.find(parts, progress.startedAt)
    if (found === 'unknown') return 'unknown'
    const externalIds: ExternalId[] = []
    for (const index of parts.keys()) {
      const known = progress.accepted.get(index)
      const externalId = known ?? found.get(index)
      if (!externalId) return 'absent' // The parts stand in order: what follows was not tried.
      if (!known) await progress.accept(index, externalId)
      externalIds.push(externalId)
    }
    return { externalIds, recipients: allAccepted(parts) }
  }

  async function revise(sent: readonly ExternalId[], parts: Part[]): Promise<void> {
    const posts = sent.map(readExternalId).filter((each) => each?.kind === 'message')
    const pages = parts.filter((part) => readPart(part).file === undefined)
    if (pages.length > posts.length) {
      const said =
        'Not changed: it is now too long for the messages that were sent. Write it shorter, or send another one.'
      throw new SendError({ kind: 'rejected' }, said)
    }
    for (const [n, at] of posts.entries()) {
      const page = pages[n]
      if (page) await changePost(clients.board, at, page)
      else await takeBack(clients.board, at)
    }
  }

  function health(): ChannelHealth {
    const problem = connection.problem() ?? receiver.problem() ?? sending.problem
    const lastReceivedAt = receiver.lastReceivedAt()
    return {
      ok: problem === undefined,
      ...(sending.problem !== undefined && { isRefused: true }),
      ...(lastReceivedAt !== undefined && { lastReceivedAt }),
      ...(sending.lastSentAt !== undefined && { lastSentAt: sending.lastSentAt }),
      ...(problem !== undefined && { problem }),
    }
  }

  return {
    name: config.name,
    limits: { textMax: TEXT_MAX, attachmentBytesMax, idempotency: 'lookup' },
    start: connection.start,
    parse: async (raw) => storable(toEvents(raw, config)),
    salvage: (raw) => storable(salvage(raw)),
    render: async (message) => renderReply(message, attachmentBytesMax),
    send,
    reconcile,
    fetchAttachment: (ref) => fetchFile(clients.read, ref, attachmentBytesMax),
    revise,
    async retract(sent) {
      for (const each of sent.map(readExternalId)) if (each) await takeBack(clients.board, each)
    },
    health,
    stop: connection.stop,
  }
}

function allAccepted(parts: Part[]): Sent['recipients'] {
  const recipients = new Map(parts.flatMap((part) => part.recipients).map(({ address }) => [address, true]))
  return [...recipients.keys()].map((address) => ({ address, accepted: true }))
}
