// The app's home tab: the queue of whoever opens it, through the real app and the stand-in.
import { expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import type { Db } from '../../src/db/open.ts'
import { readView } from '../../src/sandbox/slack/read.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { type Stall, stallable } from '../setup/stalled-db.ts'
import { makeActingDesk } from './acting.ts'
import type { DeskTestOptions } from './desk.ts'

const EVIL = '<!channel> <@U1> <https://evil|bank> *x* & </>'
const DAY = 24 * HOUR

async function makeHome(open: OpenTestDb, options: DeskTestOptions = {}) {
  const desk = await makeActingDesk(open, options)
  const { slack, world } = desk
  const view = (who: string) => {
    const home = slack.home(who)
    if (!home) throw new Error(`${who} has no home tab`)
    return home
  }
  const shown = (who = desk.maya): string => {
    const { view: published, blocks } = view(who)
    return readView({ ...published, blocks }, slack.names)
  }
  return {
    ...desk,
    view,
    shown,
    published: () => slack.calls('views.publish').length,
    async opens(who = desk.maya): Promise<string> {
      slack.openHome(who)
      await desk.eventsIn()
      await world.runOutbox()
      return shown(who)
    },
    async cut(value: string, who = desk.maya): Promise<string> {
      expect(await slack.choose(who, view(who).id, 'home', 'home_cut', value)).toMatchObject({ kind: 'acked' })
      await world.runOutbox()
      return shown(who)
    },
    async press(who: string, actionId: string, value?: string): Promise<string> {
      const target = { viewId: view(who).id, actionId, ...(value !== undefined && { value }) }
      expect(await slack.click(who, target)).toMatchObject({ kind: 'acked' })
      await world.runOutbox()
      return shown(who)
    },
    names: (text = shown()) => [...text.matchAll(/(\w+)@example\.org/g)].map(([, name]) => name),
  }
}

const from = (name: string) => ({ from: { address: `${name}@example.org` } })

eachDatabase((open) => {
  test('Q3: the home tab lists who waits, soonest due first, with all that an agent has to know', async () => {
    const desk = await makeHome(open)
    const { world, maya } = desk
    const first = await desk.customerWrites('\nMy lamp is broken.\nWhat now?', {
      from: { address: 'ana@example.org', name: 'Ana Ruiz' },
      subject: 'Order 4711',
    })
    await world.clock.advance(HOUR)
    await desk.customerWrites('Second', from('bob'))
    const said = await desk.opens()
    expect(desk.names(said)).toEqual(['ana', 'bob'])
    expect(said).toContain('Ana Ruiz ana@example.org · email')
    expect(said).toContain('Order 4711')
    expect(said).toContain('My lamp is broken. What now?')
    expect(said).toContain('nobody has it · new')
    const blocks = JSON.stringify(desk.view(maya).blocks)
    const { started_at: at = 0 } = (await world.openWindow(first)) ?? {}
    expect(blocks).toContain(`"type":"date","timestamp":${Math.floor((at + DAY) / 1000)}`)
    const { card_ts: ts } = await world.conversation(first)
    expect(blocks).toContain(`/archives/${desk.channel}/p${ts?.replace('.', '')}"`)
    expect(desk.slack.calls('chat.getPermalink')).toHaveLength(1)
  })

  test('Q3: each part of the queue has as many rows as its figure says', async () => {
    const desk = await makeHome(open)
    const { world, maya, tom } = desk
    const ids: Record<string, string> = {}
    for (const name of ['late', 'mine', 'toms', 'asleep', 'free']) {
      ids[name] = await desk.customerWrites('Hello?', from(name))
      if (name === 'late') await world.clock.advance(HOUR)
    }
    const set = (name: string, values: object) =>
      world.db.transaction((trx) =>
        trx
          .updateTable('conversation')
          .set(values)
          .where('id', '=', ids[name] ?? '')
          .execute(),
      )
    await set('mine', { owner_id: maya, state: 'open' })
    await set('toms', { owner_id: tom, state: 'open' })
    await set('asleep', { state: 'snoozed', snoozed_until: world.clock.now() + DAY })
    await world.clock.advance(23 * HOUR + MINUTE)
    await desk.opens()
    const expected = {
      mine: ['mine'],
      unassigned: ['late', 'free'],
      overdue: ['late'],
      waiting: ['late', 'mine', 'toms', 'free'],
      snoozed: ['asleep'],
      all: ['late', 'mine', 'toms', 'asleep', 'free'],
    }
    for (const [cut, names] of Object.entries(expected)) {
      const said = await desk.cut(cut)
      expect(desk.names(said), cut).toEqual(names)
      const select = JSON.stringify(desk.view(maya).blocks).match(
        new RegExp(`\\((\\d+)\\)","emoji":false\\},"value":"${cut}"`),
      )
      expect(Number(select?.[1]), cut).toBe(names.length)
    }
    expect(desk.shown()).toContain('1 overdue  ·  1 mine  ·  2 unassigned  ·  4 waiting  ·  1 snoozed')
    // What an agent has chosen stays chosen.
    expect(desk.names(await desk.opens())).toEqual(expected.all)
  })

  test('Q3: page by page everybody comes once, whoever writes meanwhile', async () => {
    const desk = await makeHome(open)
    const { world, maya } = desk
    const names = Array.from({ length: 60 }, (_, n) => `c${n + 10}`)
    for (const name of names) await world.customerWrites('Hello?', from(name))
    const seen = [...desk.names(await desk.opens())]
    expect(desk.shown()).not.toContain('[First page]')
    while (desk.shown().includes('[Next page]')) {
      await world.customerWrites('Me too', { ...from(`early${seen.length}`), at: world.clock.now() - HOUR })
      seen.push(...desk.names(await desk.press(maya, 'home_more')))
      expect(desk.view(maya).blocks.length).toBeLessThanOrEqual(100)
    }
    expect(seen.filter((name) => !name?.startsWith('early'))).toEqual(names)
    expect(desk.names(await desk.press(maya, 'home_first'))[0]).toMatch(/early/)
  })

  test('Q4: Take in the home tab takes it, and the tab shows that at once', async () => {
    const desk = await makeHome(open)
    const { maya, tom, world } = desk
    const id = await desk.customerWrites('Hello?', from('ana'))
    await desk.opens()
    await desk.opens(tom)
    expect(await desk.press(maya, 'home_take', id)).toContain('@maya')
    expect(desk.shown()).not.toContain('[Take]')
    expect((await world.conversation(id)).owner_id).toBe(maya)
    // Tom's tab is a moment old: he is told who was faster, and sees it.
    expect(await desk.press(tom, 'home_take', id)).toContain('@maya')
    await desk.hears(tom, 'has this one already')
  })

  test('Reply in the home tab opens the composer, and what it sends leaves', async () => {
    const desk = await makeHome(open)
    const { maya, world } = desk
    const id = await desk.customerWrites('Is it in stock?', from('ana'))
    await desk.opens()
    await desk.press(maya, 'reply', id)
    await desk.waitForScreen(maya, 'Is it in stock?')
    await desk.type(maya, 'Yes.')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Send by email')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Undo')
    await world.passTime(10 * SECOND)
    expect(world.channel.delivered).toHaveLength(1)
    await world.passTime(5 * SECOND)
    expect(desk.shown()).toContain('Nobody waits for an answer.')
  })

  test('what changes is shown to whoever looks, together and only where it changes something', async () => {
    const desk = await makeHome(open)
    const { world, maya, tom } = desk
    await desk.opens()
    await desk.opens(tom)
    await desk.cut('mine', tom)
    const before = desk.published()
    for (let n = 0; n < 20; n++) await world.customerWrites('Hello?', from(`c${n}`))
    await desk.settle()
    await world.passTime(5 * SECOND)
    expect(desk.names()).toHaveLength(20)
    expect(desk.shown(tom)).toContain('20 waiting')
    expect(desk.published() - before).toBe(2)
    // Nothing happens: nothing is published, however long they look.
    const looks = async () => (await world.effects('home')).length
    await world.passTime(MINUTE)
    const looked = await looks()
    for (let n = 0; n < 10; n++) await world.passTime(5 * SECOND)
    expect(await looks()).toBe(looked)
    for (let n = 0; n < 20; n++) await world.passTime(MINUTE)
    expect(desk.published() - before).toBe(2)
    // Nobody looks any more.
    await world.passTime(HOUR)
    await world.customerWrites('One more', from('late'))
    for (let n = 0; n < 5; n++) await world.passTime(5 * SECOND)
    expect(desk.published() - before).toBe(2)
    expect(desk.names(await desk.opens(maya))).toHaveLength(21)
  })

  test('what becomes overdue while somebody looks is shown as overdue', async () => {
    const desk = await makeHome(open)
    await desk.customerWrites('Hello?', from('ana'))
    await desk.world.clock.advance(DAY - MINUTE)
    expect(await desk.opens()).toContain('0 overdue')
    for (let n = 0; n < 30; n++) await desk.world.passTime(5 * SECOND)
    expect(desk.shown()).toContain('1 overdue')
    expect(desk.shown()).toContain('Overdue since')
  })

  test('S18: whoever is no agent sees a sentence and no customer, and an agent who has left can do nothing', async () => {
    const desk = await makeHome(open)
    const { slack, world, tom } = desk
    const id = await desk.customerWrites('The secret lamp', from('ana'))
    for (const who of [slack.addUser({ name: 'visitor' }).id, slack.addUser({ name: 'guest', isGuest: true }).id]) {
      const said = await desk.opens(who)
      expect(said).toContain('You are in no desk’s channel')
      expect(said).not.toMatch(/secret|ana|waiting/)
    }
    await desk.opens(tom)
    await world.db.transaction((trx) => trx.updateTable('agent').set({ left_at: 1 }).where('id', '=', tom).execute())
    expect(await desk.press(tom, 'home_take', id)).not.toMatch(/secret|ana@/)
    expect((await world.conversation(id)).owner_id).toBeNull()
    await desk.hears(tom, 'not in this desk’s channel any more')
    expect(await world.facts('action-refused')).toMatchObject([{ actor: tom, conversation_id: id }])
  })

  test('X6: an agent sees the customers of their own desks only', async () => {
    const desk = await makeHome(open)
    await desk.customerWrites('Here', from('here'))
    const id = await desk.customerWrites('There', from('there'))
    await desk.world.db.transaction(async (trx) => {
      await trx.updateTable('conversation').set({ desk: 'other' }).where('id', '=', id).execute()
      await trx.updateTable('response_window').set({ desk: 'other' }).where('conversation_id', '=', id).execute()
    })
    expect(desk.names(await desk.opens())).toEqual(['here'])
    expect(desk.shown()).toContain('1 waiting')
  })

  test('S14: what customers wrote stands in the home tab as they wrote it, and does nothing', async () => {
    const desk = await makeHome(open)
    await desk.customerWrites(EVIL, { from: { address: 'evil@example.org', name: EVIL }, subject: EVIL })
    const said = await desk.opens()
    expect(said.split(EVIL)).toHaveLength(4)
    expect(JSON.stringify(desk.view(desk.maya).blocks)).not.toMatch(/"mrkdwn"|"broadcast"|"user"|"link"/)
  })

  test('S7: clicks in the home tab are acknowledged in time while the database answers nothing, and still count', async () => {
    let stall: Stall | undefined
    const db = (real: Db) => {
      stall = stallable(real)
      return stall.db
    }
    const desk = await makeHome(open, { db })
    const { slack, maya, world } = desk
    const id = await desk.customerWrites('Hello?', from('ana'))
    await desk.opens()
    const viewId = desk.view(maya).id
    const acts = [
      () => slack.choose(maya, viewId, 'home', 'home_cut', 'mine'),
      () => slack.click(maya, { viewId, actionId: 'home_take', value: id }),
    ]
    for (const act of acts) {
      stall?.stop()
      const answered = act()
      await slack.waitFor(() => (stall?.waiting() ?? 0) > 0, 'the desk to ask the store')
      await world.clock.advance(800)
      expect(await answered).toMatchObject({ kind: 'acked' })
      stall?.goOn()
      await slack.waitFor(() => stall?.waiting() === 0, 'the store to answer')
    }
    await slack.waitFor(async () => {
      await world.runOutbox()
      return desk.names().length === 1 && desk.shown().includes('@maya')
    }, 'the home tab to show what was done')
  })
})
