// Whatever anybody writes, however long and however odd: every view keeps Slack's limits and shows it as words.
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { block } from '../../src/block.ts'
import { HOUR } from '../../src/clock.ts'
import { getConversation } from '../../src/conversation.ts'
import { makeFollowUp } from '../../src/follow-up.ts'
import { label } from '../../src/label.ts'
import { linkPeople } from '../../src/person.ts'
import { parseTags } from '../../src/tag.ts'
import { type ActingDesk, makeActingDesk } from '../desk/acting.ts'
import { letter } from '../desk/desk.ts'
import { deletion, edit } from '../setup/chat.ts'
import { eachDatabase } from '../setup/database.ts'
import { fakeChannel, fakeChat } from '../setup/fake-channel.ts'
import { CASES } from './cases.ts'
import { pressEverything } from './crawl.ts'
import { listDrawing, watchCalls } from './drawn.ts'

const RUNS = Number(process.env.HOSTILE_RUNS ?? 30)

let called: Awaited<ReturnType<typeof watchCalls>>
beforeAll(async () => {
  called = await watchCalls()
})

describe('S14, S15: every block payload keeps Slack’s limits, for hostile input', () => {
  test.each(Object.entries(CASES))('S14, S15: %s', async (_, { drawn, faults }) => {
    const judged = fc.asyncProperty(drawn as fc.Arbitrary<never>, async (input) => {
      expect(await faults(input)).toEqual([])
    })
    await fc.assert(judged, { numRuns: RUNS, endOnFailure: true })
  })
})

const EVIL = 'QZX <!channel> <@UEVIL> <https://evil.example|bank> *x* & </> :tada: \u202e'
const LONG = `${EVIL}\n`.repeat(2000)
const WAYS = { 'by mail': () => fakeChannel('email'), 'in a chat': () => fakeChat() }

// What is shown does not depend on where it is stored.
eachDatabase(
  (open) => {
    test.each(Object.entries(WAYS))(
      'S14, S15, S18: whoever presses everything sees nothing that Slack refuses, of customers who write %s',
      async (_, channelOf) => {
        const asking = letter('first', 'About {{ fill.amount }}: yes.', 'ask:\n  amount: How much?\n')
        const letters = [{ ...asking, title: EVIL.slice(0, 75), when: EVIL }]
        const desk = await makeActingDesk(open, { letters, channel: channelOf() })
        const { slack, world, maya, lea } = desk
        await addOddColleague(desk)
        await addSecondDesk(desk)
        const guest = slack.addUser({ name: 'guest', isGuest: true }).id
        slack.join(guest, desk.channel)
        await desk.eventsIn()

        const pressed = await pressEverything(desk, maya, (round) => everythingHappens(desk, round))
        expect(pressed).toEqual(expect.arrayContaining(REACHED))
        await pressEverything(desk, lea, async () => undefined)
        const facts = async () => (await world.db.selectFrom('fact').select('kind').execute()).map(({ kind }) => kind)
        const before = (await facts()).length
        expect((await pressEverything(desk, guest, async () => undefined)).length).toBeGreaterThan(10)
        expect(new Set((await facts()).slice(before))).toEqual(new Set(['action-refused']))

        const refused = slack.log.filter(({ outcome }) => /invalid|too_l|no_text|mismatch/.test(outcome))
        expect(refused.map(({ method, outcome }) => `${method} ${outcome}`)).toEqual([])
        expect(world.logLines.filter((line) => line.includes('led nowhere'))).toEqual([])
      },
    )
  },
  ['sqlite'],
)

/** At the end of long ways through several forms. */
const REACHED = [
  ...['preview Preview: submit', 'told Sending: undo Undo', 'schedule Past the due time: submit'],
  ...['join_with Join with another: submit filled in', 'desk_move To another desk: submit filled in'],
  ...['spam Mark as spam: submit filled in', 'follow_up_later Postpone: submit filled in'],
]

async function addOddColleague({ slack, channel, eventsIn, desk }: ActingDesk): Promise<void> {
  slack.join(slack.addUser({ name: 'odd', realName: EVIL }).id, channel)
  await eventsIn()
  await desk().syncAgents()
}

async function addSecondDesk({ slack, maya, desks, desk }: ActingDesk): Promise<void> {
  const channel = slack.addChannel({ name: 'bills', isPrivate: true, members: [slack.app.botUserId, maya] }).id
  desks.push({ name: 'bills', title: EVIL.repeat(3), channel, undoMs: 0, leads: [], backup: [] })
  await desk().syncAgents()
}

/** Each round another length, another customer, and something else that went wrong since. */
async function everythingHappens(desk: ActingDesk, round: number): Promise<void> {
  const { world, slack, maya, channel } = desk
  const from = { address: `qzx<!here>${round % 3}@example.org`, name: round === 1 ? '\u200b' : EVIL.repeat(20) }
  if (round === 0) await desk.customerWrites(EVIL, { from: { address: 'qzx@example.org', name: EVIL } })
  const before = await world.db.selectFrom('message').select('external_id').where('direction', '=', 'inbound').execute()
  await desk.customerWrites(LONG.slice(0, 10 ** (1 + (round % 5))), {
    ...{ from, subject: EVIL.repeat(10), warnings: [EVIL], attachments: [FILE] },
    ...(round === 2 && { automated: EVIL }),
  })
  slack.say(maya, channel, EVIL, { threadTs: desk.card().ts })
  slack.openHome(maya)
  if (round > 0) {
    await world.agentReplies(`${EVIL}\n\nmore`, { agent: maya })
    const [answered = '', other = ''] = before.slice(-2).map((message) => message.external_id)
    await world.hears(edit(answered, LONG.slice(0, 5000), { arrivedAt: world.clock.now() }))
    if (round > 2) await world.hears(deletion(other, world.clock.now()))
  }
  world.channel.fates.push(...([{ kind: 'rejected', reason: EVIL.repeat(50) }] as const).slice(0, round % 2))
  await desk.eventsIn()
  await desk.settle()
  const { id } = await world.conversation()
  if (round === 0) {
    await snoozeTooLong(desk)
    await linkEverybody(desk, id)
    const tags = {
      by: maya,
      priority: 'high' as const,
      add: parseTags(`${EVIL},${'ß'.repeat(400)}, 日本語`),
      remove: [],
    }
    await world.db.transaction((trx) => label(trx, id, tags))
  }
  await promise(desk, id, round)
  if (round === 1) await blockSomebody(desk)
  if (round === 3) await desk.comeDue()
  for (const words of ['queue', 'blocked', 'find QZX', `history ${from.address}`, `why ${id}`, EVIL])
    await slack.command(maya, channel, '/desk', words)
}

async function snoozeTooLong(desk: ActingDesk): Promise<void> {
  const { maya } = desk
  await desk.menu(maya, 'snooze')
  await desk.waitForScreen(maya, 'For how long?')
  await desk.pick(maya, 'span', '3d')
  await desk.submit(maya)
  await desk.slack.close(maya, desk.front(maya).id)
}

async function promise({ world, maya }: ActingDesk, id: string, round: number): Promise<void> {
  const conversation = await getConversation(world.db, id)
  const kind = round % 2 === 0 ? ('promise' as const) : ('reminder' as const)
  const made = { kind, text: EVIL.repeat(6), by: maya, for: undefined, dueAt: world.clock.now() + 2 * HOUR }
  await world.db.transaction((trx) => makeFollowUp(trx, conversation, made))
  await world.runOutbox()
}

async function blockSomebody({ world, maya }: ActingDesk): Promise<void> {
  const { id } = await world.db.selectFrom('contact').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()
  await world.db.transaction((trx) => block(trx, id, maya))
}

async function linkEverybody({ world, maya }: ActingDesk, conversationId: string): Promise<void> {
  const contacts = await world.db.selectFrom('contact').select('id').orderBy('id').execute()
  const { identity_id: identityId } = await world.conversation(conversationId)
  const identity = world.db.selectFrom('identity').select('contact_id').where('id', '=', identityId)
  const { contact_id: contactId } = await identity.executeTakeFirstOrThrow()
  for (const { id: otherId } of contacts) {
    const linking = {
      contactId,
      otherId,
      by: { how: 'agent' as const, agentId: maya },
      conversationId,
      policies: world.policies,
    }
    await world.db.transaction((trx) => linkPeople(trx, linking))
  }
}

const FILE = { name: `${EVIL}.pdf`, type: EVIL, bytes: 10, ref: 'f' }

/** Drawn only where two are at it in one moment or a database is slow; judged wherever a test makes that happen. */
const ELSEWHERE = ['assign.ts changedView', 'open-view.ts refusedView', 'respond.ts lateAnswer']

/** Reads what Slack has drawn. */
const READS = ['interaction.ts richIn']

test('every function that draws something for Slack is drawn with hostile words: give a new one a case in cases.ts', async () => {
  const names = await called()
  expect(listDrawing().filter((name) => !names.has(name) && ![...ELSEWHERE, ...READS].includes(name))).toEqual([])
})
