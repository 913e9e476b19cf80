import { expect, test } from 'vitest'
import { makePace } from '../../../adapters/slack/pace.ts'
import { manualClock } from '../../setup/clock.ts'

test('a channel takes one message a second, and another one at the same time', async () => {
  const clock = manualClock()
  const pace = makePace(clock)
  const passed: string[] = []
  const waiting = ['a', 'a', 'a', 'b'].map(async (channel) => {
    await pace.turn(channel)
    passed.push(channel)
  })
  await clock.advance(0)
  expect(passed).toEqual(['a', 'b'])
  await clock.advance(1000)
  expect(passed).toHaveLength(2)
  await clock.advance(100)
  expect(passed).toHaveLength(3)
  await clock.advance(1100)
  await Promise.all(waiting)
  expect(passed).toEqual(['a', 'b', 'a', 'a'])
})
