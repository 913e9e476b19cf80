// The configuration file and environment of a program on the real servers.
import type { ConfigInput } from '../../src/config.ts'
import type { MailServers } from '../setup/mail-servers.ts'

/** Encrypted to both servers; it hears of mail by IDLE, for the next poll is an hour away. */
export function realSettings(
  servers: MailServers,
  user: string,
): ConfigInput & { yaml: { path: string; text: string } } {
  const settings = {
    desks: { support: { channel: 'C0000REAL', leads: ['U0000LEAD'] } },
    email: {
      support: {
        address: user,
        imap: { ...servers.imaps, tls: 'implicit' },
        smtp: { ...servers.submission, tls: 'starttls' },
        since: 'now',
        poll: '1h',
      },
    },
  }
  const env = { DESKBELL_EMAIL_SUPPORT_PASSWORD: servers.password }
  return { yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings) }, env } // JSON is YAML.
}
