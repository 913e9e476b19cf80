// A copy of each reply in the Sent folder, for servers that file none themselves. Best effort: the reply has been accepted by then.
import { atMost, type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'
import type { AccessTokens } from './access-token.ts'
import type { MailboxConfig } from './mailbox-config.ts'
import { fileInSentFolder } from './sent-folder.ts'

export interface SentCopies {
  /** Returns at once; one copy after the other is filed in the background. */
  file(mail: Uint8Array, messageId: string): void
  /** Why the last one was not filed, for a while. */
  problem(): string | undefined
  /** Waits a little for what is under way. */
  stop(): Promise<void>
}

const WAITING_MAX = 20
const STOP_MS = 5 * SECOND
/** Long enough for somebody to be told. No reply may follow for days, and one copy less is no reason to call the mailbox broken. */
const PROBLEM_MS = 15 * MINUTE

export function sentCopies(
  config: MailboxConfig,
  sentFolder: string,
  { clock, log, tokens }: { clock: Clock; log: Log; tokens: AccessTokens | undefined },
): SentCopies {
  let waiting = 0
  let problem: { text: string; at: number } | undefined
  let running = Promise.resolve()
  const fail = (reason: string) => {
    const text = `${config.name}: no copy was put into the folder "${sentFolder}" (${reason}). The reply itself was sent.`
    problem = { text, at: clock.monotonic() }
    log.warn({ channel: config.name }, 'no copy in the Sent folder')
  }
  const copy = async (mail: Uint8Array, messageId: string) => {
    try {
      await fileInSentFolder(config, sentFolder, { mail, messageId }, tokens)
      problem = undefined
    } catch (error) {
      fail((error as Error).message)
    } finally {
      waiting -= 1
    }
  }
  return {
    file(mail, messageId) {
      if (waiting >= WAITING_MAX) return fail('too many wait already')
      waiting += 1
      running = running.then(() => copy(mail, messageId))
    },
    problem: () => (problem && clock.monotonic() - problem.at < PROBLEM_MS ? problem.text : undefined),
    stop: () => atMost(clock, STOP_MS, running),
  }
}
