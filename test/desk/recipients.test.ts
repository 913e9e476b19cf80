// Who a reply goes to: those the answered message names, each as the agent wants it, and all of them before their eyes.
import { expect, test } from 'vitest'
import type { RecipientChoice, RecipientChoices } from '../../src/recipients.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { letter, makeTestDesk, type TestDesk, UNDO_MS } from './desk.ts'

const NASTY = '<!channel> <@U1> <https://evil|bank> *x* & </>'
const BOB: RecipientChoice = { address: 'bob@example.org', name: 'Bob Roe', mark: 'known', ticked: true }
const EVE: RecipientChoice = { address: 'eve@example.org', name: 'Eve', mark: 'new', ticked: false }
const MAL: RecipientChoice = { address: 'mal@evil.example', mark: 'outside', ticked: false }

/** A desk at which the answered message names these people. */
async function deskWith(open: OpenTestDb, cc: RecipientChoice[], to: Partial<RecipientChoice> = {}) {
  let choices: RecipientChoices = {
    to: { address: 'ada@example.org', name: 'Ada Lovelace', mark: 'known', ticked: true, ...to },
    cc,
  }
  const letters = [letter('hello', 'Hello!')]
  const desk = await makeTestDesk(open, { recipients: async () => choices, letters })
  const wrote = { cc: cc.map(({ address, name }) => ({ address, ...(name !== undefined && { name }) })) }
  const { ts } = await desk.card('Is it in stock?', wrote)
  const change = (next: RecipientChoice[]) => {
    choices = { ...choices, cc: next }
  }
  return { ...desk, ts, change }
}

const inputOf = (desk: TestDesk) => desk.front(desk.maya).blocks.find(({ block_id }) => block_id === 'cc')

/** Ticks exactly these. */
async function tick(desk: TestDesk, ...addresses: string[]): Promise<void> {
  const options = JSON.stringify(inputOf(desk))
  const parts = JSON.parse(options).element as { options: { text: { text: string }; value: string }[] }
  const values = addresses.map(
    (address) => parts.options.find(({ text }) => text.text.includes(address))?.value ?? `no ${address}`,
  )
  await desk.slack.choose(desk.maya, desk.front(desk.maya).id, 'cc', 'cc', values)
}

/** Who gets it, by the part that leaves. */
async function recipientsOf(desk: TestDesk): Promise<string[]> {
  const rows = await desk.world.db.selectFrom('part').select('recipients').orderBy('message_id').execute()
  return (JSON.parse(rows.at(-1)?.recipients ?? '[]') as { address: string }[]).map(({ address }) => address)
}

eachDatabase((open) => {
  test('E23: those who had the answered mail are offered, the doubtful ones with a word and unticked', async () => {
    const desk = await deskWith(open, [BOB, EVE, MAL])
    await desk.openComposer(desk.maya, desk.ts)
    const input = JSON.stringify(inputOf(desk))
    expect(input).toContain('Bob Roe, bob@example.org')
    expect(input).toContain('⚠️ new in this mail')
    expect(input).toContain('⚠️ outside example.org')
    expect(JSON.parse(input).element.initial_options).toHaveLength(1)
    expect(JSON.parse(input).element.type).toBe('checkboxes')
  })

  test('E23: without a word the copies go to who is ticked, and the preview names every one of them', async () => {
    const desk = await deskWith(open, [BOB, EVE])
    await desk.preview(desk.maya, desk.ts, 'Yes, it is.')
    expect(desk.screen(desk.maya)).toContain(
      'To: Ada Lovelace, ada@example.org, by email\nCc: Bob Roe, bob@example.org\n',
    )
    expect(desk.screen(desk.maya)).not.toContain('eve@example.org')
    expect(await recipientsOf(desk)).toEqual(['ada@example.org', 'bob@example.org'])
  })

  test('E23: who is ticked by hand is in the preview, marked, and gets what leaves; nobody else does', async () => {
    const desk = await deskWith(open, [BOB, EVE, MAL])
    await desk.openComposer(desk.maya, desk.ts)
    await desk.type(desk.maya, 'Yes, it is.')
    await tick(desk, 'eve@example.org', 'mal@evil.example')
    await desk.submit(desk.maya)
    const screen = desk.screen(desk.maya)
    expect(screen).toContain('Cc: Eve, eve@example.org ⚠️ new in this mail\nmal@evil.example ⚠️ outside example.org')
    expect(screen).not.toContain('bob@example.org')
    await desk.submit(desk.maya)
    await desk.world.passTime(UNDO_MS)
    expect(await recipientsOf(desk)).toEqual(['ada@example.org', 'eve@example.org', 'mal@evil.example'])
  })

  test('E23: a reply to nobody but the customer is a matter of unticking', async () => {
    const desk = await deskWith(open, [BOB])
    await desk.openComposer(desk.maya, desk.ts)
    await desk.type(desk.maya, 'Only for you.')
    await tick(desk)
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).not.toContain('Cc:')
    expect(await recipientsOf(desk)).toEqual(['ada@example.org'])
  })

  test('what is ticked outlives a letter, and comes back after Undo', async () => {
    const desk = await deskWith(open, [BOB, EVE])
    await desk.openComposer(desk.maya, desk.ts)
    await tick(desk, 'eve@example.org')
    await desk.choose(desk.maya, 'en/hello')
    await desk.slack.waitFor(() => desk.body(desk.maya) === 'Hello!', 'the letter')
    await desk.submit(desk.maya)
    expect(await recipientsOf(desk)).toEqual(['ada@example.org', 'eve@example.org'])
    await desk.submit(desk.maya)
    await desk.pressUndo(desk.maya)
    await desk.waitForScreen(desk.maya, 'Taken back')
    await desk.submit(desk.maya)
    await desk.waitForScreen(desk.maya, 'Your answer')
    await desk.submit(desk.maya)
    expect(await recipientsOf(desk)).toEqual(['ada@example.org', 'eve@example.org'])
  })

  // Seen to fail when the boxes carried places in the list: the copy went to Mallory.
  test('E23: a list that changed under the form never sends to somebody else than was ticked', async () => {
    const desk = await deskWith(open, [BOB])
    await desk.openComposer(desk.maya, desk.ts)
    await desk.type(desk.maya, 'Yes')
    desk.change([MAL])
    await desk.submit(desk.maya)
    expect(desk.errors(desk.maya)).toContain('is not on the message you answer any more')
    expect((await desk.counts()).drafts).toBe(0)
  })

  test('E23: an address to answer to that is not the customer’s own is said out loud', async () => {
    const desk = await deskWith(open, [], { mark: 'new' })
    await desk.openComposer(desk.maya, desk.ts)
    expect(desk.screen(desk.maya)).toContain('⚠️ This address is new in this mail.')
    await desk.type(desk.maya, 'Yes')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('⚠️ This address is new in this mail.')
  })

  test.each([11, 100, 101, 200, 250])(
    'E23: %i people in copy fit into the form and into the preview',
    async (count) => {
      const many = Array.from(
        { length: count },
        (_, n): RecipientChoice => ({
          address: `${n}.${'long'.repeat(70)}@example.org`,
          name: `${NASTY} ${'名'.repeat(10_000)}`,
          mark: n % 2 ? 'new' : 'known',
          ticked: true,
        }),
      )
      const desk = await deskWith(open, many)
      await desk.openComposer(desk.maya, desk.ts)
      await desk.type(desk.maya, 'Yes.')
      await desk.submit(desk.maya)
      const view = JSON.stringify(desk.front(desk.maya).blocks)
      expect(Buffer.byteLength(view)).toBeLessThan(240_000)
      expect(view).not.toMatch(/"type":"(user|broadcast|usergroup|link|mrkdwn)"/)
      const asked = Math.min(count, 200)
      for (let n = 0; n < asked; n++) expect(view).toContain(`${n}.longlong`)
      expect(await recipientsOf(desk)).toHaveLength(asked + 1)
      expect(desk.slack.log.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
      await desk.submit(desk.maya)
      expect(desk.screen(desk.maya)).toContain('[Undo]')
    },
  )
})
