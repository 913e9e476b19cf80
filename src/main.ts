// Composition root: config -> store -> channels -> desk -> loops. What starts here stops here, in reverse order.
import type { Channel } from './channel.ts'
import type { ChannelKeeper } from './channel-keeper.ts'
import { atMost, type Clock, SECOND } from './clock.ts'
import { type Config, mailboxOf } from './config.ts'
import { type Db, openDb, type Tools } from './db/open.ts'
import { openSearchReader } from './db/search-thread.ts'
import { armTurns } from './deal.ts'
import { openDesk } from './desk/desk.ts'
import { armDigests } from './digest.ts'
import { HEARTBEAT_EVERY_MS, makeHeartbeat } from './heartbeat.ts'
import type { Importing } from './import-progress.ts'
import { BEAT_MS, type Instance, joinInstances } from './instance.ts'
import { intakeOf } from './intake.ts'
import type { Log } from './log.ts'
import { alarmMail, automationHandlers } from './main-automation.ts'
import { channelOf, keepChannels, makeChannels, type NamedChannel } from './main-channels.ts'
import { dayOf, digestDesks, isOpen, isOursOf, quietOf, takesTurns } from './main-desks.ts'
import { adviceOf, importingOf, openHealthPage, problemsOf } from './main-health.ts'
import { makeRunners, type Runners } from './main-runners.ts'
import { slackAccess, slackChannels } from './main-slack.ts'
import { soundAlarm, tellLeads, watchedOf } from './main-watch.ts'
import { watchOverload } from './overload.ts'
import { applyPolicies } from './policy-change.ts'
import { makePolicies } from './promises.ts'
import { armIndex } from './search-index.ts'

export interface Deskbell {
  db: Db
  /** In sentences, for whoever runs the program. Empty when all is well. */
  problems(): string[]
  /** Mailboxes that take in what was there before their first start. */
  importing(): Importing[]
  stop(): Promise<void>
}

const DRAIN_MS = 10 * SECOND

/** Resolves once the store is open and every loop runs; channels connect in the background and say so in `problems`. */
export async function startDeskbell(config: Config, tools: Tools): Promise<Deskbell> {
  const { clock, log } = tools
  const db = await openDb(config.database, tools)
  await db.migrate()
  const searching = await openSearchReader(config.database, db, tools)
  const instance = await joinInstances(db, { clock, log, id: db.newId('n') })
  const channels = await makeChannels(config, db, tools)
  const policies = makePolicies(config)
  const { slack: _written, ...settings } = config
  const { customers, ...access } = await slackAccess(config, { ...tools, db, instance })
  const desk = await openDesk(
    { ...settings, ...access },
    {
      ...tools,
      db,
      searching,
      policies,
      channelOf: (name) => channelOf(channels, name),
      channelsAt: (desk) => [...channels].flatMap(([name, named]) => (named.desk === desk ? [name] : [])),
      limits: config.limits.ping,
      quietOf: (name) => quietOf(config, name),
      isRestricted: (name) => mailboxOf(config, name)?.restricted ?? false,
      isOurs: isOursOf(config),
      dayOf: (name) => dayOf(config, name),
      isOpen: (name) => isOpen(config, name, tools.clock.now()),
    },
  )
  const inSlack = await slackChannels(config, customers, { ...tools, db, desk })
  for (const [name, made] of inSlack.channels) channels.set(name, made)
  const lookUp = (name: string) => channelOf(channels, name)
  const automation = await automationHandlers(config, {
    ...{ ...tools, db, policies, channels, channelOf: lookUp },
    tellLeads: (name, text) => tellLeads(config, desk, name, text),
  })
  const runners = makeRunners(config, { ...tools, db, owner: instance.id, channels, desk, policies, automation })
  db.onWake('intake', runners.intake.wake)
  db.onWake('outbox', runners.outbox.wake)
  const keepers = keepChannels(channels, db, instance, log)
  const stopBeat = beat(instance, runners, keepers, tools)
  const changed = await applyPolicies(db, policies)
  if (changed > 0) log.info({ windows: changed }, 'the promises have changed; who waits now has the new one')
  await armDigests(db, digestDesks(config))
  await armIndex(db)
  await armTurns(
    db,
    Object.keys(config.desks).filter((name) => takesTurns(config, name)),
  )
  await db.transaction(watchOverload)
  await runners.intake.recover()
  await runners.outbox.recover()
  runners.intake.start()
  runners.outbox.start()
  desk.start(intakeOf(db, desk.channelName))
  inSlack.start()
  await Promise.all(keepers.map((keeper) => keeper.tend()))
  const heartbeat = makeHeartbeat({
    ...{ db, clock, log, owner: instance.id },
    watched: () => watchedOf(config, { clock, desk, outbox: runners.outbox, held: () => heldBy(keepers, channels) }),
    sound: (name, text) =>
      soundAlarm(config, { desk, mail: alarmMail(config, { clock, log, db, channels }), log }, { name, text }),
  })
  const stopHeartbeat = clock.every(HEARTBEAT_EVERY_MS, heartbeat.check)
  const page = await openHealthPage(config, db, { clock, runners, channels, desk })
  log.info({ desks: Object.keys(config.desks), channels: [...channels.keys()] }, 'deskbell is ready')
  return {
    db,
    problems: () => [...problemsOf(channels, desk), ...adviceOf(desk)],
    importing: () => importingOf(channels),
    async stop() {
      await page?.stop()
      stopHeartbeat()
      stopBeat()
      await Promise.all(keepers.map((keeper) => keeper.stop()))
      await inSlack.stop()
      await desk.stop()
      await runners.intake.stop()
      await atMost(clock, DRAIN_MS, runners.outbox.stop())
      await instance.leave()
      await searching.close()
      await db.close()
    },
  }
}

function heldBy(keepers: ChannelKeeper[], channels: Map<string, NamedChannel>): Channel[] {
  return [...channels.values()].flatMap(({ channel }, n) => (keepers[n]?.holds() ? [channel] : []))
}

function beat(
  instance: Instance,
  runners: Runners,
  keepers: ChannelKeeper[],
  tools: { clock: Clock; log: Log },
): () => void {
  return tools.clock.every(BEAT_MS, async () => {
    try {
      await instance.beat()
      await runners.intake.recover()
      await runners.outbox.recover()
    } catch (error) {
      tools.log.error({ error: String(error) }, 'a beat failed; the store does not answer')
    }
    await Promise.all(keepers.map((keeper) => keeper.tend()))
  })
}
