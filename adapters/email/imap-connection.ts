// One IMAP connection: how it is made, how a command is asked of it, and how its end is noticed whatever ends it.
import { ImapFlow } from 'imapflow'
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Folder } from './cursor.ts'
import { type MailboxConfig, tlsOptions } from './mailbox-config.ts'

const CONNECT_MS_MAX = 20 * SECOND
const SILENCE_MS_MAX = 60 * SECOND
const IDLE_MS_MAX = 4 * MINUTE // RFC 2177 allows 29; routers forget a quiet connection much sooner.

/** Signs in by the token, or else by the password: never by the one because the other was refused. */
export function imapClient(config: MailboxConfig, token: string | undefined): ImapFlow {
  const { host, port, tls, user, password = '', timeoutMs } = config.imap
  return new ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls !== 'implicit' && { doSTARTTLS: tls === 'starttls' }),
    tls: tlsOptions(config.imap),
    auth: token === undefined ? { user, pass: password } : { user, accessToken: token },
    clientInfo: { name: 'Deskbell', version: false, vendor: false, 'support-url': false },
    logger: false,
    qresync: true, // Where the server can.
    disableAutoIdle: true, // We say when, or up to 15 s would pass before the server may tell us anything.
    maxIdleTime: IDLE_MS_MAX,
    connectionTimeout: timeoutMs ?? CONNECT_MS_MAX,
    greetingTimeout: timeoutMs ?? CONNECT_MS_MAX,
    socketTimeout: silenceMsMax(config),
  })
}

/** A server that owes us an answer and sends not one byte for so long is gone. */
export function silenceMsMax({ imap }: Pick<MailboxConfig, 'imap'>): number {
  return imap.timeoutMs ?? SILENCE_MS_MAX
}

export interface OpenFolder extends Folder {
  /** The server's name for the folder's state, where it has one: it changes with every change (RFC 7162). */
  modseq?: string
  /** UIDs that the server says are gone, as long as the connection stands: take from it what is settled. */
  vanished: Set<number>
}

const VANISHED_MAX = 100_000

/** `known`: how it was left. A server that can is then asked what is gone since (QRESYNC). */
export async function openFolder(
  client: ImapFlow,
  path: string,
  known?: { uidValidity: string; modseq?: string },
): Promise<OpenFolder> {
  const vanished = new Set<number>()
  client.on('expunge', ({ uid }: { uid?: number }) => {
    if (uid !== undefined && vanished.size < VANISHED_MAX) vanished.add(uid)
  })
  const plain = { readOnly: true }
  const resync = known?.modseq !== undefined && {
    changedSince: BigInt(known.modseq),
    uidValidity: BigInt(known.uidValidity),
  }
  const folder = resync
    ? await client.mailboxOpen(path, { ...plain, ...resync }).catch(() => client.mailboxOpen(path, plain)) // It may not mean what it offers.
    : await client.mailboxOpen(path, plain)
  const newest = folder.uidNext ? undefined : await client.fetchOne('*', { uid: true })
  return {
    uidValidity: String(folder.uidValidity),
    lastUid: folder.uidNext ? folder.uidNext - 1 : ((newest || undefined)?.uid ?? 0),
    ...(folder.highestModseq && !folder.noModseq && { modseq: String(folder.highestModseq) }),
    vanished,
  }
}

export type Ask = <T>(command: () => Promise<T>) => Promise<T>

export interface ConnectionLife {
  ask: Ask
  /** Whether the server announced something since last asked. */
  takePush(): boolean
  /** Idles until the server announces something, the connection ends, or so long. */
  quiet(ms: number, recheck: boolean): Promise<void>
  end(): void
}

export function connectionLife(
  client: ImapFlow,
  stopping: AbortSignal,
  clock: Clock,
  silenceMs: number,
): ConnectionLife {
  const ended = new AbortController()
  let wake = new AbortController()
  let pushed = false
  let failure: Error | undefined
  const close = () => client.close()
  stopping.addEventListener('abort', close)
  client.on('error', (error: Error) => {
    failure ??= error
    close()
  })
  client.on('close', () => ended.abort())
  client.on('exists', () => {
    pushed = true
    wake.abort()
  })
  // Whatever else fails to notice that the server is gone, this does: imapflow waits for ever for the answer to an IDLE
  // that it wants to end before it has begun, and its socket's own timeout fires only once.
  const silence = silenceOf(client, clock)
  const unwatch = clock.every(silenceMs, async () => {
    if (silence.ms() < silenceMs) return
    failure ??= new Error(`no answer for ${silenceMs / SECOND} seconds`)
    close()
  })
  const assertOpen = () => {
    if (ended.signal.aborted) throw failure ?? new Error('the server closed the connection')
  }
  return {
    async ask(command) {
      assertOpen()
      silence.begin()
      try {
        const answer = await command()
        assertOpen() // A closed client answers "nothing" instead of failing, which would read as an empty mailbox.
        return answer
      } catch (error) {
        throw failure ?? error
      } finally {
        silence.end()
      }
    },
    takePush() {
      const was = pushed
      pushed = false
      return was
    },
    async quiet(ms, recheck) {
      assertOpen()
      if (pushed) return
      wake = new AbortController()
      silence.begin({ untilHeard: true })
      client.idle().catch(() => undefined) // Ends with the next command; a line that dies meanwhile shows as `close`.
      await clock.wait(ms, AbortSignal.any([wake.signal, ended.signal, stopping]))
      if (stopping.aborted) return
      assertOpen()
      if (!pushed || recheck) await this.ask(() => client.noop()) // Without it some servers show a selected folder as it was.
    },
    end() {
      stopping.removeEventListener('abort', close)
      unwatch()
      client.close()
    },
  }
}

/** How long the server has sent nothing while it owed us something: an answer, or the word that it idles. */
function silenceOf(client: ImapFlow, clock: Clock) {
  let since: number | undefined
  let received = 0
  let endsWhenHeard = false
  return {
    begin(options?: { untilHeard: true }) {
      since = clock.monotonic()
      received = client.stats().received
      endsWhenHeard = options?.untilHeard === true
    },
    end() {
      since = undefined
    },
    ms(): number {
      const before = received
      received = client.stats().received
      if (since !== undefined && received !== before) since = endsWhenHeard ? undefined : clock.monotonic()
      return since === undefined ? 0 : clock.monotonic() - since
    },
  }
}
