// The first composer reads half a megabyte; on a busy machine that takes longer than Slack lets a click wait.
import 'tinyld'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { makeAdvisor } from '../../src/desk/advisor.ts'
import { listLetterUse } from '../../src/letter-use.ts'
import { loadLetters } from '../../src/template/letter-folder.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeWorld } from '../setup/world.ts'
import { HOSTILE } from '../template/hostile.ts'
import { SHIPPED } from '../template/letters.ts'
import { letter, makeTestDesk } from './desk.ts'

const ASK = [
  'ask:',
  '  amount: How much do they get back?',
  '  sent_on: { label: When was it sent?, kind: date }',
  '  way: { label: Which way?, choices: [the card, the bank account] }',
  '  note: { label: Anything else?, kind: long, optional: true }\n',
].join('\n')
const REFUND = letter(
  'refund',
  '{{ contact.greeting }},\n\nwe sent {{ fill.amount }} on {{ fill.sent_on }} to {{ fill.way }}.{% if fill.note %}\n\n{{ fill.note }}{% endif %}',
  ASK,
)
const GREETING = letter('greeting', '{{ contact.greeting }}, thank you for writing to us about your order.')
const NOTHING = { drafts: 0, parts: 0, replies: 0, sends: 0 }

eachDatabase((open) => {
  test('S4, T5: what a letter asks are fields; a required one without an answer blocks submit at itself, and nothing is stored', async () => {
    const desk = await makeTestDesk(open, { letters: [REFUND] })
    const { ts } = await desk.card('Where is my money?')
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/refund')
    await desk.waitForScreen(desk.maya, 'How much do they get back?')
    const answer = (name: string, said: string) => desk.answer(desk.maya, 'en/refund', name, said)

    expect(await desk.submit(desk.maya)).toMatchObject({
      kind: 'refused',
      errors: { 'fill-en/refund-amount': expect.any(String) },
    })
    await answer('amount', ' \u200b ')
    await answer('sent_on', '2030-06-14')
    await answer('way', '1')
    const refused = await desk.submit(desk.maya)
    expect(refused).toMatchObject({
      payload: {
        response_action: 'errors',
        errors: { 'fill-en/refund-amount': expect.stringContaining('needs an answer') },
      },
    })
    expect(await desk.counts()).toEqual(NOTHING)

    await answer('amount', '12 € *now*')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('we sent 12 € \\*now\\* on Friday, June 14, 2030 to the bank account.')
    expect(desk.screen(desk.maya)).not.toContain('⟦')
    expect(desk.screen(desk.maya)).toContain('[Send to Ada by email]')
  })

  test('T5: a letter that was edited keeps the edits, with the answers in their places', async () => {
    const desk = await makeTestDesk(open, { letters: [REFUND] })
    const { ts } = await desk.card('Where is my money?')
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/refund')
    await desk.slack.waitFor(() => desk.body(desk.maya).includes('⟦note⟧'), 'the letter')
    await desk.answer(desk.maya, 'en/refund', 'amount', '12 €')
    await desk.answer(desk.maya, 'en/refund', 'sent_on', '2030-06-14')
    await desk.answer(desk.maya, 'en/refund', 'way', '0')
    await desk.type(desk.maya, 'Ada, here is ⟦amount⟧. ⟦note⟧')
    await desk.submit(desk.maya)
    expect(desk.front(desk.maya).errors['fill-en/refund-note']).toContain('take what stands around ⟦note⟧ out')

    await desk.answer(desk.maya, 'en/refund', 'note', 'See https://shop.test/a_b_c')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('Ada, here is 12 €. See <https://shop.test/a_b_c>')
  })

  test('T2: what is previewed is byte for byte what leaves, whatever the customer is called and the agent answers', async () => {
    const desk = await makeTestDesk(open, { letters: [REFUND] })
    const word = fc.constantFrom(
      ...HOSTILE.filter((each) => !/@(?:here|everyone)|<[!@]/.test(each)),
      'Ana',
      '\u202e',
      '10 €',
    )
    const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((all) => `x${all.join(' ')}`)
    let count = 0
    await fc.assert(
      fc.asyncProperty(words, words, async (name, amount) => {
        const address = `c${++count}@example.org`
        const { ts } = await desk.card('Money?', { from: { address, name } })
        await desk.openComposer(desk.maya, ts)
        await desk.choose(desk.maya, 'en/refund')
        await desk.waitForScreen(desk.maya, 'How much')
        await desk.answer(desk.maya, 'en/refund', 'amount', amount)
        await desk.answer(desk.maya, 'en/refund', 'sent_on', '2030-06-14')
        await desk.answer(desk.maya, 'en/refund', 'way', '0')
        await desk.submit(desk.maya)
        const draft = await desk.world.db
          .selectFrom('draft')
          .selectAll()
          .orderBy('id', 'desc')
          .executeTakeFirstOrThrow()
        const parts = await desk.world.db
          .selectFrom('part')
          .selectAll()
          .where('message_id', '=', draft.id)
          .orderBy('n')
          .execute()
        await desk.submit(desk.maya)
        await desk.world.passTime(10_000)
        const sent = desk.world.channel.delivered.filter(({ to }) => to === address)
        expect(sent.map(({ text }) => text)).toEqual(parts.map(({ preview }) => preview))
        expect(parts.map(({ preview }) => preview).join('\n\n')).toBe(draft.markdown)
        await desk.slack.close(desk.maya, desk.front(desk.maya).id, { all: true })
      }),
      { numRuns: 5 },
    )
  })

  test('T7: a letter that nobody touched is warned of, sent only by "Send anyway", and counted', async () => {
    const desk = await makeTestDesk(open, { letters: [GREETING] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/greeting')
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Hello Ada'), 'the letter')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('“greeting” is as it came.')
    expect(desk.screen(desk.maya)).toContain('[Send anyway]')
    await desk.submit(desk.maya)
    await desk.world.passTime(10_000)
    expect(desk.world.channel.delivered).toHaveLength(1)
    expect(await listLetterUse(desk.world.db, 0)).toMatchObject([{ letter: 'en/greeting', sent: 1, unedited: 1 }])
  })

  test('T7: the same words to the same customer once more are warned of', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const words = 'Thank you for your patience, we are looking into it.'
    await desk.preview(desk.maya, ts, words)
    expect(desk.screen(desk.maya)).toContain('[Send to Ada by email]')
    await desk.submit(desk.maya)
    await desk.world.passTime(10_000)
    await desk.slack.close(desk.maya, desk.front(desk.maya).id, { all: true })
    const again = await desk.card('And now?')
    await desk.preview(desk.maya, again.ts, `${words}\n`)
    expect(desk.screen(desk.maya)).toContain('had the very same words from us before')
  })

  test('T7: where a letter says block, it does not leave as it came, and its answers alone are not enough', async () => {
    const strict = letter(
      'strict',
      '{{ contact.greeting }}, here is {{ fill.what }}.',
      'edit: required\nask: { what: What? }\n',
    )
    const desk = await makeTestDesk(open, { letters: [strict] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/strict')
    await desk.waitForScreen(desk.maya, 'What?')
    await desk.answer(desk.maya, 'en/strict', 'what', 'news')
    await desk.submit(desk.maya)
    expect(desk.errors(desk.maya)).toContain('Add a sentence that only this customer could get')
    expect(await desk.counts()).toEqual(NOTHING)

    await desk.type(desk.maya, 'Hello Ada, here is ⟦what⟧. I kept the blue one for you.')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('[Send to Ada by email]')
  })

  test('T8: the letter that fits comes first, two actions away; the list finds names, shortcuts and words of the body', async () => {
    const delay = letter('delay', 'Your parcel takes longer than promised.', 'tags: [parcel, delivery, waiting]\n')
    const money = letter('money', 'The refund is on its way.', 'shortcut: rf\ntags: [refund, money]\n')
    const desk = await makeTestDesk(open, { letters: [money, GREETING, delay] })
    const { ts } = await desk.card('When will my parcel come? I have been waiting for a week.')
    await desk.openComposer(desk.maya, ts)
    expect(desk.screen(desk.maya)).toContain('Letters that fit what they wrote\n[delay]')
    expect((await desk.offered(desk.maya))[0]).toBe('en/delay')
    expect(await desk.offered(desk.maya, 'rf')).toEqual(['en/money'])
    expect((await desk.offered(desk.maya, 'longer than promised'))[0]).toBe('en/delay')
    expect(await desk.offered(desk.maya, 'zzz')).toEqual([])

    await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'letter_1' })
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Your parcel'), 'the letter')
  })

  test('T6: a customer is offered letters in their own language first, then in ours, and never a mixture', async () => {
    const { letters } = await loadLetters(SHIPPED)
    const desk = await makeTestDesk(open, { letters })
    const languagesFor = async (text: string, from: { address: string; name: string }) => {
      const { ts } = await desk.card(text, { from })
      await desk.openComposer(desk.maya, ts)
      const keys = (await desk.offered(desk.maya)).map(String)
      await desk.slack.close(desk.maya, desk.front(desk.maya).id, { all: true })
      const order = [...new Set(keys.slice(3).map((key) => key.split('/')[0]))]
      return { first: keys[0], suggested: [...new Set(keys.slice(0, 3).map((key) => key.split('/')[0]))], order }
    }
    const german = 'Guten Tag, wo bleibt mein Paket? Ich warte seit Montag darauf und habe nichts gehört.'
    expect(await languagesFor(german, { address: 'b@example.org', name: 'Bea Vogt' })).toEqual({
      ...{ first: 'de/delay', suggested: ['de'], order: ['de', 'en', 'es'] },
    })
    const finnish = 'Hyvää päivää, missä tilaukseni viipyy? Olen odottanut sitä maanantaista lähtien.'
    const { order } = await languagesFor(finnish, { address: 'c@example.org', name: 'Aino Laine' })
    expect(order[0]).toBe('en')
  })

  test('T6: where this desk has no letter in the customer’s language, those of ours are suggested', async () => {
    const world = await makeWorld(open)
    const german = { ...letter('rechnung', 'Das Paket', 'tags: [paket]\n'), language: 'de', desks: ['billing'] }
    const letters = [german, letter('delay', 'Your parcel', 'tags: [paket]\n'), letter('other', 'Hello')]
    const advisor = makeAdvisor({ ...world, letters: () => letters, language: 'en' })
    const words = 'Guten Tag, wo bleibt mein Paket? Ich warte seit Montag darauf und habe nichts gehört.'
    const { suggested } = await advisor.advise({ channel: 'email:support', desk: 'support', words })
    expect(suggested.map(({ name }) => name)).toEqual(['delay'])
  })

  test('T4: an agent says once how somebody is to be called, and every letter does', async () => {
    const desk = await makeTestDesk(open, { letters: [GREETING] })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/greeting')
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Hello Ada,'), 'the letter')
    await desk.slack.click(desk.maya, { viewId: desk.front(desk.maya).id, actionId: 'called_by' })
    await desk.waitForScreen(desk.maya, 'They write as Ada Lovelace')
    await desk.slack.type(desk.maya, desk.front(desk.maya).id, 'name', 'name', 'Countess')
    await desk.submit(desk.maya)
    await desk.waitForScreen(desk.maya, 'Your answer')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('Hello Countess, thank you')
    expect(desk.screen(desk.maya)).not.toContain('It does not call them')
    await desk.slack.close(desk.maya, desk.front(desk.maya).id, { all: true })

    const again = await desk.card('And now?')
    await desk.openComposer(desk.maya, again.ts)
    await desk.choose(desk.maya, 'en/greeting')
    await desk.slack.waitFor(() => desk.body(desk.maya).startsWith('Hello Countess,'), 'the letter')
    expect(await desk.world.facts('name-corrected')).toHaveLength(1)
  })

  test('T9: a letter’s files go with it unless they are unticked, and their size counts', async () => {
    const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
    onTestFinished(() => rm(root, { recursive: true }))
    await mkdir(join(root, 'en'))
    await mkdir(join(root, 'files'))
    await writeFile(join(root, 'files/sizes.txt'), 'S, M, L')
    const head = '---\ntitle: Sizes\nwhen: W\nlanguage: en\nattachments: [files/sizes.txt]\n---\n'
    await writeFile(join(root, 'en/sizes.md'), `${head}{{ contact.greeting }}, here they are.`)
    const { letters } = await loadLetters(root)
    const desk = await makeTestDesk(open, { letters })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/sizes')
    await desk.waitForScreen(desk.maya, 'sizes.txt (7 bytes)')
    await writeFile(join(root, 'files/sizes.txt'), 'x'.repeat(2000))
    await desk.submit(desk.maya)
    expect(desk.front(desk.maya).errors['enclosed-en/sizes']).toContain('can leave')

    await writeFile(join(root, 'files/sizes.txt'), 'S, M, L')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('[Send anyway]')
  })
})
