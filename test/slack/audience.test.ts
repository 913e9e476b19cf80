// One app and its sockets can have several who listen: each event is kept by one of them, and acknowledged only then.
import { expect, test } from 'vitest'
import type { Audience } from '../../src/slack/envelope.ts'
import { fieldsOf } from '../../src/slack/field.ts'
import { emptyIntake, openOffice } from './office.ts'

function listener(channel: string, keep: Audience['keep'] = async () => undefined) {
  const heard: unknown[] = []
  const audience: Audience = {
    wants: async (body) => fieldsOf(body.event).channel === channel,
    async keep(body) {
      await keep(body)
      heard.push(fieldsOf(body.event).text)
    },
  }
  return { heard, audience }
}

test('what an audience wants is kept by it alone; the rest goes where it always went', async () => {
  const { slack, room, channel, ana } = await openOffice()
  const other = slack.addChannel({ name: 'other', members: [slack.app.botUserId, ana] }).id
  const mine = listener(other)
  const kept: string[] = []
  const one = room()
  one.hear(mine.audience)
  await one.start({ ...emptyIntake, keep: async (raws) => void kept.push(...raws.map(({ key }) => key)) })
  slack.say(ana, channel, 'to the desk')
  slack.say(ana, other, 'to them')
  await slack.waitFor(() => slack.events.every(({ state }) => state === 'acked'), 'both to be acknowledged')
  expect(mine.heard).toEqual(['to them'])
  expect(kept).toHaveLength(1)
})

test('what an audience cannot keep is not acknowledged, and comes again', async () => {
  const { slack, room, ana, channel } = await openOffice({ retryDelaysMs: [10] })
  let tries = 0
  const mine = listener(channel, async () => {
    if (++tries === 1) throw new Error('no disk')
  })
  const one = room()
  one.hear(mine.audience)
  await one.start(emptyIntake)
  slack.say(ana, channel, 'hello')
  await slack.waitFor(() => slack.events[0]?.state === 'acked', 'it to be acknowledged')
  expect(mine.heard).toEqual(['hello'])
  expect(tries).toBe(2)
})

test('who we are is known before any event is heard', async () => {
  const { slack, room } = await openOffice()
  const one = room()
  const known = one.known.then(() => one.self.botId)
  await one.start(emptyIntake)
  expect(await known).toBe(slack.app.botId)
})
