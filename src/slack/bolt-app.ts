// Bolt, set up to do nothing by itself: no server, no socket, no memory; it only finds the listener for what a person did.
import { App, type Receiver } from '@slack/bolt'
import type { Log } from '../log.ts'
import { type SlackAccess, uiOptions } from './clients.ts'
import type { Self } from './room.ts'
import { sdkLogger } from './sdk-logger.ts'

/** What arrives is handed to `processEvent` by the room, so the receiver has nothing to do. */
const idle: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined }

/** Call `init` before the first event. */
export function boltApp({ botToken, apiUrl }: SlackAccess, self: Self, log: Log): App {
  const app = new App({
    // Asked for each interaction, and answered from what `start` learnt: no call to Slack stands before an ack.
    authorize: async () => ({ botToken, ...self }),
    receiver: idle,
    convoStore: false,
    deferInitialization: true,
    logger: sdkLogger(log),
    clientOptions: uiOptions(apiUrl, log),
  })
  app.error(async (error) => {
    log.error({ error: String(error), code: error.code }, 'slack: a listener failed')
  })
  return app
}
