// The two loops that do all the work, with everything that they can do.
import type { InboxDesk } from './arrival.ts'
import { chatHandlers } from './chat-handlers.ts'
import type { Config } from './config.ts'
import type { Db, Tools } from './db/open.ts'
import { turnHandler } from './deal.ts'
import { replyHandler } from './delivery.ts'
import type { OpenDesk } from './desk/desk.ts'
import { dailyHandler } from './digest.ts'
import { followUpHandler } from './follow-up.ts'
import { homesHandler } from './home.ts'
import { channelSource } from './inbox.ts'
import { type IntakeRunner, makeIntakeRunner, type Source } from './intake-runner.ts'
import { mailPaceOf } from './mail-pace.ts'
import { acknowledgingOf } from './main-automation.ts'
import { channelOf, type NamedChannel } from './main-channels.ts'
import { addressesOf, digestDesks, takesTurns } from './main-desks.ts'
import { slackPaceOf } from './main-slack.ts'
import type { Handler } from './outbox-attempt.ts'
import { makeOutboxRunner, type OutboxRunner } from './outbox-runner.ts'
import { overloadsHandler } from './overload.ts'
import { ladderHandler } from './ping.ts'
import type { Policies } from './policy.ts'
import { rateLimiter } from './rate.ts'
import { scheduledHandler } from './scheduled.ts'
import { indexHandler } from './search-index.ts'
import { wakeHandler } from './snooze.ts'
import { writingEndHandler } from './writing.ts'

const UNLIMITED_ROOM = 10

export interface Runners {
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

export function makeRunners(config: Config, tools: RunnerTools): Runners {
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
