// The stage: a small company with a Slack workspace and a mail server on this machine, for the demo, the benchmarks and the tests.
import type { ConfigInput } from '../config.ts'
import { type MailStandIn, startMail } from './mail/mail-server.ts'
import { type SlackOptions, type SlackStandIn, startSlack } from './slack/server.ts'

export const SUPPORT_ADDRESS = 'support@example.com'

export interface Stage {
  slack: SlackStandIn
  mail: MailStandIn
  /** Slack ids. */
  desk: string
  agent: string
  colleague: string
  lead: string
  /** The configuration file and the environment of a Deskbell that works here. */
  settings(options?: {
    databasePath?: string
    undo?: string
    logLevel?: string
    /** `one`, at the due time, is enough for a short story; `usual` is what a desk has that says nothing of it. */
    pings?: 'one' | 'usual'
  }): Required<Pick<ConfigInput, 'yaml' | 'env'>>
  stop(): Promise<void>
}

export async function setStage(options: SlackOptions = {}): Promise<Stage> {
  const mail = await startMail({ accounts: [SUPPORT_ADDRESS], ...(options.clock && { clock: options.clock }) })
  const slack = await startSlack(options)
  const agent = slack.addUser({ name: 'maya', realName: 'Maya Lindt', email: 'maya@example.com' }).id
  const colleague = slack.addUser({ name: 'tom', realName: 'Tom Okafor', email: 'tom@example.com' }).id
  const lead = slack.addUser({ name: 'lena', realName: 'Lena Brandt', email: 'lena@example.com' }).id
  const members = [slack.app.botUserId, agent, colleague, lead]
  const desk = slack.addChannel({ name: 'desk-support', isPrivate: true, members }).id
  return {
    slack,
    mail,
    desk,
    agent,
    colleague,
    lead,
    settings: (wanted = {}) => settingsOf({ slack, mail, desk, lead }, wanted),
    async stop() {
      await Promise.all([slack.stop(), mail.stop()])
    },
  }
}

function settingsOf(
  { slack, mail, desk, lead }: Pick<Stage, 'slack' | 'mail' | 'desk' | 'lead'>,
  wanted: { databasePath?: string; undo?: string; logLevel?: string; pings?: 'one' | 'usual' },
): Required<Pick<ConfigInput, 'yaml' | 'env'>> {
  const settings = {
    slack: { api_url: slack.url },
    ...(wanted.databasePath !== undefined && { database: { path: wanted.databasePath } }),
    log: { level: wanted.logLevel ?? 'info' },
    ladders: { short: [{ at: 'due', to: 'leads', acknowledge: 'never' }] },
    desks: {
      support: {
        ...{ name: 'Support', channel: desk, leads: [lead], undo: wanted.undo ?? '1s' },
        ...(wanted.pings !== 'usual' && { ladder: 'short', digest: false }),
      },
    },
    email: {
      support: {
        address: SUPPORT_ADDRESS,
        display_name: 'Example Support',
        desk: 'support',
        since: 'all',
        imap: { ...mail.imap, tls: 'none' },
        smtp: { ...mail.smtp, tls: 'none' },
      },
    },
  }
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    DESKBELL_EMAIL_SUPPORT_PASSWORD: mail.password,
  }
  return { yaml: { path: 'deskbell.yaml', text: JSON.stringify(settings, undefined, 2) }, env } // JSON is YAML.
}
