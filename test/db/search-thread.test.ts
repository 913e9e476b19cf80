import { Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDb } from '../../src/db/open.ts'
import { openSearchReader, threadDialect } from '../../src/db/search-thread.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { search } from '../../src/search.ts'
import { eachDatabase } from '../setup/database.ts'

const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }

eachDatabase((_, fresh, engine) => {
  test('a search reads beside the program that writes, and can write nothing', async () => {
    const database = await fresh()
    const db = await openDb(database, tools)
    await db.migrate()
    const reader = await openSearchReader(database, db, tools)
    expect(await search(reader, { typed: 'lamp', desks: ['main'], skip: 0, limit: 5 })).toMatchObject({
      hits: [],
      owed: 0,
    })
    const writing = reader
      .with('some', (query) => query.selectFrom('setting').select('key'))
      .insertInto('setting')
      .values({ key: 'a', value: 'b' })
      .execute()
    await expect(writing).rejects.toThrow(/read-?only/)
    // What failed is over: the next one is answered.
    expect(await reader.selectFrom('setting').selectAll().execute()).toEqual([])
    await reader.close()
    await db.close()
  })

  test.skipIf(engine === 'postgres')(
    'a search that takes too long is ended, and the next one is answered',
    async () => {
      const database = await fresh()
      const db = await openDb(database, tools)
      await db.migrate()
      let isLate = true
      // The clock says that the time is over as soon as somebody waits for it.
      const clock = { wait: (ms: number, signal?: AbortSignal) => systemClock().wait(isLate ? 0 : ms, signal) }
      const path = database.kind === 'sqlite' ? database.path : ''
      const kysely = new Kysely({ dialect: threadDialect(path, clock, 60_000) })
      const endless = sql`with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n`
      await expect(endless.execute(kysely)).rejects.toThrow('it took too long')
      isLate = false
      expect((await sql`select 1 as one`.execute(kysely)).rows).toEqual([{ one: 1 }])
      await kysely.destroy()
      await db.close()
    },
  )
})
