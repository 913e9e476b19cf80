// Composition root: config -> store -> channels -> desk -> loops. What starts here stops here, in reverse order.

import type { InboxDesk } from './arrival.ts'
import { openHours } from './calendar.ts'
import type { Channel } from './channel.ts'
import type { ChannelKeeper } from './channel-keeper.ts'
import { chatHandlers } from './chat-handlers.ts'
import { atMost, type Clock, MINUTE, SECOND } from './clock.ts'
import { type Config, mailboxOf } from './config.ts'
import { type Db, openDb, type Tools } from './db/open.ts'
import { openSearchReader } from './db/search-thread.ts'
import { armTurns, turnHandler } from './deal.ts'
import { replyHandler } from './delivery.ts'
import { type OpenDesk, openDesk } from './desk/desk.ts'
import { type DeskDay, deskDay } from './desk-day.ts'
import { armDigests, type DigestDesk, dailyHandler } from './digest.ts'
import { followUpHandler } from './follow-up.ts'
import { HEARTBEAT_EVERY_MS, makeHeartbeat } from './heartbeat.ts'
import { homesHandler } from './home.ts'
import type { Importing } from './import-progress.ts'
import { channelSource } from './inbox.ts'
import { BEAT_MS, type Instance, joinInstances } from './instance.ts'
import { intakeOf } from './intake.ts'
import { type IntakeRunner, makeIntakeRunner, type Source } from './intake-runner.ts'
import type { Log } from './log.ts'
import { mailPaceOf } from './mail-pace.ts'
import { acknowledgingOf, alarmMail, automationHandlers } from './main-automation.ts'
import { channelOf, keepChannels, makeChannels, type NamedChannel } from './main-channels.ts'
import { slackAccess, slackChannels, slackPaceOf } from './main-slack.ts'
import { soundAlarm, tellLeads, watchedOf } from './main-watch.ts'
import type { Handler } from './outbox-attempt.ts'
import { makeOutboxRunner, type OutboxRunner } from './outbox-runner.ts'
import { overloadsHandler, watchOverload } from './overload.ts'
import { ladderHandler } from './ping.ts'
import type { Policies } from './policy.ts'
import { applyPolicies } from './policy-change.ts'
import { makePolicies, quietHours } from './promises.ts'
import { rateLimiter } from './rate.ts'
import { scheduledHandler } from './scheduled.ts'
import { armIndex, indexHandler } from './search-index.ts'
import { wakeHandler } from './snooze.ts'
import { type HealthPage, serveHealth } from './web/health.ts'
import { writingEndHandler } from './writing.ts'

export interface Deskbell {
  db: Db
  /** In sentences, for whoever runs the program. Empty when all is well. */
  problems(): string[]
  /** Mailboxes that take in what was there before their first start. */
  importing(): Importing[]
  stop(): Promise<void>
}

const UNLIMITED_ROOM = 10
const LAG_MAX_MS = MINUTE
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

/** Of a domain that one of our mailboxes has. */
function isOursOf({ email }: Config): (address: string) => boolean {
  const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  const domains = new Set(Object.values(email).flatMap((box) => [box.address, ...box.aliases].map(domainOf)))
  return (address) => domains.has(domainOf(address))
}

function addressesOf(config: Config, channel: string): readonly string[] {
  const mailbox = mailboxOf(config, channel)
  return mailbox ? [mailbox.address, ...mailbox.aliases] : []
}

function takesTurns({ desks }: Config, name: string): boolean {
  return desks[name]?.assign === 'round-robin'
}

function isOpen({ desks, calendars }: Config, name: string, at: number): boolean {
  const calendar = calendars[desks[name]?.calendar ?? '']
  return calendar === undefined || openHours(calendar).isOpen(at)
}

function dayOf({ desks, calendars }: Config, name: string): DeskDay {
  const calendar = desks[name]?.calendar
  return deskDay(calendar === undefined ? undefined : calendars[calendar])
}

function digestDesks(config: Config): DigestDesk[] {
  return Object.entries(config.desks)
    .filter(([, { digest }]) => digest)
    .map(([name, { leads }]) => ({ name, leads, day: dayOf(config, name) }))
}

function quietOf({ desks, calendars }: Config, name: string) {
  const { quiet, calendar } = desks[name] ?? {}
  const zone = (calendar === undefined ? undefined : calendars[calendar])?.zone ?? 'UTC'
  return quiet && { until: quietHours(quiet, zone), exceptTiers: quiet.exceptTiers }
}

interface Runners {
  intake: IntakeRunner
  outbox: OutboxRunner
}

interface RunnerTools extends Tools {
  db: Db
  owner: string
  channels: Map<string, NamedChannel>
  desk: OpenDesk
  policies: Policies
  automation: Record<string, Handler>
}

function makeRunners(config: Config, tools: RunnerTools): Runners {
  const { db, channels, desk, policies, automation } = tools
  const sources = new Map<string, Source>([[desk.channelName, desk.source as Source]])
  for (const [name, named] of channels) {
    const { changedSubjectMs, groupingMs } = config.limits
    const inbox: InboxDesk = {
      ...{
        desk: named.desk,
        takesTurns: takesTurns(config, named.desk),
        policies,
        changedSubjectMs,
        groupingMs,
        ...acknowledgingOf(config, name),
      },
      addressesOf: (other) => addressesOf(config, other),
    }
    sources.set(name, channelSource(named.channel, inbox) as Source)
  }
  const { attemptsMax, giveUpMs, uncertainWaitMs, mailSendsMax, tickMs } = config.limits.outbox
  const paceOf = (key: string) => mailPaceOf(config.email, key) ?? slackPaceOf(key) ?? desk.paceOf(key)
  const outbox = makeOutboxRunner({
    ...tools,
    limiter: rateLimiter(paceOf, UNLIMITED_ROOM),
    handlers: {
      ...desk.handlers,
      ...automation,
      ...chatHandlers({ ...tools, ...config.limits, channelOf: (name) => channelOf(channels, name) }),
      reply: replyHandler({ db, channelOf: (name) => channelOf(channels, name), policies }),
    },
    local: {
      ladder: ladderHandler(policies),
      daily: dailyHandler(digestDesks(config)),
      wake: wakeHandler(),
      index: indexHandler(db.engine),
      homes: homesHandler(),
      'writing-end': writingEndHandler(),
      scheduled: scheduledHandler((name) => config.desks[name]?.leads ?? []),
      'follow-up': followUpHandler(),
      turn: turnHandler((name) => takesTurns(config, name)),
      overloads: overloadsHandler(Object.keys(config.desks)),
    },
    limits: { attemptsMax, giveUpMs, uncertainWaitMs, sendsMax: mailSendsMax },
    tickMs,
  })
  const intake = makeIntakeRunner({ ...tools, sources, ...config.limits.intake, tickMs })
  return { intake, outbox }
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

function problemsOf(channels: Map<string, NamedChannel>, desk: OpenDesk): string[] {
  const healths = [desk.health(), ...[...channels.values()].map(({ channel }) => channel.health())]
  return healths.flatMap(({ ok, problem }) => (ok ? [] : [problem ?? 'something does not answer']))
}

/** What works, and has to be put right some day. */
function adviceOf(desk: OpenDesk): string[] {
  const { ok, problem } = desk.health()
  return ok && problem !== undefined ? [problem] : []
}

function importingOf(channels: Map<string, NamedChannel>): Importing[] {
  return [...channels].flatMap(([name, { channel }]) => {
    const { importing } = channel.health()
    return importing ? [{ name, ...importing }] : []
  })
}

async function openHealthPage(
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
