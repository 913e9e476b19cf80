// Customers write, platforms deliver until we acknowledge, and some of our mail comes back.
import type { RawEvent } from '../../src/channel.ts'
import { MAIL, type RawBody, type Temper, toRaw } from './customer-channel.ts'
import { findReachable, type World } from './world.ts'

const REDELIVER_MIN_MS = 5_000
const REDELIVER_MAX_MS = 30_000
const ACK_LOST = 0.1
const SEEN_TWICE = 0.15

export async function customersWrite(world: World): Promise<void> {
  const { profile, time, chance } = world
  const writing = Array.from({ length: profile.questions }, async (_, index) => {
    await time.wait(chance.between(0, profile.activeMs))
    await write(world, `q${index + 1}`)
  })
  await Promise.all(writing)
}

async function write(world: World, externalId: string): Promise<void> {
  const { profile, time, chance } = world
  const customer = chance.between(1, profile.customers)
  const channel = profile.channels[customer % profile.channels.length] ?? MAIL
  const thread = `${customer}.${chance.happens(0.8) ? 1 : 2}`
  const counts = !chance.happens(0.1)
  const arrivedAt = time.platform()
  const question = { externalId, channel, thread, arrivedAt, counts, acknowledged: false }
  world.questions.push(question)
  world.note(`${channel} ${externalId} is written in ${thread}${counts ? '' : ' by a machine'}`)
  const body: RawBody = { kind: 'message', externalId, thread, from: `c${customer}`, counts, temper: drawTemper(world) }
  await deliver(world, channel, toRaw(externalId, arrivedAt, body))
  question.acknowledged = true
  // The same message by another mailbox, or after the mailbox was numbered anew.
  if (chance.happens(SEEN_TWICE)) await deliver(world, channel, toRaw(`${externalId} again`, arrivedAt, body))
}

function drawTemper({ chance, profile }: World): Temper {
  if (chance.happens(profile.deadly)) return 'deadly'
  if (chance.happens(profile.poisonous)) return 'poisonous'
  return chance.happens(profile.flaky) ? 'flaky' : 'mild'
}

/** Again and again, to whichever program can be reached, until one has acknowledged. */
async function deliver(world: World, channel: string, raw: RawEvent): Promise<void> {
  const { time, chance } = world
  let acknowledged = false
  while (!acknowledged) {
    const program = findReachable(world)
    const take = async () => {
      await program?.machine.cross()
      await program?.intakes.get(channel)?.keep([raw])
      await program?.machine.cross()
      if (program && !(world.stormy && chance.happens(ACK_LOST))) acknowledged = true
    }
    void take() // A program that dies over it never answers; nobody may wait for that.
    await time.wait(chance.between(REDELIVER_MIN_MS, REDELIVER_MAX_MS))
  }
}

/** Some of the mail we had accepted comes back, for good or for now. */
export async function mailBounces(world: World): Promise<void> {
  const { profile, time, chance } = world
  const judged = new Set<string>()
  const returning: Promise<void>[] = []
  while (world.stormy) {
    await time.wait(5_000)
    for (const copy of world.copies) {
      if (copy.channel !== MAIL || judged.has(copy.messageId)) continue
      judged.add(copy.messageId)
      if (chance.happens(profile.bounces)) returning.push(bounce(world, copy.messageId))
    }
  }
  await Promise.all(returning)
}

async function bounce(world: World, of: string): Promise<void> {
  const { time, chance } = world
  await time.wait(chance.between(0, 60_000))
  const lasting = chance.happens(0.7) ? 'hard' : 'soft'
  const body: RawBody = { kind: 'bounce', externalId: `bounce of ${of}`, of, lasting }
  world.note(`${of} bounces, ${lasting}`)
  await deliver(world, MAIL, toRaw(body.externalId, time.platform(), body))
  const returned = lasting === 'hard' ? world.bounced : world.delayed
  returned.add(of)
}
