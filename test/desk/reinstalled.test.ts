// The app is removed, its token revoked, and installed again as somebody else: everything waits and nothing is lost.
import { expect, test } from 'vitest'
import { MINUTE } from '../../src/clock.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  test('S24, Q13: a revoked token is told, everything waits, and with a new one all of it comes, under another bot too', async () => {
    const written: { botToken?: string } = {}
    const desk = await makeActingDesk(open, { reread: async () => written })
    const { slack, channel, world, maya } = desk
    const id = await desk.customerWrites('The first one')
    const old = desk.card().ts
    slack.revokeToken()
    await slack.waitFor(() => !desk.room().health().ok, 'the trouble to be shown')
    expect(desk.room().health().problem).toMatch(/install it again.*SLACK_BOT_TOKEN_FILE/)
    await world.customerWrites('And what does it cost?')
    await desk.customerWrites('The second one', { from: { address: 'bo@example.org' } })
    await world.passTime(MINUTE)
    expect(desk.room().health().ok).toBe(false)
    expect(
      slack.workspace
        .all(channel)
        .map((message) => readMessage(message))
        .join(),
    ).not.toContain('The second one')

    written.botToken = slack.reinstall()
    for (let n = 0; n < 4; n++) await world.passTime(MINUTE)
    expect(desk.room().health()).toMatchObject({ ok: true })
    expect(desk.room().self).toMatchObject({ botUserId: slack.app.botUserId, botId: slack.app.botId })
    const shown = slack.workspace
      .all(channel)
      .map((message) => readMessage(message))
      .join('\n')
    expect(shown).toContain('The second one')
    expect(shown).toContain('And what does it cost?')
    const owed = await world.db.selectFrom('outbox').select(['kind', 'state']).execute()
    expect(owed.filter(({ kind, state }) => kind === 'card' && !['accepted', 'undone'].includes(state))).toEqual([])

    // The old card is another bot's now: there is a new one, and words below the old one are still notes.
    const { card_ts: renewed } = await world.conversation(id)
    expect(renewed).not.toBe(old)
    slack.say(maya, channel, 'She has called', { threadTs: old })
    await desk.eventsIn()
    const notes = await world.db.selectFrom('message').select('text').where('direction', '=', 'note').execute()
    expect(notes).toEqual([{ text: 'She has called' }])
    await slack.click(maya, { channel, ts: renewed ?? '', actionId: 'take' })
    expect(await world.facts('conversation-taken')).toMatchObject([{ actor: maya, conversation_id: id }])
  })

  test('S24: a token that Slack refuses is noticed without an event; a wrong one, or one of elsewhere, changes nothing', async () => {
    const written: { botToken?: string } = {}
    const desk = await makeActingDesk(open, { reread: async () => written, slack: { events: [] } })
    const { slack, world } = desk
    slack.faults.always('chat.postMessage', { error: 'account_inactive' })
    slack.faults.always('auth.test', { error: 'account_inactive' })
    await desk.customerWrites('The first one')
    expect(desk.room().health().problem).toContain('account_inactive')
    written.botToken = 'xoxb-wrong'
    await world.passTime(MINUTE)
    expect(desk.room().health().ok).toBe(false)
    slack.faults.clear()
    written.botToken = slack.botToken
    for (let n = 0; n < 3; n++) await world.passTime(MINUTE)
    expect(desk.room().health().ok).toBe(true)
    expect(desk.shownCard()).toContain('The first one')
    // What still works is not given up for what does not.
    written.botToken = 'xoxb-wrong-again'
    await world.passTime(MINUTE)
    await desk.customerWrites('The second one', { from: { address: 'bo@example.org' } })
    expect(desk.shownCard()).toContain('The second one')
  })
})
