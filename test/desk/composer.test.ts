import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { letter, makeTestDesk } from './desk.ts'

const HELLO = letter(
  'hello',
  'Hello {{ contact.first_name | default: "there" }},\n\nthank you for writing.\n\n{{ agent.name }}',
)
const SIZES = letter('sizes', 'We have it in ⟦sizes⟧.')
const FOR_DISCORD = letter('for-discord', 'Hey!', 'channels: [discord]\n')

const NOTHING = { drafts: 0, parts: 0, replies: 0, sends: 0 }

eachDatabase((open) => {
  test('S3: composer and preview name the channel, the address and the customer, and the reply goes exactly there', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card('Is it in stock?')
    await desk.openComposer(desk.maya, ts)
    expect(desk.screen(desk.maya)).toContain('To: Ada Lovelace, ada@example.org, by email')
    expect(desk.screen(desk.maya)).toContain('> Is it in stock?')

    await desk.type(desk.maya, 'Yes, it is.')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('To: Ada Lovelace, ada@example.org, by email')
    expect(desk.screen(desk.maya)).toContain('[Send to Ada by email]')
    await desk.submit(desk.maya)
    await desk.world.passTime(10_000)
    expect(desk.world.channel.delivered).toEqual([{ to: 'ada@example.org', text: 'Yes, it is.' }])
  })

  test('S3: a form that shows one customer never writes to another', async () => {
    const desk = await makeTestDesk(open)
    const { id, ts } = await desk.card()
    await desk.world.customerWrites('Mine!', { from: { address: 'eve@example.org', name: 'Eve' } })
    const eve = await desk.world.db
      .selectFrom('identity')
      .select('id')
      .where('address', '=', 'eve@example.org')
      .executeTakeFirstOrThrow()
    const giveTo = async (identity_id: string) => {
      await desk.world.db.transaction((trx) =>
        trx.updateTable('conversation').set({ identity_id }).where('id', '=', id).execute(),
      )
    }
    await desk.preview(desk.maya, ts, 'For Ada only')
    await giveTo(eve.id)

    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('Not sent: this conversation now belongs to somebody else')
    expect(desk.screen(desk.maya)).toContain('For Ada only')

    const composer = desk.modals(desk.maya)[0]
    await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    expect(desk.modals(desk.maya)).toEqual([])
    expect(composer).toBeDefined()
    expect(await desk.world.effects('reply')).toEqual([])
  })

  test('S3: a composer that was opened for one customer makes no preview for another', async () => {
    const desk = await makeTestDesk(open)
    const { id, ts } = await desk.card()
    await desk.world.customerWrites('Mine!', { from: { address: 'eve@example.org', name: 'Eve' } })
    const eve = await desk.world.db
      .selectFrom('identity')
      .select('id')
      .where('address', '=', 'eve@example.org')
      .executeTakeFirstOrThrow()
    await desk.openComposer(desk.maya, ts)
    await desk.type(desk.maya, 'For Ada only')
    await desk.world.db.transaction((trx) =>
      trx.updateTable('conversation').set({ identity_id: eve.id }).where('id', '=', id).execute(),
    )

    // Seen to fail without the comparison of identities in `makePreview`.
    await desk.submit(desk.maya)
    expect(desk.errors(desk.maya)).toContain('now belongs to somebody else')
    expect(await desk.counts()).toEqual(NOTHING)
  })

  test('S4: a letter with something still to fill in is refused at its field, and nothing is stored', async () => {
    const desk = await makeTestDesk(open, { letters: [SIZES] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/sizes')
    await desk.waitForScreen(desk.maya, 'Still to fill in: ⟦sizes⟧')

    // Seen to fail when `submitComposer` does not return its objection.
    const answer = await desk.submit(desk.maya)
    expect(answer).toMatchObject({ payload: { response_action: 'errors' } })
    expect(desk.errors(desk.maya)).toContain('Still to fill in: sizes')
    expect(await desk.counts()).toEqual(NOTHING)

    await desk.type(desk.maya, 'Ada, we have it in S and M.')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('[Send to Ada by email]')
  })

  test.each([
    ['nothing at all', '   \n ', 'nothing to send'],
    ['a half-deleted blank', 'We have ⟦sizes now', 'Still to fill in'],
    ['a Slack mention', 'Ask <@U0000001> about it', 'Slack mention'],
    ['a bare id of a colleague', 'Ask @U0000000A1 about it', 'Slack mention'],
    ['a broadcast', 'Hello <!channel>', 'calls people in Slack'],
    ['a typed broadcast', 'Hello @here, look', 'calls people in Slack'],
    ['a link into our own Slack', 'See https://acme.slack.com/archives/C1/p2', 'link into our Slack'],
    ['a link to a file of ours', 'See https://files.slack.com/files-pri/T1-F1/x.pdf', 'link into our Slack'],
  ])('S4: %s does not leave', async (_, text, objection) => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, text)
    expect(desk.errors(desk.maya)).toContain(objection)
    expect(await desk.counts()).toEqual(NOTHING)
  })

  test('a letter is filled in with what is known of the customer and the agent, and offered only where it suits', async () => {
    const desk = await makeTestDesk(open, { letters: [HELLO, FOR_DISCORD] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    expect(await desk.offered(desk.maya)).toEqual(['en/hello'])
    await desk.choose(desk.maya, 'en/hello')
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Hello Ada,'), 'the letter')
    expect(desk.body(desk.maya)).toBe('Hello Ada,\n\nthank you for writing.\n\nMaya Lindt')
  })

  test('what the agent had typed stays when a letter is chosen, and an untouched letter gives way to the next', async () => {
    const desk = await makeTestDesk(open, { letters: [HELLO, SIZES] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.type(desk.maya, 'My own words.')
    await desk.choose(desk.maya, 'en/sizes')
    await desk.waitForScreen(desk.maya, 'What you had written stands below the letter.')
    expect(desk.body(desk.maya)).toBe('We have it in ⟦sizes⟧.\n\nMy own words.')

    await desk.type(desk.maya, '')
    await desk.choose(desk.maya, 'en/sizes')
    await desk.slack.waitFor(() => desk.body(desk.maya) === 'We have it in ⟦sizes⟧.', 'the letter alone')
    await desk.choose(desk.maya, 'en/hello')
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Hello Ada'), 'the other letter')
    expect(desk.body(desk.maya)).not.toContain('sizes')
  })

  test('T3: a customer whose name is a trick is called by it, and nothing happens', async () => {
    const desk = await makeTestDesk(open, {
      letters: [letter('name', 'Dear {{ contact.name | default: "customer" }}')],
    })
    const name = '{{ agent.name }} <!channel> <@U0000001>'
    const { ts } = await desk.card('<!channel> *hi*', { from: { address: 'x@example.org', name } })
    await desk.openComposer(desk.maya, ts)
    expect(desk.screen(desk.maya)).toContain(`To: ${name}, x@example.org, by email`)
    expect(desk.screen(desk.maya)).toContain('> <!channel> *hi*')
    await desk.choose(desk.maya, 'en/name')
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Dear'), 'the letter')
    expect(desk.body(desk.maya)).toContain('{{ agent.name }}')
    expect(desk.body(desk.maya)).not.toContain('Maya')
  })

  test('an agent whose click was too long ago for Slack is told, and can try again', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    desk.slack.faults.next('views.open', { error: 'expired_trigger_id' })
    await desk.click(desk.maya, ts, 'reply')
    await desk.slack.waitFor(() => desk.told(desk.maya).length > 0, 'a word to the agent')
    expect(desk.told(desk.maya)[0]).toContain('took too long')
    await desk.openComposer(desk.maya, ts)
  })

  test('a form that changed under a letter is left alone, and the agent is told', async () => {
    const desk = await makeTestDesk(open, { letters: [HELLO] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    desk.slack.faults.next('views.update', { error: 'hash_conflict' })
    await desk.choose(desk.maya, 'en/hello')
    await desk.slack.waitFor(() => desk.told(desk.maya).length > 0, 'a word to the agent')
    expect(desk.told(desk.maya)[0]).toContain('changed meanwhile')
  })

  test('a letter too long for the field changes nothing and says so', async () => {
    const long = letter('long', `${'word '.repeat(2500)}end`)
    const desk = await makeTestDesk(open, { letters: [long] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.type(desk.maya, 'mine')
    await desk.choose(desk.maya, 'en/long')
    await desk.waitForScreen(desk.maya, '12,509 characters, and 12,000 fit')
    expect(desk.body(desk.maya)).toBe('mine')
  })
})
