// What every adapter promises the core (design section 5), as one suite. An adapter brings a harness: its platform, seen from outside.
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type Channel,
  type ExternalId,
  type InboundEvent,
  type InboundMessage,
  type Intake,
  type OutboundMessage,
  ParseError,
  type Part,
  type Progress,
  type RawEvent,
  SendError,
  type SendFailure,
} from '../../src/channel.ts'

export interface ChannelHarness {
  /** A new channel object on the same account, as after a restart. */
  open(): Channel
  /** Resolves once the platform has it. `claimedAt` is the sender's own word for when, where he has a say. */
  customerWrites(text: string, options?: { claimedAt?: number }): Promise<void>
  /** We write on the same account, past the program; where the platform has bots, one writes as well. */
  weWrite(text: string): Promise<void>
  /** The platform offers what it has again, as after a lost acknowledgement or a rebuilt mailbox. */
  redeliver(): Promise<void>
  /** The platform's clock, epoch milliseconds. */
  platformNow(): number
  /** To the harness's customer, as the answer to nothing. */
  outbound(id: string, text: string): OutboundMessage
  /** What the next send meets; `lost` is taken by the platform, but its answer never comes. */
  nextSend(meets: 'temporary' | 'rejected' | 'lost'): void
  /** What the customer has been shown, by the platform's own identity of each message. */
  customerSees(): Promise<{ identity: string; text: string }[]>
  /** Ends the platform. */
  close(): Promise<void>
}

const WAIT_MS_MAX = 10_000
const CLOCKS_DIFFER_MS_MAX = 1000 // Platforms tell whole seconds, rounded down.

export function channelContract(name: string, makeHarness: () => Promise<ChannelHarness>): void {
  const make = async () => {
    const harness = await makeHarness()
    onTestFinished(() => harness.close())
    const intake = memoryIntake()
    const open = () => {
      const channel = harness.open()
      onTestFinished(() => channel.stop())
      return channel
    }
    const start = async () => {
      const channel = open()
      await channel.start(intake)
      return channel
    }
    return { harness, intake, open, start }
  }

  describe(`${name} keeps the promises of a channel (Q2)`, () => {
    describe('1: what was not kept was not acknowledged', () => {
      test('a message the store refused comes again, and is kept once', async () => {
        const { harness, intake, start } = await make()
        const channel = await start()
        intake.refuse = true
        await harness.customerWrites('Are you there?')
        await until(() => intake.refused > 0)
        expect(intake.rows).toEqual([])
        intake.refuse = false
        await until(async () => (await textsIn(channel, intake)).length > 0)
        expect(await textsIn(channel, intake)).toEqual(['Are you there?'])
      })

      test('the cursor moves with what is kept and never without it', async () => {
        const { harness, intake, start } = await make()
        const channel = await start()
        const before = new Map(intake.cursors)
        intake.refuse = true
        await harness.customerWrites('Are you there?')
        await until(() => intake.refused > 0)
        await channel.stop()
        expect(intake.cursors).toEqual(before)
      })

      test('what came while we were away is kept at the next start, in order, once', async () => {
        const { harness, intake, start } = await make()
        const first = await start()
        await harness.customerWrites('one')
        await until(() => intake.rows.length > 0)
        await first.stop()
        for (const text of ['two', 'three', 'four']) await harness.customerWrites(text)
        const second = await start()
        await until(async () => (await textsIn(second, intake)).length >= 4)
        expect(await textsIn(second, intake)).toEqual(['one', 'two', 'three', 'four'])
      })

      test('nothing is handed over once stop has resolved', async () => {
        const { harness, intake, start } = await make()
        const channel = await start()
        await channel.stop()
        const keeps = intake.keeps
        await harness.customerWrites('too late')
        // Another program on the account hears of it; by then the stopped one would have, too.
        const other = memoryIntake()
        other.cursors = new Map(intake.cursors)
        const witness = harness.open()
        onTestFinished(() => witness.stop())
        await witness.start(other)
        await until(async () => (await textsIn(witness, other)).includes('too late'))
        expect(intake.keeps).toBe(keeps)
      })
    })

    test('2: what we or a bot wrote is never a customer’s message', async () => {
      const { harness, intake, start } = await make()
      const channel = await start()
      await harness.weWrite('We are here')
      await harness.customerWrites('Good')
      await until(async () => (await textsIn(channel, intake)).includes('Good'))
      expect(await textsIn(channel, intake)).toEqual(['Good'])
    })

    test('3: the same message has the same id, however often it is delivered and whoever reads it', async () => {
      const { harness, intake, start } = await make()
      const first = await start()
      await harness.customerWrites('Same')
      await harness.customerWrites('Other')
      await until(async () => (await textsIn(first, intake)).length >= 2)
      const before = await idsByText(first, intake)
      await first.stop()
      await harness.redeliver()
      const second = await start()
      await harness.customerWrites('Last')
      await until(async () => (await textsIn(second, intake)).includes('Last'))
      const after = await idsByText(second, intake)
      expect(new Set(before.get('Same')).size).toBe(1)
      expect(new Set(after.get('Same'))).toEqual(new Set(before.get('Same')))
      expect(new Set(after.get('Other'))).toEqual(new Set(before.get('Other')))
      expect(after.get('Same')?.[0]).not.toBe(after.get('Other')?.[0])
    })

    test('4: the time that counts is the platform’s, never the sender’s', async () => {
      const { harness, intake, start } = await make()
      const channel = await start()
      for (const claimedAt of [Date.UTC(2001, 0, 1), Date.UTC(2099, 0, 1)]) {
        const earliest = harness.platformNow() - CLOCKS_DIFFER_MS_MAX
        await harness.customerWrites(`I say ${claimedAt}`, { claimedAt })
        const message = await found(async () =>
          (await messagesIn(channel, intake)).find(({ text }) => text === `I say ${claimedAt}`),
        )
        expect(message.arrivedAt).toBeGreaterThanOrEqual(earliest)
        expect(message.arrivedAt).toBeLessThanOrEqual(harness.platformNow())
      }
    })

    describe('5: a failed send says whether the customer has it', () => {
      test.each([
        ['temporary', 'temporary'],
        ['rejected', 'rejected'],
        ['lost', 'uncertain'],
      ] as const)('%s', async (meets, kind) => {
        const { harness, open } = await make()
        const channel = open()
        const parts = await channel.render(harness.outbound('m_01k0contract5', 'Hello'))
        harness.nextSend(meets)
        const seen = makeProgress()
        const error = await failureOf(channel.send(parts, seen))
        expect(error.failure.kind satisfies SendFailure['kind']).toBe(kind)
        expect(error.message).not.toBe('')
        if (kind === 'rejected') expect(error.message).toMatch(/^[^\n]+\.$/) // A sentence for the agent.
        if (kind !== 'uncertain') expect(await harness.customerSees()).toEqual([])
        expect(seen.accepted.size).toBe(0)
      })

      test('a channel sends without having been started', async () => {
        const { harness, open } = await make()
        const channel = open()
        const parts = await channel.render(harness.outbound('m_01k0contract6', 'Hello'))
        const seen = makeProgress()
        const sent = await channel.send(parts, seen)
        expect([...seen.accepted.values()]).toEqual(sent.externalIds)
        expect(sent.recipients.some(({ accepted }) => accepted)).toBe(true)
        expect(await harness.customerSees()).toHaveLength(1)
      })
    })

    describe('6: a retry shows the customer no second message', () => {
      test('the same message is rendered to the same bytes', async () => {
        const { harness, open } = await make()
        const bytes = (parts: Part[]) => parts.map(({ body }) => Buffer.from(body).toString('base64'))
        const message = harness.outbound('m_01k0contract7', 'Hello **you**')
        expect(bytes(await open().render(message))).toEqual(bytes(await open().render(message)))
      })

      test('a part known to be accepted is not sent again', async () => {
        const { harness, open } = await make()
        const channel = open()
        const parts = await channel.render(harness.outbound('m_01k0contract8', 'Hello'))
        const seen = makeProgress()
        const sent = await channel.send(parts, seen)
        const again = await open().send(parts, seen)
        expect(again.externalIds).toEqual(sent.externalIds)
        expect(await harness.customerSees()).toHaveLength(1)
      })

      test('after a lost answer the message is looked up or sent with the same identity', async () => {
        const { harness, open } = await make()
        const channel = open()
        const parts = await channel.render(harness.outbound('m_01k0contract9', 'Hello'))
        const seen = makeProgress()
        harness.nextSend('lost')
        await failureOf(channel.send(parts, seen))
        expect(await harness.customerSees()).toHaveLength(1)
        const found = await open().reconcile(parts, seen)
        if (found === 'absent' || found === 'unknown') await open().send(parts, seen)
        const copies = await harness.customerSees()
        expect(new Set(copies.map(({ identity }) => identity)).size).toBe(1)
        if (channel.limits.idempotency !== 'none') expect(copies).toHaveLength(1)
      })
    })

    test('nothing it is given to parse can do worse than a ParseError', async () => {
      const { open } = await make()
      const channel = open()
      for (const body of [
        new Uint8Array(),
        Buffer.from('\u0000\u0001'),
        Buffer.from('{"a":'),
        Buffer.alloc(100_000, 0xff),
      ]) {
        const raw: RawEvent = { key: 'garbage', arrivedAt: 1000, body }
        const events = await channel.parse(raw).catch((error: unknown) => {
          expect(error).toBeInstanceOf(ParseError)
          return [] as InboundEvent[]
        })
        for (const event of events) expect(event.arrivedAt).toBe(1000)
        expect(channel.salvage(raw)).toMatchObject({ kind: 'message', arrivedAt: 1000 })
      }
    })
  })
}

interface MemoryIntake extends Intake {
  rows: RawEvent[]
  cursors: Map<string, string>
  refuse: boolean
  /** Calls that carried something and were refused. */
  refused: number
  keeps: number
}

function memoryIntake(): MemoryIntake {
  const keys = new Set<string>()
  const intake: MemoryIntake = {
    rows: [],
    cursors: new Map(),
    refuse: false,
    refused: 0,
    keeps: 0,
    async keep(raws, cursor) {
      if (intake.refuse && raws.length > 0) {
        intake.refused++
        throw new Error('the store refuses')
      }
      intake.keeps++
      intake.rows.push(...raws.filter(({ key }) => !keys.has(key)))
      for (const { key } of raws) keys.add(key)
      if (cursor) intake.cursors.set(cursor.key, cursor.value)
    },
    readCursor: async (key) => intake.cursors.get(key),
  }
  return intake
}

function makeProgress(): Progress & { accepted: Map<number, ExternalId> } {
  const accepted = new Map<number, ExternalId>()
  return { startedAt: 0, accepted, accept: async (index, id) => void accepted.set(index, id) }
}

/** As the core does it: one message per external id. */
async function messagesIn(channel: Channel, intake: MemoryIntake): Promise<InboundMessage[]> {
  const seen = new Map<ExternalId, InboundMessage>()
  for (const raw of [...intake.rows]) {
    for (const event of await channel.parse(raw)) {
      if (event.kind === 'message' && !seen.has(event.externalId)) seen.set(event.externalId, event)
    }
  }
  return [...seen.values()]
}

async function textsIn(channel: Channel, intake: MemoryIntake): Promise<string[]> {
  return (await messagesIn(channel, intake)).map(({ text }) => text.trim())
}

async function idsByText(channel: Channel, intake: MemoryIntake): Promise<Map<string, ExternalId[]>> {
  const ids = new Map<string, ExternalId[]>()
  for (const raw of intake.rows) {
    for (const event of await channel.parse(raw)) {
      if (event.kind !== 'message') continue
      const text = event.text.trim()
      ids.set(text, [...(ids.get(text) ?? []), event.externalId])
    }
  }
  return ids
}

async function failureOf(sending: Promise<unknown>): Promise<SendError> {
  const outcome = await sending.then(
    () => 'it was sent',
    (error: unknown) => error,
  )
  if (outcome instanceof SendError) return outcome
  throw new Error(`expected a SendError, got ${String(outcome)}`)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: WAIT_MS_MAX, interval: 10 })
}

async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  return await vi.waitUntil(look, { timeout: WAIT_MS_MAX, interval: 10 })
}
