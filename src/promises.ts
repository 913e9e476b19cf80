// The promises of the configuration, ready to be asked.
import { HOUR } from './clock.ts'
import type { Config } from './config.ts'
import type { Policies, Policy } from './policy.ts'

export function makePolicies({ desks }: Pick<Config, 'desks'>): Policies {
  const byDesk = new Map(Object.entries(desks).map(([name, { window }]) => [name, makePolicy(name, window)]))
  return {
    choose: ({ desk }) => byDesk.get(desk) ?? makePolicy(desk, 'calendar:24h'),
    tierOf: ({ tier }) => tier,
    list: () => [...byDesk.values()],
  }
}

function makePolicy(name: string, window: string): Policy {
  const hours = Number(/\d+/.exec(window)?.[0] ?? 24)
  return {
    name,
    version: window,
    definition: JSON.stringify({ window }),
    dueAt: (startedAt) => startedAt + hours * HOUR,
    softDueAt: () => undefined,
    ladder: [{ name: 'due', at: ({ dueAt }) => dueAt, to: [{ kind: 'leads' }], acknowledgeMs: undefined }],
  }
}
