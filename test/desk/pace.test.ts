import { expect, test } from 'vitest'
import { paceOf } from '../../src/desk/pace.ts'

test('posts keep to one a second and channel, updates to fifty a minute, and nothing else is the desk’s business', () => {
  expect(paceOf('desk:post:main')?.minMs).toBeGreaterThanOrEqual(1000)
  expect(paceOf('desk:ping:U1')?.minMs).toBeGreaterThanOrEqual(1000)
  expect(60_000 / (paceOf('desk:update')?.minMs ?? 0)).toBeLessThanOrEqual(50)
  expect(paceOf('desk:update')?.concurrencyMax).toBe(1)
  expect(paceOf('send:email:support')).toBeUndefined()
})
