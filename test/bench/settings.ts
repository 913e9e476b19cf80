// The configuration file and environment of a program that works against the stand-ins.
import type { ConfigInput } from '../../src/config.ts'

export interface ProgramPlaces {
  imap: { host: string; port: number }
  smtp: { host: string; port: number }
  user: string
  password: string
  slack?: { url: string; channel: string; leads: string[]; botToken: string; appToken: string }
  databasePath?: string
}

export function programSettings(places: ProgramPlaces): ConfigInput & { yaml: { path: string; text: string } } {
  const { imap, smtp, user, password, slack } = places
  const server = ({ host, port }: { host: string; port: number }) => ({ host, port, tls: 'none', user })
  const settings = {
    ...(slack && { slack: { api_url: slack.url } }),
    ...(places.databasePath !== undefined && { database: { path: places.databasePath } }),
    log: { level: 'info' },
    desks: {
      support: { name: 'Support', channel: slack?.channel ?? 'C0000BENCH', leads: slack?.leads ?? ['U0000LEAD'] },
    },
    email: {
      support: {
        address: user,
        display_name: 'Support',
        desk: 'support',
        since: 'all',
        imap: server(imap),
        smtp: server(smtp),
      },
    },
  }
  const env = {
    DESKBELL_EMAIL_SUPPORT_PASSWORD: password,
    ...(slack && { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken }),
  }
  return { yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings) }, env } // JSON is YAML.
}
