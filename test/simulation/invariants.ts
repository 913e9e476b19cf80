// What must be true when a history is over, whatever happened in it. Each finding is a sentence.
import type { Selectable } from 'kysely'
import type { Schema } from '../../src/db/schema.ts'
import { CHAT } from './customer-channel.ts'
import { cardText, entryText } from './desk-handlers.ts'
import { LEADS } from './leads.ts'
import { firstShown, trueWindows } from './oracle.ts'
import type { World } from './world.ts'

type Row<Table extends keyof Schema> = Selectable<Schema[Table]>

interface Store {
  messages: Row<'message'>[]
  conversations: Row<'conversation'>[]
  windows: Row<'response_window'>[]
  outbox: Row<'outbox'>[]
  intake: Row<'intake'>[]
  pings: Row<'ping'>[]
  notices: Row<'notice'>[]
  threads: ReadonlyMap<string, string>
}

type Check = (world: World, store: Store) => string[]

export async function findViolations(world: World): Promise<string[]> {
  const store = await readStore(world)
  const found = CHECKS.flatMap((check) => check(world, store))
  return [...found, ...(await windowsAsFolded(world, store))]
}

async function readStore({ store }: World): Promise<Store> {
  const all = <Table extends keyof Schema>(table: Table) =>
    store
      .selectFrom(table as keyof Schema)
      .selectAll()
      .execute()
  const keys = (await all('conversation_key')) as Row<'conversation_key'>[]
  const threads = keys.filter(({ key }) => key.startsWith('thread:'))
  return {
    messages: (await all('message')) as Row<'message'>[],
    conversations: (await all('conversation')) as Row<'conversation'>[],
    windows: (await all('response_window')) as Row<'response_window'>[],
    outbox: (await all('outbox')) as Row<'outbox'>[],
    intake: (await all('intake')) as Row<'intake'>[],
    pings: (await all('ping')) as Row<'ping'>[],
    notices: (await all('notice')) as Row<'notice'>[],
    threads: new Map(threads.map(({ key, conversation_id }) => [conversation_id, key.slice('thread:'.length)])),
  }
}

const outbound = ({ messages }: Store) => messages.filter((message) => message.direction === 'outbound')

const CHECKS: Check[] = [
  function acknowledgedIsReceivedOnce({ questions }, { messages }) {
    return questions.flatMap(({ externalId, acknowledged }) => {
      const count = messages.filter((message) => message.external_id === externalId).length
      if (!acknowledged) return [`${externalId} was never acknowledged`]
      return count === 1 ? [] : [`${externalId} was acknowledged and is there ${count} times`]
    })
  },

  function nothingIsStuck(_: unknown, { intake, outbox }) {
    const rows = [...intake.filter((row) => row.state !== 'received' && row.state !== 'quarantined')]
    const owed = outbox.filter((row) => ['queued', 'sending', 'uncertain'].includes(row.state))
    return [
      ...rows.map((row) => `${row.id} is still ${row.state}`),
      ...owed.map((row) => `${row.kind} ${row.id} under ${row.rate_key} is still ${row.state}`),
    ]
  },

  function whatWasQueuedIsThere({ answers }, store) {
    const known = new Map(outbound(store).map((message) => [message.id, message.delivery]))
    return answers.flatMap(({ id, told }) => {
      if (told === 'queued' && !known.has(id)) return [`${id} was queued, said the button, and is gone`]
      return told === 'undone' && known.get(id) !== 'undone' ? [`${id} was taken back and is ${known.get(id)}`] : []
    })
  },

  function everyReplyEndsAsItShould(world, store) {
    return outbound(store).flatMap((message) => {
      const effect = store.outbox.find((row) => row.dedupe === `reply:${message.id}`)
      const complaint = complain(world, message, effect?.error ?? '')
      return complaint === undefined ? [] : [`${message.id} is ${message.delivery} and ${complaint}`]
    })
  },

  function repliesAreNotDoubled({ copies }) {
    const byPart = Map.groupBy(copies, (copy) => `${copy.messageId} part ${copy.n}`)
    return [...byPart].flatMap(([part, shown]) => {
      const countMax = shown[0]?.channel === CHAT ? 1 : 3
      if (shown.length > countMax) return [`${part} stands there ${shown.length} times`]
      return new Set(shown.map((copy) => copy.bytes)).size > 1 ? [`the copies of ${part} differ`] : []
    })
  },

  function repliesArriveInOrder(world, store) {
    const byConversation = Map.groupBy(outbound(store), (message) => message.conversation_id)
    return [...byConversation.values()].flatMap((replies) => {
      const shown = replies
        .filter((reply) => world.copies.some((copy) => copy.messageId === reply.id))
        .sort((a, b) => a.seq - b.seq)
      return shown.flatMap((reply, index) => {
        const before = shown[index - 1]
        // Two programs can queue in the same millisecond; then neither was first.
        if (!before || before.created_at === reply.created_at) return []
        const isLate = firstShown(world, before.id) > firstShown(world, reply.id)
        return isLate ? [`${reply.id} overtook ${before.id}`] : []
      })
    })
  },

  function windowsAreTrue(world, { windows, messages, threads }) {
    const externalIds = new Map(messages.map((message) => [message.id, message.external_id]))
    const accepted = new Set(messages.filter((message) => isAccepted(world, message)).map((message) => message.id))
    return [...threads].flatMap(([conversationId, thread]) => {
      const stored = windows
        .filter((window) => window.conversation_id === conversationId)
        .map((window) => ({
          startedBy: externalIds.get(window.started_by) ?? window.started_by,
          startedAt: window.started_at,
          answeredBy: window.answered_by ?? undefined,
        }))
      const show = (list: typeof stored) =>
        JSON.stringify(list.toSorted((a, b) => (a.startedBy < b.startedBy ? -1 : 1)))
      const expected = trueWindows(world, thread, accepted)
      return show(stored) === show(expected)
        ? []
        : [`${thread} has windows ${show(stored)}, should be ${show(expected)}`]
    })
  },

  function leadsHearOnce({ posts }) {
    const pings = posts.filter((post) => post.kind === 'ping')
    const byAbout = Map.groupBy(pings, (ping) => ping.about)
    return [...byAbout].flatMap(([about, list]) => (list.length > 1 ? [`${list.length} pings for ${about}`] : []))
  },

  function leadsHearOfEveryOpenWindow(world, { windows, notices }) {
    const overdue = windows.filter((window) => window.ended_at === null && window.due_at <= world.time.wall())
    const failed = new Set(
      notices.flatMap((row) => (row.failed_at === null ? [] : [`${row.window_id}:${row.step}:${row.to}`])),
    )
    return overdue.flatMap((window) =>
      LEADS.flatMap((lead) => {
        const about = `${window.started_by} due ${lead}`
        if (world.posts.some((post) => post.kind === 'ping' && post.about === about)) return []
        return failed.has(`${window.id}:due:${lead}`) ? [] : [`${lead} never heard of ${window.started_by}`]
      }),
    )
  },

  function theDeskShowsTheEnd({ posts }, { conversations, messages, outbox }) {
    const given = outbox.filter((row) => (row.kind === 'card' || row.kind === 'entry') && row.state === 'parked')
    const excused = new Set(given.map((row) => row.conversation_id))
    const expected = [
      ...conversations.map((row) => ({ kind: 'card', id: row.id, conversationId: row.id, text: cardText(row) })),
      ...messages.map((row) => ({
        kind: 'entry',
        id: row.id,
        conversationId: row.conversation_id,
        text: entryText(row),
      })),
    ]
    return expected.flatMap(({ kind, id, conversationId, text }) => {
      const shown = posts.filter((post) => post.kind === kind && post.about === id)
      // What was given up unseen may be there all the same, and what came after it could not know.
      if (excused.has(conversationId)) return []
      if (shown.length > 1) return [`the ${kind} of ${id} was posted ${shown.length} times`]
      if (shown[0]?.text === text) return []
      return [`the ${kind} of ${id} shows "${shown[0]?.text}" and not "${text}"`]
    })
  },
]

const isAccepted = ({ delayed }: World, { id, delivery }: Row<'message'>) =>
  delivery === 'accepted' || delivery === 'partly-delivered' || (delivery === 'deferred' && delayed.has(id))

/** What is wrong about how a reply ended; undefined when nothing is. */
function complain(world: World, message: Row<'message'>, error: string): string | undefined {
  const [some, all] = shownParts(world, message.id)
  if (world.bounced.has(message.id)) return message.delivery === 'bounced' ? undefined : 'came back for good'
  if (isAccepted(world, message)) return all ? undefined : 'did not reach the customer'
  if (message.delivery === 'bounced') return 'never came back'
  if (message.delivery === 'undone') return some ? 'reached the customer' : undefined
  if (message.delivery === 'rejected') return all ? 'reached the customer' : undefined
  // Mail cannot be asked, and a look can fail for a day: then a person decides, who is told that it may be there.
  const mayBeThere = message.channel_kind === 'email' || error.startsWith('nobody could see')
  if (message.delivery === 'parked') return all && !mayBeThere ? 'reached the customer' : undefined
  return 'will stay so'
}

function shownParts(world: World, messageId: string): [some: boolean, all: boolean] {
  const shown = new Set(world.copies.filter((copy) => copy.messageId === messageId).map((copy) => copy.n))
  return [shown.size > 0, shown.size === world.partCounts.get(messageId)]
}

async function windowsAsFolded(world: World, { windows, conversations }: Store): Promise<string[]> {
  const { fact, responseWindow } = world.product
  const found: string[] = []
  for (const { id } of conversations) {
    const facts = await fact.listFacts(world.store, id, responseWindow.WINDOW_FACTS)
    const folded = responseWindow
      .foldWindows(facts)
      .map((window) =>
        JSON.stringify([window.startedBy, window.startedAt, window.label, window.end?.at, window.end?.by]),
      )
    const stored = windows
      .filter((row) => row.conversation_id === id)
      .map((row) =>
        JSON.stringify([
          row.started_by,
          row.started_at,
          row.label,
          row.ended_at ?? undefined,
          row.answered_by ?? undefined,
        ]),
      )
    if (folded.sort().join() !== stored.sort().join())
      found.push(`${id} stores ${stored}, but its facts fold to ${folded}`)
  }
  return found
}
