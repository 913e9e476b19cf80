import { expect, test } from 'vitest'
import type { ConversationKey, ExternalId } from '../src/channel.ts'
import { HOUR, MINUTE } from '../src/clock.ts'
import { deskRate } from '../src/conversation.ts'
import { channelSource } from '../src/inbox.ts'
import { eachDatabase } from './setup/database.ts'
import { ADA, inbound, rawOf } from './setup/fake-channel.ts'
import { DESK, makeWorld, roomOnlyFor, type World } from './setup/world.ts'

const EVE = { address: 'eve@example.org', name: 'Eve' }
const ADAS_THREAD = [{ by: 'reference' as const, key: `thread:${ADA}` as ConversationKey }]

eachDatabase((open) => {
  test('a first message makes a contact, a conversation, a window and a card', async () => {
    const world = await makeWorld(open)
    const message = await world.customerWrites('Is it in stock?', { subject: 'Lamp' })
    expect(await world.conversation()).toMatchObject({ state: 'new', owner_id: null, subject: 'Lamp', desk: 'main' })
    expect(message).toMatchObject({ direction: 'inbound', author: ADA, seq: 1, text: 'Is it in stock?' })
    expect(await world.openWindow()).toMatchObject({ started_by: message.id, label: 'first' })
    expect(await kindsOf(world)).toEqual(['card', 'entry', 'ladder'])
    expect(await factsOf(world)).toEqual(['conversation-opened', 'message-received', 'window-opened'])
    const contact = await world.db.selectFrom('contact').selectAll().executeTakeFirstOrThrow()
    expect(contact.name).toBe('Ada Lovelace')
  })

  test('the token of a conversation is 128 random bits and its own', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Hello')
    await world.customerWrites('Hi', { from: EVE })
    const tokens = await world.db.selectFrom('conversation').select('token').execute()
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(2)
    for (const { token } of tokens) expect(token).toMatch(/^[0-9a-z]{26}$/)
  })

  test('E22: the window counts from when the message reached the server, however late we fetch it', async () => {
    const world = await makeWorld(open)
    const at = world.clock.now() - 3 * HOUR
    await world.customerWrites('Hello', { at })
    expect(await world.openWindow()).toMatchObject({ started_at: at, due_at: at + 24 * HOUR })
  })

  test('E6: the same mail in two mailboxes is one message that was seen twice', async () => {
    const world = await makeWorld(open)
    addMailbox(world, 'email:sales')
    const event = inbound('To you both', { at: world.clock.now() })
    await world.keep([rawOf(event, 'support/1')])
    await world.keep([rawOf(event, 'sales/1')], undefined, 'email:sales')
    await world.runIntake()
    expect(await world.count('message')).toBe(1)
    expect(await world.count('conversation')).toBe(1)
    expect(await world.windows()).toHaveLength(1)
    expect(await sightingsOf(world)).toEqual(['email:sales', 'email:support'])
    expect(await world.facts('message-seen-again')).toHaveLength(1)
  })

  test('E6, E4: two instances that receive the same mail from two mailboxes at the same instant make one message', async () => {
    const world = await makeWorld(open)
    addMailbox(world, 'email:sales')
    const event = inbound('To you both', { at: world.clock.now() })
    await world.keep([rawOf(event, 'support/1')])
    const one = world.instance('one').intake.pass()
    await world.keep([rawOf(event, 'sales/1')], undefined, 'email:sales')
    await Promise.all([one, world.instance('two').intake.pass()])
    await world.clock.advance(MINUTE)
    await world.runIntake()
    expect(await world.count('message')).toBe(1)
    expect(await world.count('conversation')).toBe(1)
    expect(await world.count('contact')).toBe(1)
    expect(await sightingsOf(world)).toEqual(['email:sales', 'email:support'])
  })

  test('E2: a mail that is fetched again under a new number is one more sighting', async () => {
    const world = await makeWorld(open)
    const event = inbound('Hello', { at: world.clock.now() })
    await world.keep([rawOf(event, 'INBOX/1/7')])
    await world.runIntake()
    await world.keep([rawOf(event, 'INBOX/2/1')])
    await world.runIntake()
    expect(await world.count('message')).toBe(1)
    expect(await sightingsOf(world)).toEqual(['email:support', 'email:support'])
    expect(await world.effects('card')).toHaveLength(1)
  })

  test('E8: a stranger who carries the key of a conversation gets one of their own, related to it', async () => {
    const world = await makeWorld(open)
    const theirs = await world.customerWrites('My order 7')
    const at = world.clock.now() + HOUR
    const hers = await world.customerWrites('What did Ada buy?', { from: EVE, evidence: ADAS_THREAD, keys: [], at })
    expect(hers.conversation_id).not.toBe(theirs.conversation_id)
    expect((await world.conversation(hers.conversation_id)).related_to).toBe(theirs.conversation_id)
    expect(await world.openWindow(hers.conversation_id)).toMatchObject({ started_at: at })
    const participants = await world.db.selectFrom('participant').selectAll().execute()
    const ofTheirs = participants.filter((row) => row.conversation_id === theirs.conversation_id)
    expect(ofTheirs.map((row) => row.address)).toEqual([ADA])
  })

  test('E8: who fails the check of the sender is a stranger, even under the right name', async () => {
    const world = await makeWorld(open)
    const real = await world.customerWrites('My order 7')
    const forged = await world.customerWrites('Send it to Eve instead', { sender: 'fail' })
    expect(forged.conversation_id).not.toBe(real.conversation_id)
    expect((await world.conversation(forged.conversation_id)).related_to).toBe(real.conversation_id)
  })

  test('the strongest evidence decides, and what nobody knows makes a new conversation', async () => {
    const world = await makeWorld(open)
    const evidenceOf = (...keys: string[]) => keys.map((key) => ({ by: 'token' as const, key: key as ConversationKey }))
    const keysOf = (key: string) => ({ keys: [key as ConversationKey], evidence: [] })
    const first = await world.customerWrites('A lamp', keysOf('one'))
    const second = await world.customerWrites('A chair', keysOf('two'))
    expect(second.conversation_id).not.toBe(first.conversation_id)
    const third = await world.customerWrites('About the chair', { evidence: evidenceOf('none', 'two', 'one') })
    expect(third.conversation_id).toBe(second.conversation_id)
    expect(third.seq).toBe(2)
    const fourth = await world.customerWrites('A table', { evidence: evidenceOf('none') })
    expect(await world.conversation(fourth.conversation_id)).toMatchObject({ related_to: null })
  })

  test('the same address on one kind of channel is one identity, and a name is taken when we had none', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Hello', { from: { address: ADA }, evidence: [] })
    await world.customerWrites('Hello', { from: { address: ADA, name: 'Ada' }, evidence: [] })
    await world.customerWrites('Hello', { from: { address: ADA, name: 'Countess' }, evidence: [] })
    expect(await world.count('identity')).toBe(1)
    const contacts = await world.db.selectFrom('contact').select('name').execute()
    expect(contacts).toEqual([{ name: 'Ada' }])
  })

  test('E11: mail by a machine is stored and flagged, and opens no window', async () => {
    const world = await makeWorld(open)
    const message = await world.customerWrites('Out of office', { automated: 'Auto-Submitted: auto-replied' })
    expect(message.automated).toBe('Auto-Submitted: auto-replied')
    expect(await world.openWindow()).toBeUndefined()
    expect(await kindsOf(world)).toEqual(['card', 'entry'])
  })

  test('E13: our own mail, seen in a mailbox, is nobody’s question', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Hello')
    const id = await world.agentReplies('Hello Ada')
    const keys = [`out:${id}:0` as ConversationKey]
    const own = { kind: 'own' as const, externalId: 'sent/1' as ExternalId, arrivedAt: world.clock.now(), keys }
    await world.keep([rawOf(own)])
    await world.runIntake()
    expect(await world.count('message')).toBe(2)
    expect(await world.openWindow()).toBeUndefined()
    expect(await world.facts('own-message-seen')).toMatchObject([{ message_id: id }])
  })

  test('messages have the order of their commits, and a note takes its place among them', async () => {
    const world = await makeWorld(open)
    await world.keep(['One', 'Two', 'Three'].map((text) => rawOf(inbound(text, { at: world.clock.now() }))))
    await world.runIntake()
    const rows = await world.db.selectFrom('message').select(['seq', 'text']).orderBy('seq').execute()
    expect(rows.map(({ seq, text }) => `${seq} ${text}`)).toEqual(['1 One', '2 Two', '3 Three'])
    expect((await world.conversation()).seq_last).toBe(3)
  })

  test('W15: who writes now is shown before all that an import brings, also in a conversation of it', async () => {
    const world = await makeWorld(open)
    for (const n of [1, 2, 3]) {
      await world.customerWrites(`From year ${n}`, { imported: true, from: { address: `old${n}@example.org` } })
    }
    const back = await world.customerWrites('Hello again', { from: { address: 'old2@example.org' } })
    const fresh = await world.customerWrites('Hello', { from: EVE })
    await world.runOutbox(world.instance('poster', roomOnlyFor(deskRate.post(DESK))).outbox)
    const [backs, freshs] = [back, fresh].map(({ conversation_id }) =>
      world.shown.filter((effect) => effect.endsWith(conversation_id)).map((effect) => effect.split(' ')[0]),
    )
    expect([backs, freshs]).toEqual([
      ['card', 'entry', 'entry'],
      ['card', 'entry'],
    ])
    expect(world.shown).toHaveLength(5)
    await world.runOutbox()
    expect(world.shown).toHaveLength(9)
  })

  test('what its first message says of its urgency stays with the conversation', async () => {
    const world = await makeWorld(open)
    await world.customerWrites('Everything is down', { priority: 'high' })
    await world.customerWrites('And again', { priority: 'low' })
    expect((await world.conversation()).priority).toBe('high')
  })

  test('attachments are listed with their message', async () => {
    const world = await makeWorld(open)
    const photo = { name: 'lamp.jpg', type: 'image/jpeg', bytes: 1234, ref: 'part/2' }
    const message = await world.customerWrites('See photo', { attachments: [photo] })
    const [row] = await world.db.selectFrom('attachment').selectAll().execute()
    expect(row).toMatchObject({ message_id: message.id, ...photo, blob_id: message.blob_id })
  })
})

/** A second mailbox of the same product, read by the same parser. */
function addMailbox(world: World, name: string): void {
  world.sources.set(name, channelSource({ ...world.channel, name }, world.desk))
}

async function sightingsOf(world: World): Promise<string[]> {
  const rows = await world.db.selectFrom('message_source').select('channel').orderBy('channel').execute()
  return rows.map(({ channel }) => channel)
}

async function kindsOf(world: World): Promise<string[]> {
  const rows = await world.db.selectFrom('outbox').select('kind').orderBy('kind').execute()
  return rows.map(({ kind }) => kind)
}

async function factsOf(world: World): Promise<string[]> {
  const rows = await world.db.selectFrom('fact').select('kind').orderBy('id').execute()
  return rows.map(({ kind }) => kind)
}
