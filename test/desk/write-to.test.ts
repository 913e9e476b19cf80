// One of us writes first, and answers elsewhere than it was asked: what was shown is where it goes.
import { expect, test } from 'vitest'
import type { ConversationKey, ExternalId } from '../../src/channel.ts'
import { channelSource } from '../../src/inbox.ts'
import { unlinkPeople } from '../../src/person.ts'
import { BEN, inPlace } from '../setup/chat.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { fakeChannel, fakeChat, inbound, rawOf, type Wrote } from '../setup/fake-channel.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'
import { UNDO_MS } from './desk.ts'

const ANA = 'ana@example.org'
const MAIL = 'email:support'

eachDatabase((open) => {
  test('S3: a first mail to a new address opens a conversation with its sender, in which nobody waits and the answer lands', async () => {
    const desk = await makeActingDesk(open)
    const { world, slack, maya, channel } = desk
    await desk.customerWrites('Hello')
    const cards = () => slack.workspace.messages(channel).length
    const before = cards()
    await slack.command(maya, channel, '/desk', `new <mailto:${ANA.toUpperCase()}|${ANA.toUpperCase()}>`)
    await desk.waitForScreen(maya, 'Whom to write to')
    await desk.fill(maya, 'subject', 'Your deposit')
    await desk.submit(maya)
    expect(await desk.waitForScreen(maya, 'Your answer')).toContain(`To: ${ANA}, by email`)
    await desk.settle()
    expect(cards()).toBe(before)
    await sends(desk, 'Dear Ana, it is back.')
    const id = (await world.conversation()).id
    await slack.click(maya, { viewId: desk.front(maya).id, actionId: 'undo' })
    await desk.waitForScreen(maya, 'Taken back')
    expect(await world.conversation(id)).toMatchObject({ state: 'closed' })
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Your answer')
    await sends(desk, 'Dear Ana, your deposit is back.')
    await world.passTime(UNDO_MS)
    expect(world.channel.delivered).toEqual([{ to: ANA, text: 'Dear Ana, your deposit is back.' }])
    expect(await world.conversation(id)).toMatchObject({ state: 'waiting-customer', owner_id: maya })
    expect(await world.windows(id)).toEqual([])
    expect(desk.shownCard()).toContain('We wrote first')
    expect(desk.shownCard()).toContain('Your deposit')

    const reply = await world.db.selectFrom('part').selectAll().orderBy('message_id', 'desc').limit(1).execute()
    const [key] = JSON.parse(reply[0]?.keys ?? '[]') as ConversationKey[]
    const answers: Wrote = {
      from: { address: ANA },
      evidence: [{ by: 'token', key: key as ConversationKey }],
      keys: [],
    }
    expect(await desk.customerWrites('Thank you, and when?', answers)).toBe(id)
    expect(await world.openWindow(id)).toBeDefined()
  })

  test('W2, S3, E8: answered at another address of theirs the wait here ends when that is accepted; unlinked meanwhile nothing leaves', async () => {
    const { desk, ben, mailArrives, mailBounces } = await makeTwoWays(open)
    const { world, maya } = desk
    await desk.more(maya, 'answer_elsewhere')
    await desk.waitForScreen(maya, 'We know them at no other address')
    await desk.slack.close(maya, desk.front(maya).id)
    await desk.slack.close(maya, desk.front(maya).id)

    // Another address of theirs, said by name on their form; what is not sent there is nothing.
    await desk.press(maya, 'customer')
    await desk.waitForScreen(maya, 'Name in letters')
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'write_to' })
    await desk.waitForScreen(maya, 'Another mail address of theirs')
    await desk.fill(maya, 'new_address', 'not an address')
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('This is no mail address')
    await desk.fill(maya, 'new_address', 'ben@example.org')
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('A mail needs a subject')
    await desk.fill(maya, 'subject', 'Your lamp')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'To: ben@example.org, by email')
    while (desk.isModalOpen(maya)) await desk.slack.close(maya, desk.front(maya).id)

    const aim = async () => {
      await desk.more(maya, 'answer_elsewhere')
      await desk.waitForScreen(maya, 'it counts as the answer')
      await desk.fill(maya, 'subject', 'Your lamp')
      await desk.submit(maya)
      expect(await desk.waitForScreen(maya, 'Your answer')).toContain('To: ben@example.org, by email')
      expect(desk.screen(maya)).toContain('Is it blue?')
      await desk.type(maya, 'It is, as the picture shows.')
      await desk.submit(maya)
      expect(await desk.waitForScreen(maya, 'This is exactly what leaves')).toContain('To: ben@example.org, by email')
    }
    await aim()
    const [link] = await world.db.selectFrom('contact_link').selectAll().execute()
    const { policies } = world
    await world.db.transaction((trx) => unlinkPeople(trx, link?.id ?? '', { agentId: maya, policies }))
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'now belongs to somebody else')
    await world.passTime(UNDO_MS)
    expect(world.channel.delivered).toEqual([])
    while (desk.isModalOpen(maya)) await desk.slack.close(maya, desk.front(maya).id)

    await world.db.transaction((trx) =>
      trx
        .updateTable('contact')
        .set({ person_id: link?.to_person ?? '' })
        .execute(),
    )
    await aim()
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Leaves at')
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'undo' })
    await desk.waitForScreen(maya, 'Taken back')
    await desk.submit(maya)
    expect(await desk.waitForScreen(maya, 'Your answer')).toContain('To: ben@example.org, by email')
    await sends(desk, 'It is, as the picture shows.')
    expect(await world.openWindow(ben)).toBeDefined()
    await world.passTime(UNDO_MS)
    expect(world.channel.delivered).toEqual([{ to: 'ben@example.org', text: 'It is, as the picture shows.' }])
    expect(await world.openWindow(ben)).toBeUndefined()
    const sent = (await world.effects('reply')).at(-1)
    expect(JSON.parse(sent?.payload ?? '{}')).toMatchObject({ channel: MAIL })
    expect(desk.thread().at(-1)).toContain('Maya Lindt replied to ben@example.org · email')

    // What they answer there comes into this thread, and is theirs; a stranger with the same key is a stranger.
    const [part] = await world.db.selectFrom('part').selectAll().orderBy('message_id', 'desc').execute()
    const [key] = JSON.parse(part?.keys ?? '[]') as ConversationKey[]
    const evidence = [{ by: 'token' as const, key: key as ConversationKey }]
    expect(await mailArrives({ from: { address: 'ben@example.org' }, evidence, keys: [] })).toBe(ben)
    expect(desk.thread().at(-1)).toContain('ben@example.org · email')
    expect(desk.thread().join('\n')).not.toContain('takes part here')
    expect(await mailArrives({ from: { address: 'eve@example.org' }, evidence, keys: [] })).not.toBe(ben)
    await mailBounces(key as ConversationKey)
    expect((await world.windows(ben))[0]).toMatchObject({ ended_at: null })
  })
})

async function sends(desk: ActingDesk, text: string): Promise<void> {
  await desk.type(desk.maya, text)
  await desk.submit(desk.maya)
  await desk.waitForScreen(desk.maya, 'This is exactly what leaves')
  await desk.submit(desk.maya)
  await desk.waitForScreen(desk.maya, 'Leaves at')
}

/** Ben asks in a chat; the desk has a mailbox too. */
async function makeTwoWays(open: OpenTestDb) {
  const desk = await makeActingDesk(open, { channel: fakeChat(), channelsAt: () => ['discord', MAIL] })
  const { world } = desk
  world.sources.set(MAIL, channelSource(fakeChannel(MAIL), world.desk))
  const ben = await desk.customerWrites('Is it blue?', { ...inPlace('ben'), from: BEN })
  return {
    ...{ desk, ben },
    async mailBounces(key: ConversationKey): Promise<void> {
      const told = { kind: 'bounce' as const, externalId: `report/${key}` as ExternalId, arrivedAt: world.clock.now() }
      const report = { ...told, of: [key], lasting: 'hard' as const, reason: 'no such user' }
      await world.keep([rawOf(report)], undefined, MAIL)
      await world.runIntake()
    },
    /** Resolves to the conversation it came to. */
    async mailArrives(wrote: Wrote): Promise<string> {
      const event = inbound('And the price?', { ...wrote, at: world.clock.now() })
      await world.keep([rawOf(event)], undefined, MAIL)
      await world.runIntake()
      await world.runOutbox()
      const about = world.db.selectFrom('message').select('conversation_id').where('external_id', '=', event.externalId)
      return (await about.executeTakeFirstOrThrow()).conversation_id
    },
  }
}
