// How the program is: for whoever runs it, and for what watches over it.
import { type Clock, MINUTE, SECOND } from './clock.ts'
import type { Config } from './config.ts'
import type { Db } from './db/open.ts'
import type { OpenDesk } from './desk/desk.ts'
import type { Importing } from './import-progress.ts'
import type { NamedChannel } from './main-channels.ts'
import type { Runners } from './main-runners.ts'
import { type HealthPage, serveHealth } from './web/health.ts'

const LAG_MAX_MS = MINUTE

export function problemsOf(channels: Map<string, NamedChannel>, desk: OpenDesk): string[] {
  const healths = [desk.health(), ...[...channels.values()].map(({ channel }) => channel.health())]
  return healths.flatMap(({ ok, problem }) => (ok ? [] : [problem ?? 'something does not answer']))
}

/** What works, and has to be put right some day. */
export function adviceOf(desk: OpenDesk): string[] {
  const { ok, problem } = desk.health()
  return ok && problem !== undefined ? [problem] : []
}

export function importingOf(channels: Map<string, NamedChannel>): Importing[] {
  return [...channels].flatMap(([name, { channel }]) => {
    const { importing } = channel.health()
    return importing ? [{ name, ...importing }] : []
  })
}

export async function openHealthPage(
  config: Config,
  db: Db,
  parts: { clock: Clock; runners: Runners; channels: Map<string, NamedChannel>; desk: OpenDesk },
): Promise<HealthPage | undefined> {
  if (!config.web) return undefined
  const lagMs = () => parts.clock.monotonic() - parts.runners.outbox.lastPassAt()
  const live = () => lagMs() < LAG_MAX_MS
  const ready = async () => {
    await db.transaction((trx) =>
      trx
        .insertInto('setting')
        .values({ key: 'last-write', value: String(trx.now()) })
        .onConflict((oc) => oc.column('key').doUpdateSet({ value: String(trx.now()) }))
        .execute(),
    )
    return live() && problemsOf(parts.channels, parts.desk).length === 0
  }
  return await serveHealth(config.web, {
    live,
    ready,
    lagSeconds: () => Math.round(lagMs() / SECOND),
    importing: () => importingOf(parts.channels),
  })
}
