// Every default there is, once. With no file at all these serve.
import { fileURLToPath } from 'node:url'
import { DAY, MINUTE, SECOND } from '../clock.ts'

const MB = 1024 * 1024

export const DEFAULTS = {
  databasePath: 'data/deskbell.db',
  logLevel: 'info',
  webHost: '127.0.0.1',
  slackApiUrl: 'https://slack.com/api/',
  desk: { window: 'calendar:24h', undoMs: 10 * SECOND },
  mailbox: {
    folder: 'INBOX',
    since: 'now',
    tls: 'implicit',
    /** The server announces new mail by itself; this is how often we look even if it does not. */
    pollMs: MINUTE,
    mailBytesMax: 50 * MB,
  },
  templates: { folder: fileURLToPath(new URL('../../templates', import.meta.url)), language: 'en' },
  limits: {
    attachmentBytesMax: 25 * MB,
    mailboxAlertMs: 10 * MINUTE,
    outbox: { attemptsMax: 8, giveUpMs: DAY, uncertainWaitMs: 45 * SECOND, mailSendsMax: 3, tickMs: 250 },
    intake: { batchMax: 50, strikesMax: 3 },
  },
} as const
