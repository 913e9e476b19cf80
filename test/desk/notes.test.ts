import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eachDatabase } from '../setup/database.ts'
import { makeTestDesk } from './desk.ts'

eachDatabase((open) => {
  const notesOf = async (desk: Awaited<ReturnType<typeof makeTestDesk>>) =>
    await desk.world.db.selectFrom('message').selectAll().where('direction', '=', 'note').orderBy('seq').execute()

  test('S1: what an agent types under a card is kept as a note and goes nowhere', async () => {
    const desk = await makeTestDesk(open)
    const { id, ts } = await desk.card()
    desk.slack.say(desk.maya, desk.channel, `I think <@${desk.tom}> knows`, { threadTs: ts })
    await desk.eventsIn()
    const notes = await notesOf(desk)
    expect(notes).toMatchObject([{ conversation_id: id, author: desk.maya, text: 'I think @Tom Okafor knows' }])
    await desk.world.passTime(60_000)
    expect(desk.world.channel.sends).toBe(0)
    expect(await desk.world.facts('note-written')).toHaveLength(1)
  })

  test('S2: no prefix, lock or arrow in a thread sends anything', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const typed = ['note: no', '>> yes', '🔒 secret', '/reply Yes', '@customer hi', '!send now', 'reply: Yes it is']
    for (const text of typed) desk.slack.say(desk.maya, desk.channel, text, { threadTs: ts })
    await desk.eventsIn()
    await desk.world.passTime(60_000)
    expect((await notesOf(desk)).map(({ text }) => text).sort()).toEqual([...typed].sort())
    expect(await desk.counts()).toEqual({ drafts: 0, parts: 0, replies: 0, sends: 0 })
  })

  test('Q7: whatever agents type, edit, attach, mention or delete in a thread, no customer gets any of it', async () => {
    const desk = await makeTestDesk(open)
    const { id, ts } = await desk.card()
    const bytes = new TextEncoder().encode('a file')
    const word = fc.oneof(
      fc.constantFrom(
        'note:',
        '>>',
        'send',
        '🔒',
        `<@${desk.tom}>`,
        '@here',
        'ada@example.org',
        '<!channel>',
        '/send',
        '```',
      ),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    )
    const deed = fc.record({
      who: fc.constantFrom(desk.maya, desk.tom),
      words: fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' ')),
      how: fc.constantFrom('say', 'file', 'broadcast', 'edit', 'delete', 'react'),
    })
    const { slack, channel } = desk
    const act = ({ who, words, how }: { who: string; words: string; how: string }) => {
      const files = how === 'file' ? { files: [{ name: 'x.txt', bytes }] } : {}
      const said = slack.say(who, channel, words, { threadTs: ts, isBroadcast: how === 'broadcast', ...files })
      if (how === 'edit') slack.edit(who, channel, said, `send: ${words}`)
      if (how === 'delete') slack.remove(who, channel, said)
      if (how === 'react') slack.react(who, channel, said, 'white_check_mark')
    }
    const deeds = fc.sample(deed, { numRuns: 150, seed: 11 })
    for (const each of deeds) act(each)
    slack.releaseShares()
    await desk.eventsIn()
    await desk.world.passTime(60_000)

    expect((await notesOf(desk)).filter(({ conversation_id }) => conversation_id === id)).toHaveLength(deeds.length)
    expect(await desk.counts()).toEqual({ drafts: 0, parts: 0, replies: 0, sends: 0 })
    const outbound = await desk.world.db.selectFrom('message').selectAll().where('direction', '=', 'outbound').execute()
    expect(outbound).toEqual([])
  })

  test('only people’s words under a card are notes: not the bot’s, not another app’s, not what stands in the channel', async () => {
    const desk = await makeTestDesk(open)
    const { slack, channel } = desk
    const { ts } = await desk.card()
    const robot = slack.addUser({ name: 'robot', isBot: true }).id
    slack.join(robot, channel)
    slack.say(robot, channel, 'beep', { threadTs: ts })
    await desk.room().clients.post.chat.postMessage({ channel, thread_ts: ts, text: 'ours' })
    const root = slack.say(desk.maya, channel, 'lunch?')
    slack.say(desk.tom, channel, 'yes!', { threadTs: root })
    await desk.eventsIn()
    expect(await notesOf(desk)).toEqual([])
  })

  test('a note that Slack delivers again is one note, and an edit of it keeps the first words too', async () => {
    const desk = await makeTestDesk(open)
    const { ts } = await desk.card()
    const said = desk.slack.say(desk.maya, desk.channel, 'first words', { threadTs: ts })
    desk.slack.edit(desk.maya, desk.channel, said, 'other words')
    for (const { id } of [...desk.slack.events]) desk.slack.repeat(id)
    await desk.eventsIn()
    expect((await notesOf(desk)).map(({ text }) => text)).toEqual(['other words'])
    const versions = await desk.world.db.selectFrom('message_version').selectAll().orderBy('n').execute()
    expect(versions.map(({ text }) => text)).toEqual(['first words', 'other words'])
  })

  test('a note under an old card still belongs to its conversation', async () => {
    const desk = await makeTestDesk(open)
    const { id, ts } = await desk.card()
    await desk.world.db.transaction(async (trx) => {
      await trx
        .insertInto('desk_post')
        .values({ channel: desk.channel, ts, conversation_id: id, message_id: null })
        .execute()
      await trx.updateTable('conversation').set({ card_ts: null }).where('id', '=', id).execute()
    })
    desk.slack.say(desk.maya, desk.channel, 'late', { threadTs: ts })
    await desk.eventsIn()
    expect(await notesOf(desk)).toMatchObject([{ conversation_id: id }])
  })
})
