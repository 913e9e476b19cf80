import { expect, test } from 'vitest'
import { paceOf } from '../../src/desk/pace.ts'
import { HOME_RATE } from '../../src/home.ts'

test('posts keep to one a second and channel, updates to fifty a minute, and nothing else is the desk’s business', () => {
  expect(paceOf('desk:post:main')?.minMs).toBeGreaterThanOrEqual(1000)
  expect(paceOf('desk:ping:U1')?.minMs).toBeGreaterThanOrEqual(1000)
  expect(60_000 / (paceOf('desk:update')?.minMs ?? 0)).toBeLessThanOrEqual(50)
  expect(paceOf('desk:update')?.concurrencyMax).toBe(1)
  // views.publish: a hundred a minute in all, and what nobody waits for leaves room for what somebody does.
  const { now, later } = HOME_RATE
  expect(60_000 / (paceOf(now)?.minMs ?? 0)).toBeLessThanOrEqual(100)
  expect(paceOf(later)?.within).toBe(now)
  expect(paceOf(later)?.minMs).toBeGreaterThan(paceOf(now)?.minMs ?? 0)
  expect(paceOf('send:email:support')).toBeUndefined()
})
