import { expect, test } from 'vitest'
import { ask, dialIn } from './bare.ts'
import { makePlace } from './place.ts'

test('guild and member stand beside a message in events only, and only in a guild', async () => {
  const { discord, world, help, dm, cleo, guild } = await makePlace()
  const line = await dialIn(discord)
  world.memberWrites(help.id, cleo.id, 'x')
  world.memberWrites(dm.id, cleo.id, 'x')
  await discord.waitFor(() => line.events('MESSAGE_CREATE').length === 2, 'both')
  const [inGuild, direct] = line.events('MESSAGE_CREATE').map(({ d }) => d)
  expect(inGuild).toMatchObject({ guild_id: guild.id, channel_type: 0, member: { roles: [] } })
  expect(inGuild.member).not.toHaveProperty('user')
  expect(direct).toMatchObject({ channel_type: 1 })
  const [read] = (await ask(discord, 'GET', `/channels/${help.id}/messages`)).body
  const { guild_id: _guild, member: _member, channel_type: _type, ...same } = inGuild
  expect(read).toEqual(same)
})

test('ids sort and date as they come', async () => {
  const { world, help, cleo } = await makePlace()
  const before = Date.now()
  const messages = Array.from({ length: 100 }, (_zero, index) => world.memberWrites(help.id, cleo.id, String(index)))
  const ids = messages.map(({ id }) => BigInt(id))
  expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids)
  expect(new Set(ids).size).toBe(100)
  const at = Number((ids[0] ?? 0n) >> 22n) + 1_420_070_400_000
  expect(at).toBeGreaterThanOrEqual(before - 100)
  expect(messages[0]?.at).toBe(at)
})
