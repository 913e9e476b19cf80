// What agents know of a customer and may change, on the card.
import { expect, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { linkPeople } from '../../src/person.ts'
import type { Promised } from '../../src/policy.ts'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import { eachDatabase } from '../setup/database.ts'
import { always, calendarPolicy } from '../setup/policy.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'
import { letter } from './desk.ts'

const BOB = { address: 'bob@example.org', name: 'Bob' }
const gold = calendarPolicy(2, { name: 'gold' })
const tiered = {
  ...always(calendarPolicy()),
  choose: (promised: Promised) => (promised.tier === 'gold' ? gold : calendarPolicy()),
  tierOf: (promised: Promised) => promised.tier ?? 'silver',
  tiers: () => ['silver', 'gold'],
}

eachDatabase((open) => {
  test('Q12: tier, language, name and note are changed on the card, on record by kind, and hold for the whole person', async () => {
    const german = {
      ...letter('hallo', 'Hallo {{ contact.first_name | default: "du" }}'),
      key: 'de/hallo',
      language: 'de',
    }
    const letters = [letter('hello', 'Hello {{ contact.first_name | default: "you" }}'), german]
    const desk = await makeActingDesk(open, { policies: tiered, letters })
    const { world, maya } = desk
    const { db, policies } = world
    const first = await desk.customerWrites('Is it in stock?')
    const shown = await openCustomer(desk)
    expect(shown).toContain('Ada Lovelace · ada@example.org · by email')
    expect(shown).toContain('As configured: silver')
    await desk.pick(maya, 'tier', 'gold')
    await desk.pick(maya, 'language', 'de')
    await desk.fill(maya, 'called', 'Countess')
    await desk.fill(maya, 'note', 'Pays late.\nIs <!channel> friendly.')
    await desk.submit(maya)
    await desk.slack.waitFor(() => !desk.isModalOpen(maya), 'the form to close')
    await desk.settle()
    expect(desk.shownCard()).toContain('⭐ Tier gold\n📝 Pays late. Is <!channel> friendly.')
    const { arrived_at } = await db.selectFrom('message').selectAll().executeTakeFirstOrThrow()
    expect(await world.openWindow(first)).toMatchObject({ policy: 'gold', due_at: arrived_at + 2 * HOUR })
    const kinds = ['tier-set', 'language-set', 'name-corrected', 'note-about-contact-set']
    const facts = await db.selectFrom('fact').selectAll().where('kind', 'in', kinds).orderBy('id').execute()
    expect(facts.map(({ actor, kind }) => [actor, kind])).toEqual(kinds.map((kind) => [maya, kind]))
    expect(JSON.stringify(facts)).not.toMatch(/Pays|Countess/)

    // Another contact of theirs follows as soon as somebody says that it is them, and no more when that is taken back.
    const second = await desk.customerWrites('And in red?', { from: BOB })
    const ids = await db.selectFrom('contact').select('id').orderBy('id').execute()
    const [ada = '', bob = ''] = ids.map(({ id }) => id)
    const by = { how: 'agent' as const, agentId: maya }
    const linking = { contactId: ada, otherId: bob, by, conversationId: first, policies }
    await db.transaction((trx) => linkPeople(trx, linking))
    await desk.settle()
    expect(await world.openWindow(second)).toMatchObject({ policy: 'gold' })
    expect(desk.shownCard()).toContain('📝 Pays late.')
    await desk.press(maya, 'reply')
    await desk.waitForScreen(maya, 'Your answer')
    expect(await desk.offered(maya)).toEqual(['de/hallo', 'en/hello'])
    await desk.choose(maya, 'de/hallo')
    await desk.slack.waitFor(() => desk.body(maya) !== '', 'the letter')
    expect(desk.body(maya)).toBe('Hallo Countess')
  })

  test('Q12: a note that somebody changed meanwhile is not overwritten, and the text stays', async () => {
    const desk = await makeActingDesk(open)
    await desk.customerWrites('Is it in stock?')
    const { maya, tom } = desk
    for (const who of [maya, tom]) {
      await openCustomer(desk, who)
      await desk.fill(who, 'note', `Noted by ${who}`)
    }
    await desk.submit(tom)
    await desk.slack.waitFor(() => !desk.isModalOpen(tom), 'the form to close')
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('Somebody has changed this note')
    await desk.settle()
    expect(desk.shownCard()).toContain(`📝 Noted by ${tom}`)
  })
})

eachDatabase((open) => {
  test('W2: blocked on the card, listed quietly, and taken back with what came meanwhile', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya, channel } = desk
    await desk.customerWrites('Buy this', { from: BOB })
    await openCustomer(desk)
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'block' })
    expect(await desk.waitForScreen(maya, 'Blocked by')).toContain('still waits')
    await desk.settle()
    expect(desk.shownCard()).toContain('🚫 Blocked: what they write is kept')
    const posts = () => slack.workspace.messages(channel).length
    const before = [posts(), desk.thread().length]
    await desk.customerWrites('Buy <!channel> that', { from: BOB, evidence: [], keys: [] })
    await desk.customerWrites('Buy it now', { from: BOB })
    expect([posts(), desk.thread().length]).toEqual(before)

    const list = async () => {
      await slack.command(maya, channel, '/desk', 'blocked')
      return readBlocks(slack.workspace.ephemerals.at(-1)?.blocks ?? [])
    }
    expect(await list()).toContain(`Bob · bob@example.org · by email · blocked by @${maya}`)
    const { ts = '' } = slack.workspace.ephemerals.at(-1) ?? {}
    expect(await list()).toContain('2 messages since')
    await slack.click(maya, { channel, ts, actionId: 'unblock_listed' })
    await desk.hears(maya, '2 messages came meanwhile')
    await desk.settle()
    expect(desk.shownCard()).toContain('Buy <!channel> that')
    expect(desk.thread().join('\n')).toContain('🚫 Its author was blocked when it came. It waits for no answer.')
    const entry = desk.threadMessages().at(-1)?.ts ?? ''
    await slack.click(maya, { channel, ts: entry, actionId: 'needs_answer' })
    await slack.waitFor(async () => (await world.facts('message-reclassified')).length > 0, 'it to count')
    expect(await world.openWindow()).toBeDefined()
    expect(await world.facts('contact-unblocked')).toMatchObject([{ actor: maya }])
    await slack.command(maya, channel, '/desk', 'blocked')
    expect(slack.workspace.ephemerals.at(-1)?.text).toBe('Nobody is blocked.')
  })
})

async function openCustomer(desk: ActingDesk, who = desk.maya): Promise<string> {
  await desk.press(who, 'customer')
  return await desk.waitForScreen(who, 'Name in letters')
}
