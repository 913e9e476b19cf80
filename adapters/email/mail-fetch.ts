// What is asked of a folder: which mails it has, and their bytes. Each answer is read to its end before the next question.
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import type { RawEvent } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import { placeKey } from './conversation-key.ts'
import { type Folder, uidSet } from './cursor.ts'
import type { FetchTrouble } from './fetch-trouble.ts'
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
  /** Without those deleted meanwhile. Of mails above the limit, and of those the server breaks down on, only the header. */
  fetch(mails: Listed[], stampOf: (mail: Listed) => Stamp): Promise<RawEvent[]>
}

/** What we say of a mail's arrival. */
export interface Stamp {
  arrivedAt: number
  /** It was there before us. */
  isImport: boolean
  /** New mail goes first. */
  isBacklog: boolean
}

export interface FetchTools {
  client: ImapFlow
  config: MailboxConfig
  ask: Ask
  clock: Clock
  trouble: FetchTrouble
}

export function mailFetch({ client, config, ask, clock, trouble }: FetchTools, folder: Folder): MailFetch {
  const isLarge = ({ bytes }: Listed) => bytes > config.mailBytesMax
  const isAskedFor = (mail: Listed, what: 'source' | 'headers') => {
    const how = trouble.how(mail.uid)
    return how !== 'nothing' && (what === 'headers') === (isLarge(mail) || how === 'header')
  }

  async function contents(mails: Listed[], what: 'source' | 'headers'): Promise<FetchMessageObject[]> {
    if (mails.length === 0) return []
    const uids = mails.map(({ uid }) => uid)
    trouble.asking(uids)
    const messages = await ask(() => client.fetchAll(uidSet(uids), { uid: true, [what]: true }, { uid: true }))
    trouble.answered(messages.filter((message) => message[what]).map(({ uid }) => uid))
    return messages
  }

  /** Undefined for a mail that was deleted meanwhile: it comes back without content, or not at all. */
  function bodyOf(mail: Listed, message: FetchMessageObject | undefined): Uint8Array | undefined {
    if (trouble.how(mail.uid) === 'nothing') return nothingOf(mail, folder)
    return isAskedFor(mail, 'headers') ? message?.headers : message?.source
  }

  function toRaw(mail: Listed, body: Uint8Array, stamp: Stamp, isWithheld: boolean): RawEvent {
    const meta = { folder: config.folder, uidValidity: folder.uidValidity, uid: String(mail.uid) }
    return {
      key: placeKey(config.imap.user, config.folder, folder.uidValidity, mail.uid),
      arrivedAt: stamp.arrivedAt,
      body,
      ...(stamp.isBacklog && { canWait: true }),
      meta: {
        ...meta,
        ...(config.holdsSent && { sent: 'yes' }),
        ...(isLarge(mail) && { tooLarge: String(mail.bytes) }),
        ...(isWithheld && !isLarge(mail) && { withheld: 'yes' }),
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
      const withheld = new Set(mails.map(({ uid }) => uid).filter((uid) => trouble.how(uid) !== 'whole'))
      const sources = await contents(
        mails.filter((mail) => isAskedFor(mail, 'source')),
        'source',
      )
      const headers = await contents(
        mails.filter((mail) => isAskedFor(mail, 'headers')),
        'headers',
      )
      const fetched = new Map([...sources, ...headers].map((message) => [message.uid, message]))
      return mails.flatMap((mail) => {
        const message = fetched.get(mail.uid)
        const body = withheld.has(mail.uid) && message?.headers ? message.headers : bodyOf(mail, message)
        return body && body.length > 0 ? [toRaw(mail, body, stampOf(mail), withheld.has(mail.uid))] : []
      })
    },
  }
}

/** That it is there: the card leads a person to the mailbox. */
function nothingOf({ uid, internalDate }: Listed, { uidValidity }: Folder): Uint8Array {
  const date = new Date(internalDate).toUTCString()
  const id = `<${uid}.${uidValidity}@withheld.invalid>`
  return Buffer.from(`Subject: A mail that cannot be read\r\nDate: ${date}\r\nMessage-ID: ${id}\r\n\r\n`)
}

function instantOf(date: Date | string | undefined, clock: Clock): number {
  const instant = date === undefined ? Number.NaN : new Date(date).getTime()
  return Number.isNaN(instant) ? clock.now() : instant
}

/** Small enough to be held twice in memory, large enough that committing them is cheap. */
export function* batches(listed: Listed[], isAlone: (uid: number) => boolean): Generator<Listed[]> {
  let batch: Listed[] = []
  let bytes = 0
  for (const mail of listed) {
    const isFull = batch.length >= BATCH_MAILS_MAX || bytes + mail.bytes > BATCH_BYTES_MAX
    if (batch.length > 0 && (isFull || isAlone(mail.uid) || batch.some(({ uid }) => isAlone(uid)))) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(mail)
    bytes += mail.bytes
  }
  if (batch.length > 0) yield batch
}
