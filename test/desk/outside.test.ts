// Somebody outside is asked about a customer's matter, and answers in place: for us alone, whatever comes and goes.
import { expect, test } from 'vitest'
import type { ConversationKey, ExternalId } from '../../src/channel.ts'
import { checkWindows } from '../../src/rebuild.ts'
import { listRecipientChoices } from '../../src/recipients.ts'
import { eachDatabase } from '../setup/database.ts'
import { rawOf, type Wrote } from '../setup/fake-channel.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'
import { UNDO_MS } from './desk.ts'

const CARL = 'carl@supplier.test'

eachDatabase((open) => {
  test('W2, E8: a supplier is asked, answers in the thread for its owner alone, and never comes near the customer', async () => {
    const desk = await makeActingDesk(open)
    const { world, maya } = desk
    const { db, channel } = world
    const files = [{ name: 'shade.pdf', type: 'application/pdf', bytes: 5, ref: 'shade' }]
    channel.files.set('shade', new TextEncoder().encode('a pdf'))
    const id = await desk.customerWrites('My shade is [broken](https://evil.test)', {
      subject: 'The lamp',
      attachments: files,
    })
    await desk.press(maya, 'take')
    await desk.slack.waitFor(async () => (await world.conversation(id)).owner_id === maya, 'Maya to have it')

    // What is written to the customer's own address is refused, and nothing goes along that is not ticked.
    await openForm(desk)
    await desk.fill(maya, 'outside_to', 'ada@example.org')
    await desk.fill(maya, 'outside_text', 'Can you send a new shade?')
    await desk.submit(maya)
    expect(desk.errors(maya)).toContain('This is the customer')
    await desk.fill(maya, 'outside_to', CARL)
    await desk.submit(maya)
    const plain = await desk.waitForScreen(maya, 'and not to the customer')
    expect(plain).toContain(`To: ${CARL}, by email`)
    expect(plain).not.toMatch(/broken|shade\.pdf/)
    await desk.slack.close(maya, desk.front(maya).id)

    const asked = await db.selectFrom('message').select('id').orderBy('id').executeTakeFirstOrThrow()
    const [file] = await db.selectFrom('attachment').select('id').execute()
    await desk.slack.choose(maya, desk.front(maya).id, 'outside_quotes', 'outside_quotes', [asked.id])
    await desk.slack.choose(maya, desk.front(maya).id, 'outside_files', 'outside_files', [file?.id ?? ''])
    await desk.submit(maya)
    const shown = await desk.waitForScreen(maya, 'and not to the customer')
    expect(shown).toContain('> My shade is \\[broken\\]')
    expect(shown).toContain('shade.pdf')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Leaves at')
    await world.passTime(UNDO_MS)
    expect(channel.delivered.map(({ to }) => to)).toEqual([CARL, CARL, CARL])
    // The file of the customer's comes when Slack has shared it.
    expect(desk.thread().join('\n')).toContain(`Maya Lindt wrote to ${CARL} · email`)
    const window = await world.openWindow(id)
    expect(window).toBeDefined()

    // The answer: below the customer's question, for Maya, and for nobody's clock.
    const keys = await keysOf(desk)
    const evidence = [{ by: 'token' as const, key: keys[0] as ConversationKey }]
    const answers = (text: string, wrote: Wrote = {}) =>
      desk.customerWrites(text, {
        from: { address: CARL, name: 'Carl' },
        evidence,
        keys: ['<c1>' as ConversationKey],
        ...wrote,
      })
    expect(await answers('It leaves tomorrow.')).toBe(id)
    const entry = desk.thread().find((said) => said.includes('It leaves tomorrow.')) ?? ''
    expect(entry).toContain(`for @${maya}`)
    expect(entry).toContain('🤝 An answer from outside. For us alone')
    expect(entry).not.toContain('Needs')
    expect(await world.openWindow(id)).toEqual(window)
    expect((await listRecipientChoices(db, id)).cc).toEqual([])
    expect(await answers('From my colleague.', { from: { address: 'dora@supplier.test' } })).toBe(id)
    // A stranger with the same key is a customer like any other, in a conversation of their own.
    expect(await answers('Me too', { from: { address: 'eve@example.org' } })).not.toBe(id)
    expect(await answers('Forged', { sender: 'fail' })).not.toBe(id)

    // A reply to the customer afterwards answers the customer, and quotes nobody else.
    const draft = await world.agentPreviews('A new shade is on its way.', { agent: maya, conversation: id })
    expect(await world.agentSends(draft, { agent: maya })).toMatchObject({ kind: 'queued' })
    await world.passTime(UNDO_MS)
    expect(channel.delivered.at(-1)).toEqual({ to: 'ada@example.org', text: 'A new shade is on its way.' })
    expect(await world.openWindow(id)).toBeUndefined()
    expect((await checkWindows(db)).differences).toEqual([])
  })

  test('W2: a second mail goes on in the same exchange, can be taken back, and a bounce is told to whoever asked', async () => {
    const desk = await makeActingDesk(open)
    const { world, maya } = desk
    const id = await desk.customerWrites('My shade is broken')
    const asks = async (text: string) => {
      await openForm(desk)
      if (!desk.screen(maya).includes(CARL)) await desk.fill(maya, 'outside_to', CARL)
      await desk.fill(maya, 'outside_text', text)
      await desk.submit(maya)
      await desk.waitForScreen(maya, 'and not to the customer')
      await desk.submit(maya)
      await desk.waitForScreen(maya, 'Leaves at')
    }
    await asks('Can you send a new shade?')
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'undo' })
    expect(await desk.waitForScreen(maya, 'Taken back')).not.toContain('Edit again')
    while (desk.isModalOpen(maya)) await desk.slack.close(maya, desk.front(maya).id)
    await world.passTime(UNDO_MS)
    expect(world.channel.delivered).toEqual([])
    expect(await world.facts('reply-undone')).toEqual([])
    await asks('Can you send a red shade?')
    while (desk.isModalOpen(maya)) await desk.slack.close(maya, desk.front(maya).id)
    await world.passTime(UNDO_MS)
    await asks('Or a blue one?')
    await world.passTime(UNDO_MS)
    expect(world.channel.delivered.map(({ to }) => to)).toEqual([CARL, CARL])
    expect(await world.db.selectFrom('consultation').selectAll().execute()).toMatchObject([{ address: CARL }])
    // Our own copy of it in the mailbox is nobody's message.
    const [key = ''] = await keysOf(desk)
    const own = { kind: 'own' as const, externalId: 'copy' as ExternalId, arrivedAt: world.clock.now() }
    await world.hears({ ...own, keys: [key as ConversationKey, '<server>' as ConversationKey], isProven: true })
    const report = { kind: 'bounce' as const, externalId: 'report' as ExternalId, arrivedAt: world.clock.now() }
    const bounce = { ...report, of: ['<server>' as ConversationKey], lasting: 'hard' as const, reason: 'no such user' }
    await world.keep([rawOf(bounce)])
    await world.runIntake()
    await desk.settle()
    expect(desk.thread().at(-1)).toContain(`your question to ${CARL} did not arrive.`)
    expect(await world.openWindow(id)).toBeDefined()
    expect(await world.count('conversation')).toBe(1)
  })

  test('E8: the customer, to whom the supplier of the same house passes the exchange on, is a customer and waits', async () => {
    const desk = await makeActingDesk(open)
    const { world, maya } = desk
    const id = await desk.customerWrites('My shade is broken', { from: { address: 'ada@supplier.test' } })
    await openForm(desk)
    await desk.fill(maya, 'outside_to', CARL)
    await desk.fill(maya, 'outside_text', 'Can you send a new shade?')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'and not to the customer')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Leaves at')
    await world.passTime(UNDO_MS)
    const evidence = [{ by: 'token' as const, key: (await keysOf(desk))[0] as ConversationKey }]
    const into = await desk.customerWrites('Why was I told so?', { from: { address: 'ada@supplier.test' }, evidence })
    expect(into).not.toBe(id)
    expect(await world.openWindow(into)).toBeDefined()
    expect(await world.facts('consultation-answered')).toEqual([])
  })

  test('a desk without a mailbox says so', async () => {
    const desk = await makeActingDesk(open, { channelsAt: () => ['discord'] })
    await desk.customerWrites('My shade is broken')
    await desk.more(desk.maya, 'outside')
    expect(await desk.waitForScreen(desk.maya, 'This desk has no mailbox')).toContain('deskbell.yaml')
  })
})

async function openForm(desk: ActingDesk): Promise<void> {
  await desk.more(desk.maya, 'outside')
  await desk.waitForScreen(desk.maya, 'Your question')
}

/** What an answer to the last mail may carry. */
async function keysOf({ world }: ActingDesk): Promise<string[]> {
  const parts = world.db.selectFrom('part').select('keys').orderBy('message_id', 'desc').orderBy('n').limit(1)
  return JSON.parse((await parts.executeTakeFirstOrThrow()).keys) as string[]
}
