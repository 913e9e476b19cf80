// What is asked of a folder: which mails it has, and their bytes. Each answer is read to its end before the next question.
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import type { RawEvent } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import { placeKey } from './conversation-key.ts'
import { type Folder, uidSet } from './cursor.ts'
import type { Ask } from './imap-connection.ts'
import type { MailboxConfig } from './mailbox-config.ts'

const BATCH_MAILS_MAX = 50
const BATCH_BYTES_MAX = 8 * 1024 * 1024

export interface Listed {
  uid: number
  bytes: number
  /** INTERNALDATE, epoch milliseconds. */
  internalDate: number
}

export interface MailFetch {
  /** The highest UID the server told us of; new mail may have raised it since. */
  lastKnownUid(): number
  search(query: { uid?: string; since?: Date }): Promise<number[]>
  list(uids: string): Promise<Listed[]>
  /** Without those deleted meanwhile. Of mails above the limit only the header. */
  fetch(mails: Listed[], stampOf: (mail: Listed) => Stamp): Promise<RawEvent[]>
}

/** What we say of a mail's arrival. */
export interface Stamp {
  arrivedAt: number
  /** It was there before us. */
  isImport: boolean
}

export function mailFetch(client: ImapFlow, config: MailboxConfig, folder: Folder, ask: Ask, clock: Clock): MailFetch {
  const isLarge = ({ bytes }: Listed) => bytes > config.mailBytesMax

  async function contents(mails: Listed[], what: 'source' | 'headers'): Promise<FetchMessageObject[]> {
    if (mails.length === 0) return []
    const uids = uidSet(mails.map(({ uid }) => uid))
    return await ask(() => client.fetchAll(uids, { uid: true, [what]: true }, { uid: true }))
  }

  /** Undefined for a mail that was deleted meanwhile: it comes back without content, or not at all. */
  function toRaw(mail: Listed, message: FetchMessageObject | undefined, stamp: Stamp): RawEvent | undefined {
    const large = isLarge(mail)
    const body = large ? message?.headers : message?.source
    if (!body || body.length === 0) return undefined
    const meta = { folder: config.folder, uidValidity: folder.uidValidity, uid: String(mail.uid) }
    return {
      key: placeKey(config.imap.user, config.folder, folder.uidValidity, mail.uid),
      arrivedAt: stamp.arrivedAt,
      body,
      meta: {
        ...meta,
        ...(config.holdsSent && { sent: 'yes' }),
        ...(large && { tooLarge: String(mail.bytes) }),
        ...(stamp.isImport && !config.pingImported && { imported: 'yes' }),
      },
    }
  }

  return {
    lastKnownUid() {
      const uidNext = client.mailbox ? client.mailbox.uidNext : 0
      return Math.max(uidNext - 1, folder.lastUid)
    },
    async search(query) {
      const uids = await ask(() => client.search(query, { uid: true }))
      if (!uids) throw new Error('the server refused a search')
      return [...uids].sort((a, b) => a - b)
    },
    async list(uids) {
      const listed = await ask(() =>
        client.fetchAll(uids, { uid: true, size: true, internalDate: true }, { uid: true }),
      )
      return listed
        .map(({ uid, size, internalDate }) => ({ uid, bytes: size ?? 0, internalDate: instantOf(internalDate, clock) }))
        .sort((a, b) => a.uid - b.uid)
    },
    async fetch(mails, stampOf) {
      const sources = await contents(
        mails.filter((mail) => !isLarge(mail)),
        'source',
      )
      const headers = await contents(mails.filter(isLarge), 'headers')
      const fetched = new Map([...sources, ...headers].map((message) => [message.uid, message]))
      return mails.flatMap((mail) => toRaw(mail, fetched.get(mail.uid), stampOf(mail)) ?? [])
    },
  }
}

function instantOf(date: Date | string | undefined, clock: Clock): number {
  const instant = date === undefined ? Number.NaN : new Date(date).getTime()
  return Number.isNaN(instant) ? clock.now() : instant
}

/** Small enough to be held twice in memory, large enough that committing them is cheap. */
export function* batches(listed: Listed[]): Generator<Listed[]> {
  let batch: Listed[] = []
  let bytes = 0
  for (const mail of listed) {
    if (batch.length >= BATCH_MAILS_MAX || (batch.length > 0 && bytes + mail.bytes > BATCH_BYTES_MAX)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(mail)
    bytes += mail.bytes
  }
  if (batch.length > 0) yield batch
}
