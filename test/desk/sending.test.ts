import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import { plainFromMarkdown } from '../../src/slack/markdown-rich.ts'
import { eachDatabase } from '../setup/database.ts'
import { letter, makeTestDesk, UNDO_MS } from './desk.ts'

eachDatabase((open) => {
  test('T2: what was previewed is byte for byte what leaves', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const { channel } = desk.world
    const { send } = channel
    const bodies: string[] = []
    channel.send = async (parts, progress) => {
      bodies.push(...parts.map(({ body }) => new TextDecoder().decode(body)))
      return await send.call(channel, parts, progress)
    }
    // Whatever an agent can type and send; space at the end nobody sees.
    const texts = fc.sample(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
        .filter((text) => text.trim() !== '' && !/[⟦⟧@]/.test(text)),
      { numRuns: 8, seed: 7 },
    )
    for (const text of [...texts, 'Dear Ada,\n\n*stars* _and_ <b>tags</b> & more\n\nBye  ']) {
      await desk.preview(desk.maya, ts, text)
      const { blocks } = desk.front(desk.maya)
      const between = blocks.map(({ type }) => type)
      const shown = blocks.slice(between.indexOf('divider') + 1, between.lastIndexOf('divider'))
      const previewed = shown
        .filter(({ type }) => type === 'rich_text')
        .map((block) => readBlocks([block]))
        .join('\n\n')
      await desk.submit(desk.maya)
      await desk.world.passTime(UNDO_MS)
      const left = bodies.splice(0).join('\n\n')
      // Seen to fail when `makePreview` trims what was typed.
      expect(left).toBe(previewed)
      expect(plainFromMarkdown(left)).toBe(text.trimEnd())
      await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    }
  })

  test('S5, Q5: a draft that a new message has overtaken is shown it, and confirming sends once', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card('Is it in stock?')
    await desk.preview(desk.maya, ts, 'Yes, it is.')
    await desk.world.customerWrites('In red, I mean!')

    // Seen to fail when `sendDraft` confirms a later message than the agent was shown.
    const answer = await desk.submit(desk.maya)
    expect(answer).toMatchObject({ payload: { response_action: 'update' } })
    expect(desk.screen(desk.maya)).toContain('Not sent yet')
    expect(desk.screen(desk.maya)).toContain('> In red, I mean!')
    expect(await desk.world.effects('reply')).toEqual([])

    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('Leaves at')
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toEqual([{ to: 'ada@example.org', text: 'Yes, it is.' }])
    expect(await desk.world.openWindow()).toBeDefined()
  })

  test('S5: a colleague’s reply stops a draft too, and what arrives while it is being confirmed stops it again', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Mine')
    await desk.world.agentReplies('His', { agent: desk.tom })
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('Tom Okafor replied')
    expect(desk.screen(desk.maya)).toContain('> His')

    await desk.world.customerWrites('One more thing')
    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('> One more thing')
    expect(desk.world.channel.delivered.map(({ text }) => text)).toEqual(['His'])
  })

  test('Q6: Send pressed twice, at once and again after a restart, is one message', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Once')
    const { view, id } = desk.front(desk.maya)
    const { draftId } = JSON.parse(String(view.private_metadata))

    await Promise.all([desk.slack.submit(desk.maya, id), desk.slack.submit(desk.maya, id)])
    expect(desk.screen(desk.maya)).toContain('Leaves at')
    expect(desk.screen(desk.maya)).toContain('[Undo]')
    await desk.world.passTime(UNDO_MS)
    await desk.reconnect()
    expect(await desk.world.agentSends(draftId, { agent: desk.maya })).toMatchObject({ kind: 'sent-before' })
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toHaveLength(1)
  })

  test('Q6: when the answer to Send was lost, pressing it again after a restart sends nothing twice', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Once')
    const { draftId } = JSON.parse(String(desk.front(desk.maya).view.private_metadata))
    await desk.world.agentSends(draftId, { agent: desk.maya })
    await desk.reconnect()

    await desk.submit(desk.maya)
    expect(desk.screen(desk.maya)).toContain('[Undo]')
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toHaveLength(1)
  })

  test('Q8: Undo in time prevents the sending, and the text is there to be edited and sent', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Yess')
    await desk.submit(desk.maya)
    await desk.world.clock.advance(UNDO_MS - 1)
    await desk.pressUndo(desk.maya)
    await desk.waitForScreen(desk.maya, 'Taken back. Nothing was sent.')
    expect(desk.screen(desk.maya)).toContain('Yess')
    await desk.world.passTime(10 * UNDO_MS)
    expect(desk.world.channel.sends).toBe(0)
    expect(await desk.world.openWindow()).toBeDefined()

    await desk.submit(desk.maya)
    await desk.waitForScreen(desk.maya, 'Your answer')
    expect(desk.body(desk.maya)).toBe('Yess')
    await desk.type(desk.maya, 'Yes')
    await desk.submit(desk.maya)
    await desk.submit(desk.maya)
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toEqual([{ to: 'ada@example.org', text: 'Yes' }])
    expect(await desk.world.openWindow()).toBeUndefined()
  })

  test('Q8: Undo after the message has left says so plainly', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Gone')
    await desk.submit(desk.maya)
    await desk.world.passTime(UNDO_MS)
    await desk.pressUndo(desk.maya)
    await desk.waitForScreen(desk.maya, 'Too late to take it back')
    expect(desk.world.channel.delivered).toHaveLength(1)
  })

  test('closing the form after Send closes all of it, so that nobody sends the same text again by accident', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    await desk.preview(desk.maya, ts, 'Yes')
    await desk.submit(desk.maya)
    await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    expect(desk.modals(desk.maya)).toEqual([])
  })

  test('S23: a reply carries the name of the agent, who has no mail address in Slack, and never that of the bot', async () => {
    const desk = await makeTestDesk(open, { letters: [letter('signed', 'Yours,\n\n{{ agent.name }}')] })
    const names: string[] = []
    const { render } = desk.world.channel
    desk.world.channel.render = async (message) => {
      names.push(message.agentName)
      return await render(message)
    }
    const { ts } = await desk.card()
    await desk.openComposer(desk.maya, ts)
    await desk.choose(desk.maya, 'en/signed')
    await desk.slack.waitFor(() => desk.body(desk.maya) !== '', 'the letter')
    expect(desk.body(desk.maya)).toContain('Maya Lindt')
    await desk.submit(desk.maya)
    expect(names).toEqual(['Maya Lindt'])
  })

  test('what the channel will not render is explained at the text, and nothing is kept', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    desk.world.channel.render = async () => {
      throw new Error('boom')
    }
    await desk.preview(desk.maya, ts, 'Hello')
    expect(desk.errors(desk.maya)).toContain('No preview could be made')
    expect((await desk.counts()).drafts).toBe(0)
  })
})
