import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { makeTestDesk, UNDO_MS } from './desk.ts'

eachDatabase((open) => {
  test('"Send to customer" on a draft in the thread opens the composer with its words, and only Send sends them', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const files = [{ name: 'price list.pdf', bytes: Buffer.from('5') }]
    const draft = desk.slack.say(desk.tom, desk.channel, 'It costs < 5 & ships today', { threadTs: ts, files })
    await desk.slack.shortcut(desk.maya, 'send_to_customer', desk.channel, draft)
    await desk.waitForScreen(desk.maya, 'Your answer')
    expect(desk.body(desk.maya)).toBe('It costs < 5 & ships today')
    expect(desk.screen(desk.maya)).toContain('Add them here: price list.pdf.')
    await desk.submit(desk.maya)
    expect((await desk.counts()).replies).toBe(0)
    await desk.submit(desk.maya)
    await desk.world.passTime(UNDO_MS)
    expect(desk.world.channel.delivered).toEqual([{ to: 'ada@example.org', text: 'It costs < 5 & ships today' }])
  })

  test('Q7: a draft that mentions a colleague goes no further than the composer', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const draft = desk.slack.say(desk.tom, desk.channel, `Ask <@${desk.tom}>`, { threadTs: ts })
    await desk.slack.shortcut(desk.maya, 'send_to_customer', desk.channel, draft)
    await desk.waitForScreen(desk.maya, 'Your answer')
    await desk.submit(desk.maya)
    expect(desk.errors(desk.maya)).toContain('Slack mention')
  })

  test('"Send to customer" elsewhere, or on what the bot wrote, says where it works', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const lunch = desk.slack.say(desk.tom, desk.channel, 'lunch?')
    await desk.slack.shortcut(desk.maya, 'send_to_customer', desk.channel, lunch)
    await desk.slack.waitFor(() => desk.told(desk.maya).length === 1, 'a word')
    const post = await desk
      .room()
      .clients.post.chat.postMessage({ channel: desk.channel, thread_ts: ts, text: 'entry' })
    await desk.slack.shortcut(desk.maya, 'send_to_customer', desk.channel, post.ts ?? '')
    await desk.slack.waitFor(() => desk.told(desk.maya).length === 2, 'a second word')
    expect(desk.told(desk.maya)[0]).toContain('in the thread of a customer’s card')
    expect(desk.told(desk.maya)[1]).toContain('a colleague wrote')
    expect(desk.modals(desk.maya)).toEqual([])
  })
})
