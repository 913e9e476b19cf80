import { expect, test } from 'vitest'
import { serveHealth } from '../../src/web/health.ts'

test('the health page says ok only while the program can be relied on', async () => {
  let isReady = true
  const page = await serveHealth(
    { host: '127.0.0.1', port: 0 },
    { live: () => true, lagSeconds: () => 3, importing: () => [], ready: async () => isReady },
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
  const page = await serveHealth(
    { host: '127.0.0.1', port: 0 },
    { live: () => true, lagSeconds: () => 3, importing: () => [], ready },
  )
  expect((await fetch(`${page.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${page.url}/healthz`)).status).toBe(200)
  await page.stop()
})

test('the health page tells how far an import is', async () => {
  const importing = () => [{ name: 'email:support', done: 7, total: 50 }]
  const page = await serveHealth(
    { host: '127.0.0.1', port: 0 },
    { live: () => true, lagSeconds: () => 3, importing, ready: async () => true },
  )
  const answer = await (await fetch(`${page.url}/readyz`)).text()
  expect(answer).toBe('ok\noutbox lag 3 s\nimporting email:support: 7 of 50\n')
  await page.stop()
})
