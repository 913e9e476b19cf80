// What the SDKs say of themselves, kept from saying more: their lower levels print whole payloads, customers' words and all.
import { type Logger, LogLevel } from '@slack/web-api'
import type { Log } from '../log.ts'

const SAID_MAX = 300

export function sdkLogger(log: Log): Logger {
  const say = (...said: unknown[]) => log.debug({ sdk: said.map(String).join(' ').slice(0, SAID_MAX) }, 'slack: SDK')
  const nothing = () => undefined
  return {
    error: say,
    warn: say,
    info: nothing,
    debug: nothing,
    setLevel: nothing,
    setName: nothing,
    getLevel: () => LogLevel.WARN,
  }
}
