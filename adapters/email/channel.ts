// The mailbox as a channel: IMAP brings customers' mail in, SMTP takes replies out. This file only joins the pieces.
import {
  type AttachmentRef,
  type Channel,
  type ChannelHealth,
  type InboundEvent,
  type Part,
  type Progress,
  type RawEvent,
  SendError,
  type Sent,
} from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { accessTokens, type RefreshTokens } from './access-token.ts'
import { partOf } from './attachment.ts'
import { fingerprint } from './fingerprint.ts'
import { readHead } from './head.ts'
import { firstHeader, readHeaders, splitMail } from './header.ts'
import { imapReceiver } from './imap.ts'
import { type Mailbox, toEvents } from './inbound.ts'
import { LETTER_TEXT_MAX } from './letter.ts'
import type { MailboxConfig } from './mailbox-config.ts'
import { renderMail } from './outbound.ts'
import { ownAddresses } from './own-mail.ts'
import { sharedParsePool } from './parse-pool.ts'
import { salvage } from './salvage.ts'
import { sentCopies } from './sent-copy.ts'
import { isInSentFolder } from './sent-folder.ts'
import { sendMail } from './smtp.ts'
import { storable } from './storable.ts'
import { TokenError } from './token-request.ts'

export type { MailboxConfig } from './mailbox-config.ts'

const ATTACHMENT_BYTES_MAX = 25 * 1024 * 1024

export interface EmailTools {
  clock: Clock
  random: Random
  log: Log
  /** Signs our Message-IDs: the same in every process and for as long as customers may answer. */
  secret: Uint8Array
  /** Of all our mailboxes, so that what one sends is no customer of another. */
  ownAddresses: string[]
  /** Of all files of a reply together; 25 MB unless given. */
  attachmentBytesMax?: number
  /** For a mailbox whose provider exchanges refresh tokens. */
  refreshTokens?: RefreshTokens
}

export interface EmailChannel extends Channel {
  /** The bytes of an attachment of a kept mail. */
  readAttachment(raw: Uint8Array, ref: AttachmentRef): Promise<Uint8Array>
}

export function emailChannel(config: MailboxConfig, tools: EmailTools): EmailChannel {
  const { clock, log } = tools
  const { pool, use, release } = sharedParsePool(clock)
  let inUse = false
  const isOwn = ownAddresses([config.address, ...config.aliases, ...tools.ownAddresses])
  const mailbox: Mailbox = {
    isOwn,
    isAddressee: ownAddresses([config.address, ...config.aliases]),
    secret: tools.secret,
    ...(config.authServer && { authServer: config.authServer }),
  }
  const attachmentBytesMax = tools.attachmentBytesMax ?? ATTACHMENT_BYTES_MAX
  const sender = {
    ...{ address: config.address, displayName: config.displayName, isOwn, secret: tools.secret, attachmentBytesMax },
    ...(config.signature !== undefined && { signature: config.signature }),
    ...(config.dkim && { dkim: config.dkim }),
  }
  const tokens = config.oauth && accessTokens(config.name, config.oauth, tools)
  const imapTokens = config.imap.password === undefined ? tokens : undefined
  const receiver = imapReceiver(config, { ...tools, tokens: imapTokens })
  const sentReceiver =
    config.sentFolder === undefined
      ? undefined
      : imapReceiver(sentFolderOf(config, config.sentFolder), { ...tools, tokens: imapTokens })
  const smtpTokens = config.smtp.password === undefined ? tokens : undefined
  const copies =
    config.sentCopy && config.sentFolder !== undefined
      ? sentCopies(config, config.sentFolder, { ...tools, tokens: imapTokens })
      : undefined
  const sending: { lastSentAt?: number; problem?: string; isRefused?: boolean } = {}

  async function parse(raw: RawEvent): Promise<InboundEvent[]> {
    const isHeaderOnly = raw.meta?.tooLarge !== undefined || raw.meta?.withheld !== undefined
    return storable(toEvents(await pool.mail(raw.body, isHeaderOnly), raw, mailbox))
  }

  async function send(parts: Part[], progress: Progress): Promise<Sent> {
    const sent: Sent = { externalIds: [], recipients: [] }
    for (const [index, part] of parts.entries()) {
      const known = progress.accepted.get(index)
      const externalId = known ?? fingerprint(part.body)
      const recipients = known ? allAccepted(part) : await handOver(part)
      if (!known) await progress.accept(index, externalId)
      if (!known) copies?.file(part.body, messageIdIn(part))
      sent.externalIds.push(externalId)
      sent.recipients.push(...recipients)
    }
    return sent
  }

  async function handOver(part: Part): Promise<Sent['recipients']> {
    try {
      const { recipients, queueId } = await sendMail(
        config,
        part.body,
        part.recipients.map(({ address }) => address),
        { clock, tokens: smtpTokens },
      )
      sending.lastSentAt = clock.now()
      delete sending.problem
      log.info({ channel: config.name, bytes: part.body.length, ...(queueId && { queueId }) }, '=> email')
      return recipients
    } catch (error) {
      const failure = (error as SendError).failure
      const ofTheToken = (error as SendError).cause instanceof TokenError // It is told, and over, with the tokens themselves.
      if (failure.kind === 'temporary' && failure.account && !ofTheToken) {
        sending.problem = (error as SendError).message
        sending.isRefused = failure.retryAfterMs === undefined // Who says when to come back wants us back.
      }
      log.warn({ channel: config.name, failure: failure.kind }, '=> email failed')
      throw error
    }
  }

  async function reconcile(parts: Part[], progress: Progress): Promise<Sent | 'absent' | 'unknown'> {
    if (!config.sentFolder) return 'unknown'
    const sent: Sent = { externalIds: [], recipients: [] }
    for (const [index, part] of parts.entries()) {
      const known = progress.accepted.get(index)
      if (!known && !(await isInSentFolder(config, config.sentFolder, messageIdIn(part), imapTokens))) {
        return copies ? 'unknown' : 'absent' // A copy of our own follows the answer, and that is what was lost.
      }
      const externalId = known ?? fingerprint(part.body)
      if (!known) await progress.accept(index, externalId)
      sent.externalIds.push(externalId)
      sent.recipients.push(...allAccepted(part))
    }
    return sent
  }

  function health(): ChannelHealth {
    const receiving = receiver.health()
    const sent = sentReceiver?.health()
    const ofReceiving = receiving.problem !== undefined ? receiving : sent
    const problem = ofReceiving?.problem ?? sending.problem ?? tokens?.problem() ?? copies?.problem()
    const isRefused =
      ofReceiving?.problem !== undefined
        ? ofReceiving.isRefused
        : sending.problem !== undefined
          ? sending.isRefused
          : tokens?.problem() !== undefined
    return {
      ok: problem === undefined,
      ...(isRefused && { isRefused }),
      ...(receiving.importing && { importing: receiving.importing }),
      ...(receiving.lastReceivedAt !== undefined && { lastReceivedAt: receiving.lastReceivedAt }),
      ...(sending.lastSentAt !== undefined && { lastSentAt: sending.lastSentAt }),
      ...(problem !== undefined && { problem }),
    }
  }

  return {
    name: config.name,
    limits: {
      textMax: LETTER_TEXT_MAX,
      attachmentBytesMax,
      idempotency: config.sentFolder && !copies ? 'lookup' : 'none',
    },
    start(intake) {
      inUse = true
      use()
      if (sentReceiver) void sentReceiver.start(intake) // Customers' mail does not wait for ours; its trouble shows in "health".
      return receiver.start(intake)
    },
    parse,
    salvage: (raw) => storable(salvage(raw, mailbox)),
    render: async (message) => [await renderMail(message, sender)],
    send,
    reconcile,
    fetchAttachment() {
      throw new Error('email: an attachment lies in the kept mail; read it with readAttachment(raw, ref)')
    },
    readAttachment: (raw, ref) => pool.attachment(raw, partOf(ref)),
    readHead,
    health,
    async stop() {
      await Promise.all([receiver.stop(), sentReceiver?.stop(), copies?.stop()])
      if (inUse) await release()
      inUse = false
    },
  }
}

/** What is sent from webmail is an answer too: the folder it is filed in is read like the other one, on a connection of its own. */
function sentFolderOf(config: MailboxConfig, folder: string): MailboxConfig {
  return { ...config, folder, holdsSent: true }
}

function allAccepted(part: Part): Sent['recipients'] {
  return part.recipients.map(({ address }) => ({ address, accepted: true }))
}

function messageIdIn(part: Part): string {
  const id = firstHeader(readHeaders(splitMail(part.body).head), 'message-id')
  if (!id) throw new SendError({ kind: 'rejected' }, 'Not delivered: the stored mail has no Message-ID. Write it anew.')
  return id
}
