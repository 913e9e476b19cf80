// /desk find and /desk history, typed and clicked in Slack.
import { expect, test } from 'vitest'
import { openConversation } from '../../src/conversation.ts'
import type { Db } from '../../src/db/open.ts'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import type { Ephemeral } from '../../src/sandbox/slack/workspace.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { takeIn } from '../setup/searching.ts'
import { type Stall, stallable } from '../setup/stalled-db.ts'
import { DESK } from '../setup/world.ts'
import { makeActingDesk } from './acting.ts'
import type { DeskTestOptions } from './desk.ts'

const EVIL = '<!channel> <@U1> <https://evil|bank> *x* & </>'

async function makeFinding(open: OpenTestDb, options: DeskTestOptions = {}) {
  const desk = await makeActingDesk(open, options)
  const { slack, world } = desk
  const last = (who: string): Ephemeral => {
    const said = slack.workspace.ephemerals.findLast(({ user }) => user === who)
    if (!said) throw new Error(`${who} was told nothing`)
    return said
  }
  const shown = (who: string): string => {
    const { text, blocks } = last(who)
    return blocks?.length ? readBlocks(blocks, slack.names) : text
  }
  return {
    ...desk,
    last,
    shown,
    /** Types the command once all is in the index, and resolves to what only this person reads. */
    async call(who: string, text: string, channel = desk.channel): Promise<string> {
      await takeIn(world)
      expect(await slack.command(who, channel, '/desk', text)).toMatchObject({ kind: 'acked' })
      return shown(who)
    },
    /** Presses a button below the list, which is replaced. */
    async turn(who: string, actionId: string): Promise<string> {
      const { channel, ts } = last(who)
      const before = shown(who)
      expect(await slack.click(who, { channel, ts, actionId })).toMatchObject({ kind: 'acked' })
      await slack.waitFor(() => shown(who) !== before, 'the next page')
      return shown(who)
    },
  }
}

const from = (address: string, name?: string) => ({ from: { address, ...(name !== undefined && { name }) } })

eachDatabase((open) => {
  test('X6: find shows who, about what, the words around the hit, where it stands, and the way there', async () => {
    const desk = await makeFinding(open)
    const id = await desk.customerWrites('Hello,\nmy lamp is broken.', {
      ...from('ana@customer.test', 'Ana Ruiz'),
      subject: 'Order 4711',
    })
    await desk.press(desk.maya, 'take')
    const said = await desk.call(desk.maya, 'find LAMP brok')
    expect(said).toContain('Found for LAMP brok')
    expect(said).toContain('Ana Ruiz ana@customer.test · email · open · @maya')
    expect(said).toContain('the customer: Hello, my lamp is broken.')
    const blocks = JSON.stringify(desk.last(desk.maya).blocks)
    expect(blocks).toContain('{"type":"text","text":"lamp","style":{"bold":true}}')
    expect(blocks).toContain('{"type":"text","text":"broken","style":{"bold":true}}')
    const { card_ts: ts } = await desk.world.conversation(id)
    expect(blocks).toContain(`/archives/${desk.channel}/p${ts?.replace('.', '')}","text":"Order 4711"`)
    expect(await desk.call(desk.maya, 'find purple')).toBe('Nothing is found for purple.')
    expect(await desk.call(desk.maya, 'find')).toContain('Write what to look for')
    expect(await desk.call(desk.maya, 'find "*"')).toContain('Write what to look for')
  })

  test('X6: a long list is turned page by page, there and back', async () => {
    const desk = await makeFinding(open)
    for (let n = 1; n <= 12; n++) await desk.customerWrites(`lamp ${n}`, from(`c${n}@example.org`))
    const names = (said: string) => [...said.matchAll(/c\d+@example/g)].map(([name]) => name.replace('@example', ''))
    const first = await desk.call(desk.maya, 'find lamp')
    expect(first).toContain('1–5 of 12')
    expect(names(first)).toEqual(['c12', 'c11', 'c10', 'c9', 'c8'])
    const second = await desk.turn(desk.maya, 'find_page_on')
    expect(names(second)).toEqual(['c7', 'c6', 'c5', 'c4', 'c3'])
    const third = await desk.turn(desk.maya, 'find_page_on')
    expect(names(third)).toEqual(['c2', 'c1'])
    expect(third).not.toContain('[More]')
    expect(names(await desk.turn(desk.maya, 'find_page_back'))).toEqual(names(second))
  })

  test('X6, S18: whoever is no agent finds nothing and is told why, and an agent nothing of another desk', async () => {
    const desk = await makeFinding(open)
    const { slack, maya } = desk
    await desk.customerWrites('The secret lamp')
    const id = await desk.customerWrites('The other lamp', from('eve@example.org', 'Eve'))
    await desk.world.db.transaction((trx) =>
      trx.updateTable('conversation').set({ desk: 'other' }).where('id', '=', id).execute(),
    )
    const lobby = slack.addChannel({ name: 'lobby', members: [slack.app.botUserId, maya] }).id
    const found = await desk.call(maya, 'find lamp', lobby)
    expect(found).toContain('secret')
    expect(found).not.toContain('Eve')
    for (const person of [
      slack.addUser({ name: 'visitor' }).id,
      slack.addUser({ name: 'guest', isGuest: true }).id,
      slack.addUser({ name: 'stranger', teamId: 'T_ELSEWHERE' }).id,
    ]) {
      slack.join(person, lobby)
      for (const words of ['find lamp', 'history ada@example.org']) {
        const said = await desk.call(person, words, lobby)
        expect(said).not.toMatch(/lamp|secret|ada/i)
        expect(said).toMatch(/^(Only|Guests)/)
      }
    }
    expect(await desk.world.facts('action-refused')).toHaveLength(6)
  })

  test('X6: history lists the conversations of one contact on all channels, newest first', async () => {
    const desk = await makeFinding(open)
    const { world, maya } = desk
    await desk.customerWrites('By mail', { ...from('ana@customer.test', 'Ana'), subject: 'The first' })
    await desk.customerWrites('Not hers', from('eve@example.org'))
    await world.db.transaction(async (trx) => {
      const { contact_id } = await trx
        .selectFrom('identity')
        .selectAll()
        .where('address', '=', 'ana@customer.test')
        .executeTakeFirstOrThrow()
      const identity = {
        id: 'id_2',
        contact_id,
        channel_kind: 'discord',
        address: '4711',
        name: 'ana#1',
        created_at: 1,
      }
      await trx.insertInto('identity').values(identity).execute()
      const opened = {
        identityId: 'id_2',
        channel: 'discord:shop',
        desk: DESK,
        subject: 'The second',
        relatedTo: undefined,
      }
      await openConversation(trx, opened)
    })
    const said = await desk.call(maya, 'history ANA@customer.test')
    expect(said.indexOf('The second')).toBeLessThan(said.indexOf('The first'))
    expect(said).toContain('ana#1 4711 · Discord · new · nobody has it')
    expect(said).not.toContain('eve')
    expect(await desk.call(maya, 'history 4711')).toContain('The first')
    expect(await desk.call(maya, 'history <mailto:ana@customer.test|ana@customer.test>')).toContain('The first')
    expect(await desk.call(maya, 'history <!channel>')).toContain('&lt;!channel&gt;')
    expect(await desk.call(maya, 'history')).toContain('Write the address')
  })

  test('S14: what customers wrote and what is looked for is shown as it stands there, and pings nobody', async () => {
    const desk = await makeFinding(open)
    await desk.customerWrites(`${EVIL} lamp`, { ...from('evil@example.org', EVIL), subject: EVIL })
    const said = await desk.call(desk.maya, `find "x" ${EVIL} lamp`)
    expect(said.split(EVIL).length).toBeGreaterThan(3)
    const { blocks, text } = desk.last(desk.maya)
    expect(text).toBe('Found')
    expect(JSON.stringify(blocks)).not.toMatch(/"mrkdwn"|"broadcast"|"user"/)
    expect(await desk.call(desk.maya, `history ${EVIL}`)).toContain('&lt;!channel&gt; &lt;@U1&gt;')
  })

  test('the index says that it is behind as long as it is', async () => {
    const desk = await makeFinding(open)
    await desk.customerWrites('My lamp')
    await desk.slack.command(desk.maya, desk.channel, '/desk', 'find lamp')
    expect(desk.shown(desk.maya)).toContain('The index is behind: one message is not in it yet.')
    expect(await desk.call(desk.maya, 'find lamp')).not.toContain('behind')
  })

  test('S7: a search is acknowledged in time while the database answers nothing, and its answer comes later', async () => {
    let stall: Stall | undefined
    const db = (real: Db) => {
      stall = stallable(real)
      return stall.db
    }
    const desk = await makeFinding(open, { db })
    await desk.customerWrites('My lamp')
    await takeIn(desk.world)
    stall?.stop()
    const answered = desk.slack.command(desk.maya, desk.channel, '/desk', 'find lamp')
    await desk.slack.waitFor(() => (stall?.waiting() ?? 0) > 0, 'the desk to ask the store')
    await desk.world.clock.advance(800)
    expect(await answered).toMatchObject({ kind: 'acked' })
    stall?.goOn()
    await desk.slack.waitFor(() => desk.shown(desk.maya).includes('My lamp'), 'the answer')
  })
})
