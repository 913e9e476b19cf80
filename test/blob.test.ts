import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { blobId, getBlob, keepBlobs } from '../src/blob.ts'
import { silentLog } from '../src/log.ts'
import { manualClock } from './setup/clock.ts'
import { eachDatabase } from './setup/database.ts'
import { seededRandom } from './setup/world.ts'

const KB = 1024
const bytesOf = (length: number, seed = 1) => new Uint8Array(length).map((_, n) => (n * 31 + seed * 7) % 256)

eachDatabase((open) => {
  const openDb = () => open({ clock: manualClock(), random: seededRandom(1), log: silentLog })

  test('bytes come back as they were, whatever their size', async () => {
    const db = await openDb()
    for (const size of [0, 1, 256 * KB - 1, 256 * KB, 256 * KB + 1, 1500 * KB]) {
      const bytes = bytesOf(size)
      const [id] = await db.transaction((trx) => keepBlobs(trx, [bytes]))
      expect(Buffer.compare(await getBlob(db, id ?? ''), bytes), `${size} bytes`).toBe(0)
    }
  })

  test('a blob is named by its own SHA-256, and the same bytes are kept once', async () => {
    const db = await openDb()
    const [one, two] = [bytesOf(300 * KB), bytesOf(10, 2)]
    const first = await db.transaction((trx) => keepBlobs(trx, [one, two, one]))
    const again = await db.transaction((trx) => keepBlobs(trx, [two, one]))
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    expect(first).toEqual([hash(one), hash(two), hash(one)])
    expect(again).toEqual([hash(two), hash(one)])
    expect(await db.selectFrom('blob').selectAll().execute()).toHaveLength(2)
    expect(await db.selectFrom('blob_chunk').selectAll().execute()).toHaveLength(3) // 300 KB are two chunks.
  })

  test('the same bytes kept by many at once are kept once', async () => {
    const db = await openDb()
    await Promise.all(Array.from({ length: 10 }, () => db.transaction((trx) => keepBlobs(trx, [bytesOf(600 * KB)]))))
    expect(await db.selectFrom('blob_chunk').selectAll().execute()).toHaveLength(3)
  })

  test('bytes that are gone are missed aloud', async () => {
    const db = await openDb()
    await expect(getBlob(db, blobId(bytesOf(5)))).rejects.toThrow('is gone')
  })
})
