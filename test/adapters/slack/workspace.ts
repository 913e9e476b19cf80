// A workspace that shares a channel with a customer's organisation, and channels of ours in front of it.
import { onTestFinished } from 'vitest'
import { type CustomersConfig, slackChannel } from '../../../adapters/slack/channel.ts'
import type { Channel, OutboundMessage } from '../../../src/channel.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import { systemRandom } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'
import { type SlackOptions, type SlackStandIn, startSlack } from '../../../src/sandbox/slack/server.ts'
import { judgeWhenDone } from '../../blocks/judge.ts'

interface Tools {
  clock?: Clock
  isAtDesk?(user: string): Promise<boolean>
  attachmentBytesMax?: number
}

export interface Workspace {
  slack: SlackStandIn
  /** Shared with the customer's organisation. */
  shared: string
  community: string
  /** The customer's workspace. */
  team: string
  /** Two people of the customer's organisation, without a mail address that we could see. */
  mia: string
  tom: string
  /** One of us, and a guest of our own workspace. */
  ana: string
  gus: string
  config: CustomersConfig
  open(options?: Partial<CustomersConfig> & Tools): Channel
}

export async function openWorkspace(options: SlackOptions = {}): Promise<Workspace> {
  const slack = await startSlack({ limits: 'off', retryDelaysMs: Array.from({ length: 100 }, () => 50), ...options })
  onTestFinished(() => slack.stop())
  judgeWhenDone(slack)
  const bot = slack.app.botUserId
  const team = slack.addTeam('Acme')
  const mia = slack.addUser({ name: 'mia', realName: 'Mia Weber', teamId: team }).id
  const tom = slack.addUser({ name: 'tom', realName: 'Tom Weber', teamId: team }).id
  const ana = slack.addUser({ name: 'ana', realName: 'Ana Petrov', email: 'ana@desk.example' }).id
  const gus = slack.addUser({ name: 'gus', realName: 'Gus Guest', isGuest: true }).id
  const shared = slack.addChannel({ name: 'acme', isExtShared: true, members: [bot, mia, tom, ana] }).id
  const community = slack.addChannel({ name: 'community', members: [bot, gus, ana] }).id
  const config: CustomersConfig = {
    name: 'slack:shop',
    channels: [
      { id: shared, kind: 'shared', manual: false },
      { id: community, kind: 'community', manual: false },
    ],
    directMessages: true,
    ticketEmoji: 'ticket',
    trustedBots: [],
    people: [],
    app: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.url },
  }
  return {
    ...{ slack, shared, community, team, mia, tom, ana, gus, config },
    open({ clock = systemClock(), isAtDesk, attachmentBytesMax, ...changed } = {}) {
      const tools = {
        clock,
        random: systemRandom(),
        log: silentLog,
        ...(isAtDesk && { isAtDesk }),
        ...(attachmentBytesMax && { attachmentBytesMax }),
      }
      const channel = slackChannel({ ...config, ...changed }, tools)
      onTestFinished(() => channel.stop())
      return channel
    },
  }
}

export function outbound(message: Partial<OutboundMessage> & Pick<OutboundMessage, 'to'>): OutboundMessage {
  return { id: 'm_01k0reply', agentName: 'Ana Petrov', cc: [], markdown: 'Hello', at: 1000, ...message }
}
