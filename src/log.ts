// One line of JSON per event: ids, sizes and directions, never a customer's words, never a secret.
import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & { child(bindings: Record<string, unknown>): Log }

const SECRET_KEYS = [
  'password',
  'pass',
  'token',
  'secret',
  'authorization',
  'key',
  'accessToken',
  'botToken',
  'appToken',
  'signingSecret',
  'clientSecret',
  'refreshToken',
]
const HIDDEN = '[hidden]'
/** Slack's tokens are renewed while the program runs, so that nobody can list them. */
const SLACK_TOKEN = /\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]{8,}/g

/** `secrets` are replaced wherever they stand, inside error messages and stacks too. */
export function makeLog(options: { level: string; secrets: string[]; write?: (line: string) => void }): Log {
  const given = options.secrets.filter((secret) => secret.length > 0)
  const secrets = given.flatMap((secret) => [JSON.stringify(secret).slice(1, -1), secret]) // As a line of JSON spells it.
  const scrub = (line: string) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line.replaceAll(SLACK_TOKEN, HIDDEN))
  const write = options.write ?? ((line: string) => void process.stderr.write(line))
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`])
  return pino(
    { level: options.level, base: null, redact: { paths, censor: HIDDEN }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => write(scrub(line)) },
  )
}

export const silentLog: Log = pino({ level: 'silent' })
