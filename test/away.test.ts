import { expect, test } from 'vitest'
import { comeBack, goAway } from '../src/away.ts'
import { eachDatabase } from './setup/database.ts'
import { makeWorld } from './setup/world.ts'

eachDatabase((open) => {
  test('P2: who is away is away from all their desks until then or until they are back; a former agent is none', async () => {
    const world = await makeWorld(open)
    const agent = (id: string, desk: string, left_at: number | null) => ({
      ...{ id, name: id, email: null, desk, joined_at: 0, left_at, away_until: null },
    })
    const agents = [agent('U1', 'main', null), agent('U1', 'sales', null), agent('U2', 'main', 1)]
    await world.db.transaction((trx) => trx.insertInto('agent').values(agents).execute())
    const awayUntil = async () =>
      (await world.db.selectFrom('agent').select('away_until').where('id', '=', 'U1').execute()).map(
        ({ away_until }) => away_until,
      )
    expect(await world.db.transaction((trx) => goAway(trx, 'U1', 5000))).toBe(true)
    expect(await awayUntil()).toEqual([5000, 5000])
    expect(await world.db.transaction((trx) => comeBack(trx, 'U1'))).toBe(true)
    expect(await awayUntil()).toEqual([null, null])
    expect(await world.db.transaction((trx) => goAway(trx, 'U2', 5000))).toBe(false)
    expect(await world.facts('agent-away')).toMatchObject([{ actor: 'U1' }])
    expect(await world.facts('agent-back')).toHaveLength(1)
  })
})
