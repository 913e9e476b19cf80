// A desk without Slack: what is owed to it waits, and says what is missing.
import { SendError } from '../channel.ts'
import type { Handler } from '../outbox-attempt.ts'
import type { OpenDesk } from './desk.ts'
import { DESK_EFFECTS } from './effects.ts'

const MISSING = 'Slack is not connected: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.'

export function closedDesk(): OpenDesk {
  const waiting: Handler = {
    send: async () => {
      throw new SendError({ kind: 'temporary', account: true }, MISSING)
    },
    verify: async () => ({ kind: 'absent' }),
  }
  return {
    knowsAgents: () => false,
    channelName: 'slack:desk',
    source: {
      parse: async () => [],
      receive: async () => undefined,
      quarantine: async () => undefined,
    },
    handlers: Object.fromEntries(DESK_EFFECTS.map((kind) => [kind, waiting])) as OpenDesk['handlers'],
    paceOf: () => undefined,
    start: () => undefined,
    health: () => ({ ok: false, problem: MISSING }),
    tell: () => Promise.reject(new Error(MISSING)),
    stop: async () => undefined,
  }
}
