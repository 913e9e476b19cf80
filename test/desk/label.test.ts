// "Priority and tags", from the card, in the lists, and in what is found.
import { expect, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { readBlocks, readView } from '../../src/sandbox/slack/read.ts'
import { listTags, parseTags } from '../../src/tag.ts'
import { eachDatabase } from '../setup/database.ts'
import { takeIn } from '../setup/searching.ts'
import { makeActingDesk } from './acting.ts'

const from = (name: string) => ({ from: { address: `${name}@example.org` } })
const EVIL = '<!channel> *x*, <https://evil|bank>, ***'

eachDatabase((open) => {
  test('X6, Q3: priority and tags stand on the card and in every list, are found, and leave the order by due time', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya, tom } = desk
    await desk.customerWrites('The first lamp', from('ana'))
    await world.clock.advance(HOUR)
    const id = await desk.customerWrites('The second lamp', from('bob'))
    const names = async () => (await listTags(world.db, id)).map(({ name }) => name)
    const find = async (words: string) => {
      await takeIn(world)
      await slack.command(maya, desk.channel, '/desk', `find ${words}`)
      const said = slack.workspace.ephemerals.findLast(({ user }) => user === maya)
      return readBlocks(said?.blocks ?? [], slack.names)
    }
    const openForm = async (who: string) => {
      await desk.more(who, 'label')
      await desk.waitForScreen(who, 'New tags')
    }

    await openForm(maya)
    expect(desk.screen(maya)).toContain('Priority\nNormal')
    await desk.pick(maya, 'priority', 'high')
    await desk.fill(maya, 'new', 'Refund, late  Delivery')
    await openForm(tom)
    await desk.submit(maya)
    // Tom has not seen what Maya did, and takes nothing of it away.
    await desk.fill(tom, 'new', EVIL)
    await desk.submit(tom)
    await desk.settle()
    expect(await names()).toEqual(['channel-x', 'https-evil-bank', 'late-delivery', 'refund'])
    expect(desk.shownCard()).toContain('❗ *high priority*')
    expect(desk.shownCard()).toContain('🏷️ channel-x, https-evil-bank, late-delivery, refund')
    const known = await world.db.selectFrom('tag').select(['id', 'name']).execute()
    const idOf = (name: string) => known.find((tag) => tag.name === name)?.id
    const [priority] = await world.facts('priority-set')
    expect(priority).toMatchObject({ actor: maya, conversation_id: id, data: JSON.stringify({ to: 'high' }) })
    const [tags] = await world.facts('tags-set')
    expect(JSON.parse(tags?.data ?? '')).toEqual({
      added: expect.arrayContaining([idOf('refund'), idOf('late-delivery')]),
      removed: [],
    })

    expect(await find('tag:refund')).toMatch(/bob@example\.org .* ❗ high priority · 🏷️ channel-x, .*The second lamp/s)
    expect(await find('tag:refund')).not.toContain('ana@example.org')
    expect(await find('lamp tag:"Late Delivery" tag:refund')).toContain('bob@example.org')
    expect(await find('first tag:refund')).toContain('Nothing is found')
    expect(await find('tag:ref')).toContain('Nothing is found')
    expect(await find('refund')).toContain('bob@example.org')

    slack.openHome(maya)
    await desk.eventsIn()
    await desk.settle()
    const home = slack.home(maya)
    const shown = home ? readView({ ...home.view, blocks: home.blocks }, slack.names) : ''
    expect(shown).toMatch(/ana@example\.org.*bob@example\.org.*Due .* · ❗ high priority · .*🏷️ channel-x/s)

    await openForm(maya)
    await desk.pick(maya, 'priority', 'normal')
    await slack.choose(maya, desk.front(maya).id, 'tags', 'tags', [idOf('refund') ?? ''])
    await desk.submit(maya)
    await desk.settle()
    expect(await names()).toEqual(['refund'])
    expect(desk.shownCard()).not.toContain('priority')
    expect(await find('tag:late-delivery')).toContain('Nothing is found')
    expect((await world.facts('priority-set')).map(({ data }) => data)).toContain(JSON.stringify({ from: 'high' }))

    await openForm(maya)
    await desk.fill(maya, 'new', Array.from({ length: 10 }, (_, n) => `tag ${n}`).join(','))
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('at most 10 tags')
    await desk.fill(maya, 'new', '*** , !!!')
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('A tag needs a letter or a figure')
    expect(await names()).toEqual(['refund'])
  })
})

test('a tag is a short word of letters and figures, whatever is typed', () => {
  expect(parseTags('Refund,refund; Späte Lieferung\n #VIP!')).toEqual(['refund', 'späte-lieferung', 'vip'])
  expect(parseTags('返金, <@U1>, |*_~`, \u202e')).toEqual(['返金', 'u1'])
  expect(parseTags('x'.repeat(200))).toEqual(['x'.repeat(30)])
  expect(parseTags(`${'x'.repeat(29)} y`)).toEqual(['x'.repeat(29)])
})
