// Files that an agent adds to a reply: fetched out of Slack, shown in the preview, and frozen with it.
import { expect, test } from 'vitest'
import type { OutboundMessage } from '../../src/channel.ts'
import type { Ack } from '../../src/sandbox/slack/delivery.ts'
import { eachDatabase } from '../setup/database.ts'
import { stallable } from '../setup/stalled-db.ts'
import { makeActingDesk } from './acting.ts'
import { makeTestDesk, type TestDesk, UNDO_MS } from './desk.ts'

const OFFER = { name: 'offer.pdf', bytes: Buffer.from('%PDF the offer') }

/** Everything that was rendered. */
function watch(desk: Pick<TestDesk, 'world'>): OutboundMessage[] {
  const rendered: OutboundMessage[] = []
  const { render } = desk.world.channel
  desk.world.channel.render = async (message) => {
    rendered.push(message)
    return await render.call(desk.world.channel, message)
  }
  return rendered
}

async function write(desk: TestDesk, text: string, files: { name: string; bytes: Buffer }[]): Promise<void> {
  const { ts } = await desk.card()
  await desk.openComposer(desk.maya, ts)
  await desk.type(desk.maya, text)
  attach(desk, files)
}

function attach(desk: Pick<TestDesk, 'slack' | 'maya' | 'front'>, files: { name: string; bytes: Buffer }[]): void {
  desk.slack.attach(desk.maya, desk.front(desk.maya).id, 'files', 'files', files)
}

eachDatabase((open) => {
  test('S22, T9: the customer gets the bytes, the name and the type, and the preview and the thread say so', async () => {
    const desk = await makeActingDesk(open)
    const rendered = watch(desk)
    await desk.customerWrites('Where is the offer?')
    await desk.settle()
    await desk.press(desk.maya, 'reply')
    await desk.waitForScreen(desk.maya, 'Your answer')
    await desk.type(desk.maya, 'Here it is.')
    attach(desk, [OFFER, { name: '../..\\photo \u202egpj.png', bytes: Buffer.alloc(600, 7) }])
    const ack = (await desk.submit(desk.maya)) as Ack
    expect(ack.kind === 'acked' ? ack.tookMs : Number.POSITIVE_INFINITY).toBeLessThan(1000)
    await desk.waitForScreen(desk.maya, '[Send to Ada by email]')
    expect(desk.screen(desk.maya)).toContain('📎 offer.pdf (14 bytes)\n📎 .._.._photo gpj.png (600 bytes)')
    expect(rendered[0]?.attachments?.map(({ name, type, content }) => [name, type, Buffer.from(content)])).toEqual([
      ['offer.pdf', 'application/pdf', OFFER.bytes],
      ['.._.._photo gpj.png', 'image/png', Buffer.alloc(600, 7)],
    ])
    await desk.submit(desk.maya)
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toHaveLength(1)
    const parts = await desk.world.db.selectFrom('part').select('attachments').execute()
    expect(JSON.parse(parts[0]?.attachments ?? '')).toEqual([
      { name: 'offer.pdf', bytes: 14 },
      { name: '.._.._photo gpj.png', bytes: 600 },
    ])
    expect(desk.thread()[1]).toContain('📎 offer.pdf (14 bytes)\n📎 .._.._photo gpj.png (600 bytes)')
  })

  test.each([
    ['S22: an empty file', [OFFER, { name: 'nothing.txt', bytes: Buffer.alloc(0) }], 'nothing.txt is empty (0 bytes)'],
    ['a file that is too large', [{ name: 'film.mp4', bytes: Buffer.alloc(1001) }], 'film.mp4 has 1001 bytes'],
    [
      'files that are too large together',
      [1, 2, 3].map((n) => ({ name: `${n}.png`, bytes: Buffer.alloc(400) })),
      'These files have together 2 KB; no more than 1000 bytes can leave',
    ],
  ])('%s is refused at its field, and nothing is kept', async (_, files, words) => {
    const desk = await makeTestDesk(open)
    await write(desk, 'Here it is.', files)
    await desk.submit(desk.maya)
    expect(Object.keys(desk.front(desk.maya).errors)).toEqual(['files'])
    expect(desk.errors(desk.maya)).toContain(words)
    expect(desk.body(desk.maya)).toBe('Here it is.')
    expect((await desk.counts()).drafts).toBe(0)
    expect(desk.slack.calls('download')).toEqual([])
  })

  test('what Slack will not give is said at the field; the draft stays, and the next try is as good as new', async () => {
    const desk = await makeTestDesk(open)
    await write(desk, 'Here it is.', [OFFER])
    desk.slack.faults.next('download', { status: 500 })
    await desk.submit(desk.maya)
    await desk.slack.waitFor(() => desk.errors(desk.maya) !== '', 'an objection')
    expect(desk.errors(desk.maya)).toContain('Slack answered 500 instead of offer.pdf. Please try again.')
    expect(desk.body(desk.maya)).toBe('Here it is.')
    await desk.submit(desk.maya)
    expect(await desk.waitForScreen(desk.maya, '[Send to Ada by email]')).toContain('📎 offer.pdf')
  })

  test('S7: files that take their time are waited for with the text in sight, and what fails then is told too', async () => {
    let stall: ReturnType<typeof stallable> | undefined
    const desk = await makeTestDesk(open, {
      db: (real) => {
        stall = stallable(real)
        return stall.db
      },
    })
    await write(desk, 'Here it is.', [OFFER])
    const submitLate = async () => {
      stall?.stop()
      const answered = desk.submit(desk.maya)
      await desk.slack.waitFor(() => (stall?.waiting() ?? 0) > 0, 'the desk to ask the store')
      await desk.world.clock.advance(800)
      expect(await answered).toMatchObject({ kind: 'acked' })
      expect(desk.screen(desk.maya)).toContain('Preparing the preview')
      stall?.goOn()
    }
    const shows = (words: string) =>
      desk.slack.waitFor(async () => {
        await desk.world.clock.advance(100)
        return desk.screen(desk.maya).includes(words)
      }, words)
    desk.slack.faults.next('download', { reset: true })
    await submitLate()
    await shows('offer.pdf could not be fetched from Slack. Please try again.')
    expect(desk.screen(desk.maya)).toContain('Here it is.')
    await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    expect(desk.body(desk.maya)).toBe('Here it is.')
    await submitLate()
    await shows('📎 offer.pdf')
  })

  test('an app that may not read files still opens the form, and says what is missing', async () => {
    const desk = await makeTestDesk(open, { slack: { scopes: ['chat:write', 'users:read', 'groups:read'] } })
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    expect(desk.screen(desk.maya)).toContain('To add files, an administrator has to install the app again')
    await desk.type(desk.maya, 'Without any.')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('[Send to Ada by email]')
  })

  test('Undo keeps the files in the form below, and says which to add again where there is none', async () => {
    const desk = await makeTestDesk(open)
    await write(desk, 'Here it is.', [OFFER])
    await desk.submit(desk.maya)
    await desk.waitForScreen(desk.maya, '[Send to Ada by email]')
    const { draftId } = JSON.parse(String(desk.front(desk.maya).view.private_metadata))
    await desk.submit(desk.maya)
    await desk.pressUndo(desk.maya)
    await desk.waitForScreen(desk.maya, 'Taken back')
    await desk.submit(desk.maya)
    await desk.waitForScreen(desk.maya, 'Your answer')
    expect(desk.screen(desk.maya)).not.toContain('Add the files again')
    await desk.submit(desk.maya)
    expect(await desk.waitForScreen(desk.maya, '[Send to Ada by email]')).toContain('📎 offer.pdf')

    const button = {
      type: 'button' as const,
      action_id: 'edit_again',
      text: { type: 'plain_text' as const, text: 'E' },
    }
    const blocks = [{ type: 'actions' as const, elements: [{ ...button, value: draftId }] }]
    const { post } = desk.room().clients
    const { ts = '' } = await post.chat.postMessage({ channel: desk.channel, text: 'x', blocks })
    await desk.click(desk.maya, ts, 'edit_again')
    await desk.waitForScreen(desk.maya, 'Add the files again: offer.pdf.')
  })
})
