// A workspace that shares a channel with a customer's organisation, and channels of ours in front of it.
import { onTestFinished } from 'vitest'
import { type CustomersConfig, type SlackTools, slackChannel } from '../../../adapters/slack/channel.ts'
import { makeReceiver } from '../../../adapters/slack/receiver.ts'
import type { Channel, Intake, OutboundMessage } from '../../../src/channel.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import { systemRandom } from '../../../src/id.ts'
import { silentLog } from '../../../src/log.ts'
import { type SlackOptions, type SlackStandIn, startSlack } from '../../../src/sandbox/slack/server.ts'
import type { SlackAccess } from '../../../src/slack/clients.ts'
import { type SlackRoom, slackRoom } from '../../../src/slack/room.ts'
import { judgeWhenDone } from '../../blocks/judge.ts'

interface Tools {
  clock?: Clock
  isAtDesk?(user: string): Promise<boolean>
  attachmentBytesMax?: number
  access?: Partial<SlackAccess>
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
  open(options?: Partial<CustomersConfig> & Tools): Channel & { room: SlackRoom }
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
  }
  const written = { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.url }
  return {
    ...{ slack, shared, community, team, mia, tom, ana, gus, config },
    open({ clock = systemClock(), isAtDesk, attachmentBytesMax, access, ...changed } = {}) {
      const tools = {
        clock,
        random: systemRandom(),
        log: silentLog,
        ...(isAtDesk && { isAtDesk }),
        ...(attachmentBytesMax && { attachmentBytesMax }),
      }
      const channel = openAlone({ ...config, ...changed }, { ...written, ...access }, tools)
      onTestFinished(() => channel.stop())
      return channel
    },
  }
}

/** A channel with an app that is connected with it. */
export function openAlone(
  config: CustomersConfig,
  access: SlackAccess,
  tools: Omit<SlackTools, 'shared'>,
): Channel & { room: SlackRoom } {
  const room = slackRoom(access, tools)
  let given = nowhere
  const intake: Intake = {
    keep: (raws, cursor) => given.keep(raws, cursor),
    readCursor: (key) => given.readCursor(key),
  }
  const { clients, self } = room
  const receiver = makeReceiver(config, { ...tools, clients, self }, intake)
  room.hear(receiver)
  const problem = () => (room.health().ok || room.self.teamId === '' ? undefined : room.health().problem)
  const channel = slackChannel(config, { ...tools, shared: { room, receiver, problem } })
  const stop = async () => {
    await room.stop()
    await channel.stop()
  }
  return {
    ...{ ...channel, room, stop },
    async start(theirs) {
      given = theirs
      await Promise.all([channel.start(theirs), room.start(nowhere)]).catch(async (error: unknown) => {
        await stop()
        throw error
      })
    },
  }
}

const nowhere: Intake = { keep: async () => undefined, readCursor: async () => undefined }

export function outbound(message: Partial<OutboundMessage> & Pick<OutboundMessage, 'to'>): OutboundMessage {
  return { id: 'm_01k0reply', agentName: 'Ana Petrov', cc: [], markdown: 'Hello', at: 1000, ...message }
}
