// What was said of contacts before there was a place of its own for it is still said.
import type { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { readDetails } from '../../src/contact-detail.ts'
import { migrations } from '../../src/db/migrations.ts'
import { openDb } from '../../src/db/open.ts'
import { silentLog } from '../../src/log.ts'
import { manualClock } from '../setup/clock.ts'
import { eachDatabase } from '../setup/database.ts'
import { seededRandom } from '../setup/world.ts'

const THIS = '0010-contact'

eachDatabase((_, fresh, engine) => {
  test('a tier and a name that were set before stay set, and what is said from now on wins', async () => {
    const db = await openDb(await fresh(), { clock: manualClock(), random: seededRandom(1), log: silentLog })
    const all = Object.entries(migrations(engine))
    const said = await db.transaction(async (trx) => {
      // biome-ignore lint/suspicious/noExplicitAny: a migration knows the schema of its own day.
      const old = trx as unknown as Kysely<any>
      for (const [name, { up }] of all) if (name < THIS) await up(old)
      await old
        .insertInto('contact')
        .values([
          { id: 'c_1', name: 'Ada', created_at: 1, tier: 'gold', called_by: '' },
          { id: 'c_2', name: 'Ben', created_at: 2 },
        ])
        .execute()
      for (const [name, { up }] of all) if (name === THIS) await up(old)
      return [await readDetails(trx, 'c_1'), await readDetails(trx, 'c_2')]
    })
    const values = said.map((details) => [...details].map(([kind, { value }]) => [kind, value]))
    expect(values[0]?.toSorted()).toEqual([
      ['called_by', ''],
      ['tier', 'gold'],
    ])
    expect(values[1]).toEqual([])
    expect(trxIdIsGreater(db.newId('cd'))).toBe(true)
    await db.close()
  })
})

/** By it the newest of a person's is chosen. */
const trxIdIsGreater = (id: string) => id > '0c_1'
