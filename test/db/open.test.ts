import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDb } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { eachDatabase } from '../setup/database.ts'

const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }

eachDatabase((open, fresh, engine) => {
  test('what a transaction wrote is there after it, and nothing of it when it failed', async () => {
    const db = await open(tools)
    await db.transaction((trx) => trx.insertInto('setting').values({ key: 'a', value: '1' }).execute())
    const failing = db.transaction(async (trx) => {
      await trx.insertInto('setting').values({ key: 'b', value: '2' }).execute()
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await db.selectFrom('setting').selectAll().execute()).toEqual([{ key: 'a', value: '1' }])
  })

  test('the outer handle inside a transaction throws instead of waiting for ever', async () => {
    const db = await open(tools)
    const mistake = db.transaction(async () => db.selectFrom('setting').selectAll().execute())
    await expect(mistake).rejects.toThrow('use its trx')
  })

  test.runIf(engine === 'postgres')(
    'a database that cannot hold every letter is refused, with what to do',
    async () => {
      const url = inject('postgresUrl')
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query("create database ascii encoding 'SQL_ASCII' locale 'C' template template0")
      const ascii = new URL(url)
      ascii.pathname = '/ascii'
      await expect(openDb({ kind: 'postgres', url: ascii.href }, tools)).rejects.toThrow("encoding 'UTF8'")
      await client.query('drop database ascii')
      await client.end()
    },
  )

  test('a loop is woken only by what was committed', async () => {
    const db = await open(tools)
    const woken: string[] = []
    db.onWake('outbox', () => void woken.push('outbox'))
    await db
      .transaction(async (trx) => {
        trx.wake('outbox')
        throw new Error('no')
      })
      .catch(() => undefined)
    expect(woken).toEqual([])
    await db.transaction(async (trx) => trx.wake('outbox'))
    expect(woken).toEqual(['outbox'])
  })

  test('instants come back as numbers and bytes as bytes', async () => {
    const db = await open(tools)
    const at = Date.UTC(2026, 0, 1)
    await db.transaction(async (trx) => {
      await trx.insertInto('blob').values({ id: 'x', bytes: 3, created_at: at }).execute()
      await trx
        .insertInto('blob_chunk')
        .values({ blob_id: 'x', n: 0, data: new Uint8Array([0, 255, 7]) })
        .execute()
    })
    const blob = await db.selectFrom('blob').selectAll().executeTakeFirstOrThrow()
    const chunk = await db.selectFrom('blob_chunk').selectAll().executeTakeFirstOrThrow()
    expect(blob).toEqual({ id: 'x', bytes: 3, created_at: at })
    expect(new Uint8Array(chunk.data)).toEqual(new Uint8Array([0, 255, 7]))
  })

  test('a fact can be neither changed nor deleted', async () => {
    const db = await open(tools)
    const fact = { id: 'f1', at: 1, kind: 'k', conversation_id: null, message_id: null, actor: null, data: '{}' }
    await db.transaction((trx) => trx.insertInto('fact').values(fact).execute())
    const change = db.transaction((trx) => trx.updateTable('fact').set({ kind: 'other' }).execute())
    await expect(change).rejects.toThrow('append-only')
    await expect(db.transaction((trx) => trx.deleteFrom('fact').execute())).rejects.toThrow('append-only')
  })

  test('many transactions at once all run', async () => {
    const db = await open(tools)
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`)
    await Promise.all(
      keys.map((key) => db.transaction((trx) => trx.insertInto('setting').values({ key, value: '' }).execute())),
    )
    expect(await db.selectFrom('setting').selectAll().execute()).toHaveLength(50)
  })

  test('a database of a newer version is refused', async () => {
    const db = await open(tools)
    await db.transaction((trx) =>
      trx
        .insertInto('kysely_migration' as never)
        .values({ name: '9999-from-the-future', timestamp: '2030-01-01' } as never)
        .execute(),
    )
    await expect(db.migrate()).rejects.toThrow('newer version')
  })

  test('distinct rows are distinct, also in a query that locks none', async () => {
    const db = await open(tools)
    await db.transaction(async (trx) => {
      for (const key of ['a', 'b']) await trx.insertInto('setting').values({ key, value: 'same' }).execute()
    })
    const values = db.selectFrom('setting').select('value').distinct().where('value', '=', 'same')
    expect(await values.execute()).toEqual([{ value: 'same' }])
  })

  if (engine === 'sqlite') {
    test('a second process on the same SQLite file is refused, and let in once the first has gone', async () => {
      const database = await fresh()
      const first = await openDb(database, tools)
      await expect(openDb(database, tools)).rejects.toThrow('Another Deskbell already runs')
      await first.close()
      const second = await openDb(database, tools)
      await second.close()
    })

    test('an object is refused as a value instead of becoming NULL', async () => {
      const db = await open(tools)
      const mistake = db.transaction((trx) =>
        trx
          .insertInto('setting')
          .values({ key: new Date() as never, value: 'x' })
          .execute(),
      )
      await expect(mistake).rejects.toThrow('SQLite cannot hold a object')
    })
  }
})
