import { expect, test } from 'vitest'
import { serveHealth } from '../../src/web/health.ts'

test('the health page says ok only while the program can be relied on', async () => {
  let isReady = true
  const page = await serveHealth(
    { host: '127.0.0.1', port: 0 },
    { live: () => true, lagSeconds: () => 3, ready: async () => isReady },
  )
  const status = async (path: string) => (await fetch(page.url + path)).status
  expect(await status('/healthz')).toBe(200)
  expect(await status('/readyz')).toBe(200)
  isReady = false
  expect(await status('/readyz')).toBe(503)
  expect(await status('/metrics')).toBe(404)
  await page.stop()
})

test('a store that fails to answer is not ready, and the page stays up', async () => {
  const ready = async () => {
    throw new Error('disk full')
  }
  const page = await serveHealth({ host: '127.0.0.1', port: 0 }, { live: () => true, lagSeconds: () => 3, ready })
  expect((await fetch(`${page.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${page.url}/healthz`)).status).toBe(200)
  await page.stop()
})
