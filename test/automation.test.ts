// The fuse: a flood or a loop of what nobody wrote ends by itself, and the leads hear of it once.
import { describe, expect, test } from 'vitest'
import { countAutomated, passesFuse } from '../src/automation.ts'
import { HOUR, MINUTE, SECOND } from '../src/clock.ts'
import { type AcknowledgingWorld, LEAD, makeAcknowledgingWorld } from './setup/acknowledging.ts'
import { eachDatabase } from './setup/database.ts'

async function strangers(world: AcknowledgingWorld, names: string[]): Promise<void> {
  for (const name of names) {
    const address = `${name}@example.org`
    await world.asks('Where is it?', { from: { address }, evidence: [], keys: [] })
  }
}

const LIMITS = { perAddressMax: 10, overallMax: 100 }

/** One mail that nobody wrote wants to leave; whether it may. */
const leaves = (world: AcknowledgingWorld, identityId: string) =>
  world.db.transaction(async (trx) => {
    const isFine = await passesFuse(trx, { desk: 'main', conversationId: 'v1', identityId }, LIMITS)
    if (isFine) await countAutomated(trx, identityId)
    return isFine
  })

eachDatabase((open) => {
  describe('E12: the fuse', () => {
    test('blows at the eleventh mail to one address within an hour, and stops all others too', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (let n = 0; n < 10; n++) expect(await leaves(world, 'ada')).toBe(true)
      expect(await leaves(world, 'ben')).toBe(true)
      expect(await leaves(world, 'ada')).toBe(false)
      expect(await leaves(world, 'ben')).toBe(false)
      expect(await world.facts('automation-stopped')).toHaveLength(1)
      expect(await world.effects('alarm')).toHaveLength(1)
    })

    test('blows at the hundred and first mail in all within an hour', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (let n = 0; n < 100; n++) expect(await leaves(world, `customer ${n}`)).toBe(true)
      expect(await leaves(world, 'one more')).toBe(false)
      expect((await world.effects('alarm'))[0]?.payload).toContain('100 in all')
    })

    test('forgets what left an hour ago, and keeps no more of it than that', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (let n = 0; n < 30; n++) {
        expect(await leaves(world, 'ada')).toBe(true)
        await world.clock.advance(6 * MINUTE)
      }
      const kept = await world.db.selectFrom('automated_send').selectAll().execute()
      expect(kept.length).toBeLessThanOrEqual(11)
    })

    test('holds again an hour after it blew, sounds anew when it blows again, and in between only once', async () => {
      const world = await makeAcknowledgingWorld(open)
      const flood = async () => {
        for (let n = 0; n < 15; n++) await leaves(world, 'ada')
        return (await world.effects('alarm')).length
      }
      expect(await flood()).toBe(1)
      await world.clock.advance(HOUR - SECOND)
      expect(await flood()).toBe(1)
      await world.clock.advance(SECOND)
      expect(await leaves(world, 'ada')).toBe(true)
      expect(await flood()).toBe(2)
    })

    test('does not hold for ever when the wall clock is set back after it blew', async () => {
      const world = await makeAcknowledgingWorld(open)
      for (let n = 0; n < 11; n++) await leaves(world, 'ada')
      world.clock.step(-2 * HOUR)
      await world.db.transaction(async (trx) => void (await trx.deleteFrom('automated_send').execute()))
      expect(await leaves(world, 'ada')).toBe(true)
    })

    test('stops acknowledgements, tells the lead by mail once, and lets answers through', async () => {
      const world = await makeAcknowledgingWorld(open, { automation: { overallMax: 3 } })
      await strangers(world, ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(new Set(world.reached())).toEqual(new Set(['a@example.org', 'b@example.org', 'c@example.org', LEAD]))
      expect(await world.acknowledgements()).toHaveLength(3)
      const alarms = world.rendered.filter(({ automated }) => automated === 'alarm')
      expect(alarms).toHaveLength(1)
      expect(alarms[0]).toMatchObject({ to: [{ address: LEAD }], cc: [], subject: expect.stringMatching(/stopped/) })
      expect(alarms[0]?.markdown).toContain('limits.automation')
      await world.agentReplies('Tomorrow.')
      expect(world.reached().at(-1)).toBe('f@example.org')
    })

    test('leaves no debt: after the hour nobody is told what is an hour old, and new customers are', async () => {
      const world = await makeAcknowledgingWorld(open, { automation: { overallMax: 1 } })
      await strangers(world, ['a', 'b'])
      await world.passTime(HOUR)
      expect(await world.acknowledgements()).toHaveLength(1)
      await strangers(world, ['c'])
      expect(await world.acknowledgements()).toHaveLength(2)
    })
  })
})
