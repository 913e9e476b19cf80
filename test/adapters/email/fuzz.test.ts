// Thousands of damaged mails through the real parser, intake and inbox: none may crash, stall or vanish.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { parsePool } from '../../../adapters/email/parse-pool.ts'
import { type InboundEvent, ParseError, type RawEvent } from '../../../src/channel.ts'
import { DAY, MINUTE, systemClock } from '../../../src/clock.ts'
import type { Db } from '../../../src/db/open.ts'
import { channelSource } from '../../../src/inbox.ts'
import { joinInstances } from '../../../src/instance.ts'
import { intakeOf } from '../../../src/intake.ts'
import { makeIntakeRunner } from '../../../src/intake-runner.ts'
import { silentLog } from '../../../src/log.ts'
import { manualClock } from '../../setup/clock.ts'
import { eachDatabase } from '../../setup/database.ts'
import { always, calendarPolicy } from '../../setup/policy.ts'
import { DESK, seededRandom } from '../../setup/world.ts'
import { makeChance } from '../../simulation/chance.ts'
import { configOf, openChannel } from './mailbox.ts'
import { mutate } from './mutation.ts'

/** `FUZZ_SEED=7 FUZZ_CASES=100000 npx vitest run fuzz` looks further; a failure names the seed and the case. */
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const PARSED = Number(process.env.FUZZ_CASES ?? 2500)
const RECEIVED = { sqlite: 500, postgres: 150 }
const AT_ONCE = 50
const KEY_BYTES_MAX = 200

const FIXTURES = join(import.meta.dirname, '../../fixtures/mail')
const seeds = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.eml'))
  .toSorted()
  .map((name) => readFileSync(join(FIXTURES, name)))

const nowhere = { host: '127.0.0.1', port: 9 }

/** The same number is always the same mail. */
function damaged(number: number): Buffer {
  const chance = makeChance(SEED * 1_000_003 + number)
  return mutate(chance.pick(seeds), chance, seeds)
}

function makeChannel() {
  const channel = openChannel(configOf({ imap: nowhere, smtp: nowhere, password: 'x' }))
  onTestFinished(() => channel.stop())
  return channel
}

const rawOf = (number: number): RawEvent => ({
  key: `fuzz/${number}`,
  arrivedAt: Date.UTC(2026, 0, 1),
  body: damaged(number),
})

function faultsOf(event: InboundEvent): string[] {
  const texts = textsIn(event)
  const keys = event.kind === 'message' ? [...event.keys, ...event.evidence.map(({ key }) => key)] : []
  return [
    ...(texts.some((text) => text.includes('\0')) ? ['NUL'] : []),
    ...(texts.some((text) => !text.isWellFormed()) ? ['half a character'] : []),
    ...(keys.some((key) => Buffer.byteLength(key) > KEY_BYTES_MAX) ? ['a long key'] : []),
  ]
}

/** Everything in it that is text, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
}

describe(`damaged mails (seed ${SEED})`, () => {
  const pool = parsePool(systemClock())
  afterAll(() => pool.close())

  test(`${PARSED} of them are read, or given up on with a reason, within the parser’s time`, async () => {
    const trouble: string[] = []
    for (let from = 0; from < PARSED; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, PARSED - from) }, (_, n) => from + n)
      await Promise.all(
        numbers.map(async (number) => {
          const outcome = await pool.mail(damaged(number), false).catch((error: unknown) => error)
          const isKnown = !(outcome instanceof Error) || (outcome instanceof ParseError && outcome.final)
          const isBounded = !(outcome instanceof Error) || !/longer than|too much memory|ended/.test(outcome.message)
          if (!isKnown || !isBounded) trouble.push(`case ${number}: ${(outcome as Error).message}`)
        }),
      )
    }
    expect(trouble).toEqual([])
  })

  test('what is told of them can be stored anywhere: no NUL, no half characters, no endless key', async () => {
    const channel = makeChannel()
    const trouble: string[] = []
    for (let number = 0; number < RECEIVED.sqlite; number++) {
      const raw = rawOf(number)
      const events = await channel.parse(raw).catch(() => [channel.salvage(raw)])
      const faults = events.length === 0 ? ['nothing is told of it'] : events.flatMap(faultsOf)
      trouble.push(...faults.map((fault) => `case ${number}: ${fault}`))
    }
    expect(trouble).toEqual([])
  })
})

eachDatabase((open, _fresh, engine) => {
  test(`${RECEIVED[engine]} damaged mails: each is in a conversation, or what we wrote ourselves`, async () => {
    const clock = manualClock(Date.UTC(2026, 0, 1) + DAY)
    const tools = { clock, random: seededRandom(1), log: silentLog }
    const db = await open(tools)
    await joinInstances(db, { clock, log: silentLog, id: 'first' })
    const channel = makeChannel()
    const source = channelSource(channel, { desk: DESK, policies: always(calendarPolicy(24)) })
    const intake = makeIntakeRunner({
      ...{ ...tools, db, owner: 'first', sources: new Map([[channel.name, source]]) },
      ...{ batchMax: AT_ONCE, strikesMax: 3, tickMs: MINUTE },
    })
    for (let from = 0; from < RECEIVED[engine]; from += AT_ONCE) {
      await intakeOf(db, channel.name).keep(Array.from({ length: AT_ONCE }, (_, n) => rawOf(from + n)))
    }
    while (await intake.pass());
    expect(await unaccountedFor(db)).toEqual([])
    const { kept } = await db
      .selectFrom('intake')
      .select((eb) => eb.fn.countAll<number>().as('kept'))
      .executeTakeFirstOrThrow()
    expect(Number(kept)).toBe(RECEIVED[engine])
  })
})

/** Kept mails that nobody will ever see: neither in a conversation nor known as our own. */
async function unaccountedFor(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('intake')
    .leftJoin('message_source', 'message_source.intake_id', 'intake.id')
    .select(['intake.key', 'intake.state', 'intake.error'])
    .where('message_source.message_id', 'is', null)
    .execute()
  const channel = makeChannel()
  const lost: string[] = []
  for (const { key, state, error } of rows) {
    const [event] = await channel.parse(rawOf(Number(key.slice('fuzz/'.length)))).catch(() => [])
    if (state !== 'received' || event?.kind !== 'own') lost.push(`${key} ${state} ${error ?? ''}`)
  }
  return lost
}
