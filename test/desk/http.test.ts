// The same desk where Slack comes to us: clicks, forms, lists, commands and events by signed requests instead of sockets.
import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { letter, makeTestDesk, UNDO_MS } from './desk.ts'

const LATE = letter('late', '{{ contact.greeting }},\n\nit left {{ fill.when }}.', 'ask:\n  when: When did it leave?\n')

eachDatabase((open) => {
  test('Q9, X3: over HTTP an agent takes, searches letters, is stopped at a field, previews, sends and is answered by the command', async () => {
    const desk = await makeTestDesk(open, { letters: [LATE], over: 'http' })
    const { slack, maya, tom, world } = desk
    expect(slack.sockets.open()).toEqual([])
    const { id, ts } = await desk.card('Where is my parcel?')

    expect(await desk.click(maya, ts, 'take', id)).toMatchObject({ kind: 'acked', payload: {} })
    expect(await world.facts('conversation-taken')).toMatchObject([{ actor: maya }])
    await desk.openComposer(maya, ts)
    expect(await desk.offered(maya, 'late')).toContain('en/late')
    await desk.choose(maya, 'en/late')
    await desk.waitForScreen(maya, 'When did it leave?')
    await desk.answer(maya, 'en/late', 'when', ' \u200b ')
    expect(await desk.submit(maya)).toMatchObject({ payload: { response_action: 'errors' } })
    await desk.answer(maya, 'en/late', 'when', 'on Monday')
    expect(await desk.submit(maya)).toMatchObject({ payload: { response_action: 'push' } })
    expect(desk.screen(maya)).toContain('it left on Monday.')
    expect(await desk.submit(maya)).toMatchObject({ payload: { response_action: 'update' } })
    await world.passTime(UNDO_MS)
    expect((await desk.counts()).sends).toBe(1)

    expect(await slack.command(tom, desk.channel, '/desk', 'away 2h')).toMatchObject({ kind: 'acked' })
    expect(desk.told(tom).join()).toContain('You are away until')
    expect(slack.log.filter(({ method }) => method === 'apps.connections.open')).toEqual([])
  })

  test('Q9: over HTTP a note that could not be kept is told again, and stands in the thread once', async () => {
    const desk = await makeTestDesk(open, { over: 'http' })
    const { slack, maya, world, channel } = desk
    const { ts } = await desk.card()
    slack.settings.ackMs = 1
    slack.settings.retryDelaysMs = [50, 50, 50, 50, 50, 50]
    slack.say(maya, channel, 'She has called twice.', { threadTs: ts })
    await slack.waitFor(() => slack.events.some(({ failure }) => failure === 'http_timeout'), 'an answer that is late')
    slack.settings.ackMs = 3000
    await desk.eventsIn()
    for (const { id } of slack.events) slack.repeat(id)
    await desk.eventsIn()
    const notes = await world.db.selectFrom('message').select('text').where('direction', '=', 'note').execute()
    expect(notes).toEqual([{ text: 'She has called twice.' }])
  })

  test('S18, X3: over HTTP an outsider’s click changes nothing, and a forged one is not even heard', async () => {
    const desk = await makeTestDesk(open, { over: 'http' })
    const { slack, channel, world } = desk
    const { id, ts } = await desk.card()
    const mia = slack.addUser({ name: 'mia', teamId: slack.addTeam('Acme') }).id
    slack.join(mia, channel)
    await desk.click(mia, ts, 'take', id)
    await slack.waitFor(() => desk.told(mia).join().includes('our own organisation'), 'the reason')
    expect(await world.facts('action-refused')).toMatchObject([{ actor: mia }])

    const forged = { type: 'block_actions', user: { id: desk.maya, team_id: slack.app.teamId }, trigger_id: '1' }
    const actions = [{ type: 'button', action_id: 'take', value: id }]
    const body = new URLSearchParams({ payload: JSON.stringify({ ...forged, actions, team: null }) }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...slack.sign(`${body} `) }
    const { status } = await fetch(slack.settings.requestUrl, { method: 'POST', body, headers })
    expect(status).toBe(401)
    expect(await world.facts('conversation-taken')).toEqual([])
  })
})
