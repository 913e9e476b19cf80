// One IMAP connection: how it is made, how a command is asked of it, and how its end is noticed whatever ends it.
import { ImapFlow } from 'imapflow'
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Folder } from './cursor.ts'
import { type MailboxConfig, tlsOptions } from './mailbox-config.ts'

const CONNECT_MS_MAX = 20 * SECOND
const SILENCE_MS_MAX = 60 * SECOND
const IDLE_MS_MAX = 4 * MINUTE // RFC 2177 allows 29; routers forget a quiet connection much sooner.
const COMMAND_MS_MAX = 10 * MINUTE
const WATCH_EVERY_MS = MINUTE

export function imapClient(config: MailboxConfig): ImapFlow {
  const { host, port, tls, user, password, timeoutMs } = config.imap
  return new ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls !== 'implicit' && { doSTARTTLS: tls === 'starttls' }),
    tls: tlsOptions(config.imap),
    auth: { user, pass: password },
    clientInfo: { name: 'Deskbell', version: false, vendor: false, 'support-url': false },
    logger: false,
    disableAutoIdle: true, // We say when, or up to 15 s would pass before the server may tell us anything.
    maxIdleTime: IDLE_MS_MAX,
    connectionTimeout: timeoutMs ?? CONNECT_MS_MAX,
    greetingTimeout: timeoutMs ?? CONNECT_MS_MAX,
    socketTimeout: timeoutMs ?? SILENCE_MS_MAX,
  })
}

export async function openFolder(client: ImapFlow, path: string): Promise<Folder> {
  const folder = await client.mailboxOpen(path, { readOnly: true })
  const newest = folder.uidNext ? undefined : await client.fetchOne('*', { uid: true })
  return {
    uidValidity: String(folder.uidValidity),
    lastUid: folder.uidNext ? folder.uidNext - 1 : ((newest || undefined)?.uid ?? 0),
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

export function connectionLife(client: ImapFlow, stopping: AbortSignal, clock: Clock): ConnectionLife {
  const ended = new AbortController()
  let wake = new AbortController()
  let pushed = false
  let waitingSince: number | undefined
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
  // Whatever else fails to notice that the server is gone, this does.
  const unwatch = clock.every(WATCH_EVERY_MS, async () => {
    if (waitingSince === undefined || clock.monotonic() - waitingSince < COMMAND_MS_MAX) return
    failure ??= new Error(`no answer for ${COMMAND_MS_MAX / MINUTE} minutes`)
    close()
  })
  const assertOpen = () => {
    if (ended.signal.aborted) throw failure ?? new Error('the server closed the connection')
  }
  return {
    async ask(command) {
      assertOpen()
      waitingSince = clock.monotonic()
      try {
        const answer = await command()
        assertOpen() // A closed client answers "nothing" instead of failing, which would read as an empty mailbox.
        return answer
      } catch (error) {
        throw failure ?? error
      } finally {
        waitingSince = undefined
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
