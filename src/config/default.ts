// Every default there is, once. With no file at all these serve.
import { fileURLToPath } from 'node:url'
import { DAY, MINUTE, SECOND } from '../clock.ts'

const MB = 1024 * 1024

export const DEFAULTS = {
  databasePath: 'data/deskbell.db',
  logLevel: 'info',
  webHost: '127.0.0.1',
  slackApiUrl: 'https://slack.com/api/',
  slack: { mode: 'socket', host: '127.0.0.1', port: 3000, path: '/slack' },
  discord: { apiUrl: 'https://discord.com/api', directMessages: true, take: 'every', thread: 'reply' },
  slackCustomers: { kind: 'shared', manual: false, directMessages: false, ticketEmoji: 'ticket', ownApp: false },
  desk: { window: 'calendar:24h', ladder: 'standard', digest: true, undoMs: 10 * SECOND, assign: 'off' },
  /** As it would be written; a file may give the same name to another one. */
  ladders: {
    standard: [
      { at: 'due', to: ['desk', 'leads'] },
      { at: '+4h', to: ['leads'] },
    ],
  },
  mailbox: {
    folder: 'INBOX',
    since: 'now',
    tls: 'implicit',
    /** The server announces new mail by itself; this is how often we look even if it does not. */
    pollMs: MINUTE,
    mailBytesMax: 50 * MB,
    acknowledge: 'off',
    restricted: false,
    pingImported: false,
    sentCopy: false,
    sendEveryMs: SECOND / 5,
  },
  templates: { folder: fileURLToPath(new URL('../../templates', import.meta.url)), language: 'en', edit: 'leads' },
  limits: {
    attachmentBytesMax: 25 * MB,
    mailboxAlertMs: 10 * MINUTE,
    outbox: { attemptsMax: 8, giveUpMs: DAY, uncertainWaitMs: 45 * SECOND, mailSendsMax: 3, tickMs: 250 },
    intake: { batchMax: 50, strikesMax: 3 },
    ping: { digestAbove: 5, digestWithinMs: 10 * MINUTE, acknowledgeMs: 30 * MINUTE },
    /** An hour. */
    automation: { perAddressMax: 10, overallMax: 100 },
    heartbeatMs: 5 * MINUTE,
    /** After a conversation was closed for so long, a mail under another subject begins a new one. */
    changedSubjectMs: 7 * DAY,
    groupingMs: 2 * MINUTE,
  },
} as const
