// A workspace with a desk channel and people in it, and rooms of ours in front of it.
import { onTestFinished } from 'vitest'
import type { Intake } from '../../src/channel.ts'
import { type Clock, SECOND, systemClock } from '../../src/clock.ts'
import { systemRandom } from '../../src/id.ts'
import { type Log, silentLog } from '../../src/log.ts'
import { type SlackOptions, type SlackStandIn, startSlack } from '../../src/sandbox/slack/server.ts'
import { type SlackRoom, slackRoom } from '../../src/slack/room.ts'
import type { ManualClock } from '../setup/clock.ts'

export interface Office {
  slack: SlackStandIn
  channel: string
  ana: string
  lead: string
  room(options?: { clock?: Clock; log?: Log; botToken?: string; appToken?: string }): SlackRoom
  /** A room to which Slack sends requests. */
  httpRoom(options?: { clock?: Clock; log?: Log; port?: number }): SlackRoom
}

export async function openOffice(options: SlackOptions = {}): Promise<Office> {
  const slack = await startSlack({ limits: 'off', ...options })
  onTestFinished(() => slack.stop())
  const ana = slack.addUser({ name: 'ana', realName: 'Ana Petrov' }).id
  const lead = slack.addUser({ name: 'lea', realName: 'Lea Lind' }).id
  const members = [slack.app.botUserId, ana, lead]
  const channel = slack.addChannel({ name: 'desk', isPrivate: true, members }).id
  return {
    slack,
    channel,
    ana,
    lead,
    room({ clock = systemClock(), log = silentLog, botToken = slack.botToken, appToken = slack.appToken } = {}) {
      const room = slackRoom({ botToken, appToken, apiUrl: slack.url }, { clock, random: systemRandom(), log })
      onTestFinished(() => endRoom(room, clock))
      return room
    },
    httpRoom({ clock = systemClock(), log = silentLog, port = 0 } = {}) {
      const requests = { host: '127.0.0.1', port, path: '/slack', signingSecret: slack.signingSecret }
      const access = { botToken: slack.botToken, apiUrl: slack.url, requests }
      const room = slackRoom(access, { clock, random: systemRandom(), log })
      onTestFinished(() => endRoom(room, clock))
      return room
    },
  }
}

/** Starts a room to which Slack sends requests, and tells Slack where. */
export async function startHttp(room: SlackRoom, intake: Intake, { slack }: Pick<Office, 'slack'>): Promise<string> {
  await room.start(intake)
  const url = `http://127.0.0.1:${room.port()}/slack`
  slack.settings.requestUrl = url
  return url
}

/** Keeps nothing and says so. */
export const emptyIntake: Intake = { keep: async () => undefined, readCursor: async () => undefined }

/** On a clock that stands still, what waits for an end has to be helped along. */
async function endRoom(room: SlackRoom, clock: Clock): Promise<void> {
  let isStopped = false
  const stopping = room.stop().then(() => {
    isStopped = true
  })
  while (isManual(clock) && !isStopped) await clock.advance(SECOND)
  await stopping
}

function isManual(clock: Clock): clock is ManualClock {
  return 'advance' in clock
}

/** Starts the room and waits until both of its sockets are up. */
export async function startFully(room: SlackRoom, intake: Intake, { slack }: Pick<Office, 'slack'>): Promise<void> {
  await room.start(intake)
  await slack.waitFor(() => room.health().sockets === 2, 'both sockets')
}
