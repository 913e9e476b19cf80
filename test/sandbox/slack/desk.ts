// A small desk for tests of the Slack stand-in: a private channel, an agent, a lead, the bot, and the real SDKs.
import { SocketModeClient } from '@slack/socket-mode'
import { type Logger, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import { onTestFinished } from 'vitest'
import { type SlackOptions, startSlack } from '../../../src/sandbox/slack/server.ts'

/** How soon the real socket client comes back; its own default of five seconds would only make tests slow. */
const RECONNECT_MS = 1000

/** The SDKs log what Slack refuses; here refusals are what is tested. */
export const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}

export async function makeDesk(options: SlackOptions = {}) {
  const slack = await startSlack({ limits: 'off', ...options })
  onTestFinished(() => slack.stop())
  const ana = slack.addUser({ name: 'ana', realName: 'Ana Agent', email: 'ana@desk.example' })
  const leo = slack.addUser({ name: 'leo', realName: 'Leo Lead' })
  const members = [ana.id, leo.id, slack.app.botUserId]
  const desk = slack.addChannel({ name: 'desk', isPrivate: true, members })
  return { slack, ana: ana.id, leo: leo.id, desk: desk.id, web: makeWeb(slack) }
}

export type Desk = Awaited<ReturnType<typeof makeDesk>>

export function makeWeb(slack: { url: string; botToken: string }, options: WebClientOptions = {}): WebClient {
  return new WebClient(slack.botToken, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
    ...options,
  })
}

/** A real Socket Mode client that notes what it hears and acks it unless told otherwise. */
export async function connect(
  slack: Desk['slack'],
  onEvent: (envelope: {
    type: string
    body: { [field: string]: unknown }
    ack(payload?: object): Promise<void>
    retry_num?: number
  }) => Promise<void> | void = ({ ack }) => ack(),
): Promise<SocketModeClient> {
  const client = new SocketModeClient({
    appToken: slack.appToken,
    logger: quiet,
    clientPingTimeout: RECONNECT_MS,
    clientOptions: { slackApiUrl: slack.url },
  })
  client.on('slack_event', onEvent)
  await client.start()
  onTestFinished(() => client.disconnect())
  return client
}

/** Resolves when the client has been greeted again; ask before the connection is lost. */
export function comesBack(client: SocketModeClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('connected', () => resolve())
  })
}

/** What Slack answered when it refused: its code and its explanations. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; messages: string[]; [more: string]: unknown }> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof Error && 'data' in thrown) {
      const data = thrown.data as { error: string; response_metadata?: { messages?: string[] } }
      return { ...data, messages: data.response_metadata?.messages ?? [] }
    }
    throw thrown
  }
  throw new Error('Slack accepted what it should have refused')
}

export function plain(text: string) {
  return { type: 'plain_text' as const, text }
}

export function modal(blocks: object[], more: object = {}) {
  return { type: 'modal' as const, title: plain('Reply'), submit: plain('Send'), blocks: blocks as never[], ...more }
}

export function inputBlock(blockId: string, element: object, more: object = {}) {
  return { type: 'input', block_id: blockId, label: plain(blockId), element, ...more }
}

export function buttons(...actionIds: string[]) {
  const elements = actionIds.map((id) => ({ type: 'button', action_id: id, text: plain(id), value: `value of ${id}` }))
  return [{ type: 'actions', block_id: 'buttons', elements }] as never[]
}
