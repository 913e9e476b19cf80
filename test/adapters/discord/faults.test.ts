// A gateway that loses, doubles, delays and reorders what it tells: in the end the intake knows exactly what stands in Discord.
import { expect, test } from 'vitest'
import type { InboundEvent } from '../../../src/channel.ts'
import type { Message } from '../../../src/sandbox/discord/records.ts'
import { makeServer, messagesOf, type Server, until } from './server.ts'

const ACTIONS = 60
const BREATH_MS = 40

/** The same seed plays the same way (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed >>> 0) % sides
  }
}

test.each([1, 2, 3, 4, 5, 6])(
  'whatever becomes of the gateway’s frames, what is told is what stands in Discord (seed %d)',
  async (seed) => {
    const server = await makeServer({ heartbeatMs: 200, clock: growingClock() })
    const { world, discord, help, forum, dm, cleo } = server
    await server.start()
    const post = world.openThread(forum.id, cleo.id, { name: 'Bill', text: 'The first words' })
    const places = [dm.id, help.id, post.id]
    for (const id of places) world.memberWrites(id, cleo.id, 'Hello')
    await until(() => server.intake.rows.length === 4) // From here on nothing is read from the history by itself.
    discord.faults.chance({ seed, drop: 0.15, duplicate: 0.15, hold: 0.15 })
    const roll = dice(seed)
    const written: Message[] = []
    for (let n = 0; n < ACTIONS; n++) {
      const message = written[roll(Math.max(1, written.length))]
      const action = roll(12)
      if (action < 7 || !message) written.push(world.memberWrites(places[roll(3)] ?? '', cleo.id, `message ${n}`))
      else if (action < 9) world.edit(message, `${message.content}, edited ${n}`)
      else if (action === 9) remove(server, written, message)
      else if (action === 10) discord.faults.nextFrame('*', { delayMs: 20 })
      else discord.gateway.drop()
      if (roll(3) === 0) await breathe(server)
    }
    discord.faults.clear()
    discord.gateway.drop() // Resumed, it looks around.
    const stands = places
      .flatMap((id) => world.list(id))
      .map(({ channelId, id, content }) => [`${channelId}/${id}`, content])
    const expected = Object.fromEntries(stands)
    await until(
      async () => JSON.stringify(sorted(toldBy(await server.events()))) === JSON.stringify(sorted(expected)),
    ).catch(() => undefined)
    const events = await server.events()
    expect(toldBy(events)).toEqual(expected)
    const ids = events.flatMap((event) => (event.kind === 'message' ? [event.externalId] : []))
    expect(new Set(ids).size).toBe(ids.length)
  },
)

/** Nobody edits a message twice within a millisecond, as a test would. */
function growingClock(): { now(): number } {
  let last = 0
  return {
    now() {
      last = Math.max(Date.now(), last + 1)
      return last
    },
  }
}

function remove({ world }: Server, written: Message[], message: Message): void {
  written.splice(written.indexOf(message), 1)
  world.remove(message)
}

/** Lets what is under way arrive, as far as it does. */
async function breathe({ discord, intake }: Server): Promise<void> {
  const before = intake.keeps
  await discord.waitFor(() => intake.keeps > before, 'anything to be kept', BREATH_MS).catch(() => undefined)
}

/** What the core would show: each message as it was told last, without those taken back. */
function toldBy(events: readonly InboundEvent[]): Record<string, string> {
  const shown = new Map(messagesOf(events).map(({ externalId, text }) => [externalId, { text, at: 0 }]))
  for (const event of events) {
    if (event.kind !== 'edit') continue
    const message = shown.get(event.of)
    if (message && event.arrivedAt >= message.at) Object.assign(message, { text: event.text, at: event.arrivedAt })
  }
  for (const event of events) if (event.kind === 'deletion') shown.delete(event.of)
  return Object.fromEntries([...shown].map(([id, { text }]) => [id, text]))
}

function sorted(record: Record<string, string>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}
