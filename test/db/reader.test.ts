import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDb, openReader } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { eachDatabase } from '../setup/database.ts'

const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }
const setting = (key: string) => ({ key, value: 'x' })

eachDatabase((_, fresh, engine) => {
  test('a command reads what is committed while the program runs and writes', async () => {
    const database = await fresh()
    const program = await openDb(database, tools)
    await program.migrate()
    const reader = await openReader(database, tools)
    const keys = async () =>
      (await reader.selectFrom('setting').select('key').orderBy('key').execute()).map((r) => r.key)
    await program.transaction((trx) => trx.insertInto('setting').values(setting('a')).execute())
    expect(await keys()).toEqual(['a'])
    await program.transaction(async (trx) => {
      await trx.insertInto('setting').values(setting('b')).execute()
      expect(await keys()).toEqual(['a']) // Open, and not committed.
    })
    expect(await keys()).toEqual(['a', 'b'])
    await reader.close()
    await program.transaction((trx) => trx.insertInto('setting').values(setting('c')).execute())
    await program.close()
  })

  // Fails when readSqliteFile() opens without `readOnly: true`, and when postgresDialect() leaves out `onConnect`.
  // Seen to fail.
  test('whatever is asked of it, a reader changes nothing', async () => {
    const database = await fresh()
    const program = await openDb(database, tools)
    await program.migrate()
    const reader = await openReader(database, tools)
    const writing = reader
      .with('some', (query) => query.selectFrom('setting').select('key'))
      .insertInto('setting')
      .values(setting('a'))
      .execute()
    await expect(writing).rejects.toThrow(/read-?only/)
    expect(await reader.selectFrom('setting').selectAll().execute()).toEqual([])
    await reader.close()
    await program.close()
  })

  test('a reader finds the store also after the program has ended', async () => {
    const database = await fresh()
    const program = await openDb(database, tools)
    await program.migrate()
    await program.transaction((trx) => trx.insertInto('setting').values(setting('a')).execute())
    await program.close()
    const reader = await openReader(database, tools)
    expect(await reader.selectFrom('setting').select('key').execute()).toEqual([{ key: 'a' }])
    await reader.close()
  })

  test('a store that nobody has prepared, or an older version, is refused with what to do', async () => {
    const database = await fresh()
    const program = await openDb(database, tools)
    await expect(openReader(database, tools)).rejects.toThrow('start Deskbell once, or run deskbell migrate')
    await program.migrate()
    await program.transaction((trx) =>
      trx
        .deleteFrom('kysely_migration' as never)
        .where('name' as never, '=', '0002-ladder' as never)
        .execute(),
    )
    await expect(openReader(database, tools)).rejects.toThrow('start Deskbell once, or run deskbell migrate')
    await program.close()
  })

  test('a store of a newer version is refused', async () => {
    const database = await fresh()
    const program = await openDb(database, tools)
    await program.migrate()
    await program.transaction((trx) =>
      trx
        .insertInto('kysely_migration' as never)
        .values({ name: '9999-from-the-future', timestamp: '2030-01-01' } as never)
        .execute(),
    )
    await expect(openReader(database, tools)).rejects.toThrow('newer version')
    await program.close()
  })

  if (engine === 'sqlite') {
    test('a file that does not exist is not made by looking for it', async () => {
      const database = await fresh()
      await expect(openReader(database, tools)).rejects.toThrow('start Deskbell once, or run deskbell migrate')
      await expect(openReader(database, tools)).rejects.toThrow('There is no database at')
    })
  }
})
