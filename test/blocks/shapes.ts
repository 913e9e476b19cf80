// The records our views are drawn from, filled with hostile words.
import fc from 'fast-check'
import type { ConversationKey } from '../../src/channel.ts'
import type { Question } from '../../src/desk/question.ts'
import type { Message } from '../../src/message.ts'
import * as some from './hostile.ts'

const { at, count, flag, id, maybe, orNull, person, said, user, words } = some

export const glimpse = fc.record({
  by: maybe(words(300)),
  ...{
    text: words(),
    at,
    automated: maybe(words(500)),
    counts: flag,
    sender: fc.constantFrom('pass', 'fail', undefined),
  },
  ...{
    warnings: fc.array(words(900), { maxLength: 8 }),
    attachments: fc.nat(30),
    editedAt: maybe(at),
    deletedAt: maybe(at),
  },
})

/** A tag has 30 letters or figures at most. */
const tags = fc.array(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), { maxLength: 10 })

export const followUp = fc.record({
  ...{ id: id('f'), conversation_id: id('v'), kind: fc.constantFrom('promise' as const, 'reminder' as const) },
  ...{ text: words(1000), by: user, for: orNull(user), due_at: at, set_at: at, made_at: at, soon_at: orNull(at) },
  ...{ rung_at: orNull(at), ended_at: fc.constant(null), ended_as: fc.constant(null), ended_by: fc.constant(null) },
})

const chapter = fc.record({
  ...{ channelKind: some.channelKind, subject: maybe(words()), state: some.state, owner: maybe(words(300)) },
})

export const cardView = fc.record({
  ...{ conversationId: id('v'), desk: fc.constant('main'), channel: some.channel, channelKind: some.channelKind },
  ...{ contact: person, subject: maybe(words()), state: some.state, ownerId: maybe(user), messages: count },
  priority: fc.constantFrom('high' as const, 'low' as const, undefined),
  waiting: maybe(fc.record({ since: at, dueAt: at })),
  lastEnd: fc.constantFrom('answered' as const, 'waived' as const, undefined),
  snoozedUntil: maybe(at),
  newest: maybe(glimpse),
  trouble: maybe(fc.record({ delivery: some.delivery, reason: maybe(words()) })),
  related: maybe(
    fc.record({ subject: maybe(words()), card: maybe(some.posted), isJoined: flag, because: maybe(words(300)) }),
  ),
  card: maybe(some.posted),
  story: fc.record({
    ...{ chapters: fc.array(chapter, { maxLength: 3 }), all: count },
    followUps: fc.array(followUp, { maxLength: 3 }),
  }),
  ...{ tags, isSpam: flag, followUps: fc.array(followUp, { maxLength: 5 }) },
  writing: fc.array(fc.record({ agentId: user, since: at, until: at }), { maxLength: 12 }),
  scheduled: maybe(fc.record({ sendAt: at, agentId: user })),
  customer: maybe(fc.record({ tier: maybe(words(60)), note: maybe(words(2000)), isBlocked: flag })),
  ownerAway: maybe(fc.record({ until: at, standIn: maybe(user) })),
  whyLeft: fc.constantFrom('nobody is there' as const, 'everybody is full' as const, undefined),
})

export const pingView = fc
  .tuple(
    cardView,
    fc.record({
      ...{
        windowId: id('w'),
        step: fc.constant('due'),
        waiting: fc.record({ since: at, dueAt: at }),
        openMs: maybe(count),
      },
      ended: maybe(fc.record({ as: fc.constantFrom('answered' as const, 'waived' as const), at })),
      ...{
        acknowledgedBy: maybe(user),
        oldest: maybe(glimpse),
        isHidden: flag,
        isElsewhere: flag,
        because: maybe(fc.constant('is away')),
      },
      insteadOf: maybe(fc.constantFrom('assignee', 'U0A1', 'S0GROUP')),
    }),
  )
  .map(([card, ping]) => ({ ...card, ...ping }))

export const queueRow = fc.record({
  ...{ conversationId: id('v'), channel: some.channel, channelKind: some.channelKind, contactName: orNull(words()) },
  ...{
    address: said(400),
    subject: orNull(words()),
    state: some.state,
    ownerId: orNull(user),
    startedAt: at,
    dueAt: at,
  },
  ...{ snoozedUntil: orNull(at), desk: fc.constant('main'), startedBy: id('m') },
  ...{ priority: fc.constantFrom('high' as const, 'low' as const, null), tags },
  ...{ cardChannel: fc.constant('C0DESK'), cardTs: fc.constant('1700000000.000100') },
})

/** As many as there may be, each with an id of its own. */
export function several<T extends { conversationId: string }>(row: fc.Arbitrary<T>, max: number): fc.Arbitrary<T[]> {
  const number = (rows: T[]) => rows.map((one, n) => ({ ...one, conversationId: `v_${String(n).padStart(26, '0')}` }))
  return fc
    .oneof(fc.array(row, { maxLength: 3 }), fc.array(row, { minLength: max, maxLength: max, size: 'max' }))
    .map(number)
}

const listedFields = {
  ...{ conversationId: id('v'), desk: fc.constant('main'), channelKind: some.channelKind, name: maybe(words()) },
  ...{ address: said(400), subject: maybe(words()), state: some.state, ownerId: maybe(user), openedAt: at },
  card: maybe(some.posted),
  ...{ priority: fc.constantFrom('high' as const, 'low' as const, undefined), tags, isSpam: flag, isJoined: flag },
}
export const listed = fc.record(listedFields)
export const hit = fc.record({
  ...{ ...listedFields, at, direction: fc.constantFrom('inbound' as const, 'outbound' as const, 'note' as const) },
  snippet: fc.array(fc.record({ text: words(160), isHit: flag }), { maxLength: 20 }),
})

export const message = fc
  .record({
    ...{ text: some.tale, unquoted: orNull(words()), author: said(400), subject: orNull(words()), arrived_at: at },
    ...{ edited_at: orNull(at), deleted_at: orNull(at), direction: fc.constantFrom('inbound', 'outbound') },
  })
  .map((fields) => ({ ...fields, markdown: fields.text, id: 'm_1' }) as unknown as Message)

export const question = fc
  .record({ person, waiting: fc.array(message, { maxLength: 3 }), channel: some.channel, subject: orNull(words()) })
  .map(({ person, waiting, channel, subject }) => {
    const conversation = { id: 'v_1', channel, subject, identity_id: 'i_1' }
    const identity = { id: 'i_1', contactId: 'c_1', ...person }
    const authors = new Map(waiting.map(({ author }) => [author, author]))
    return { conversation, identity, waiting, isAnswered: false, upTo: 3, authors } as unknown as Question
  })

const recipient = fc.record({
  address: said(400),
  name: words(300),
  mark: fc.constantFrom('known' as const, 'new' as const, 'outside' as const),
  ticked: flag,
})

/** Addresses are told apart by what they are, so each has its number. */
export const recipients = fc
  .record({
    to: recipient,
    cc: fc.oneof(
      fc.array(recipient, { maxLength: 10 }),
      fc.array(recipient, { minLength: 100, maxLength: 100, size: 'max' }),
    ),
  })
  .map(({ to, cc }) => ({ to, cc: cc.map((one, n) => ({ ...one, address: `${n}${one.address}` })) }))

export const part = fc.record({
  ...{
    body: fc.constant(new Uint8Array()),
    preview: words(),
    keys: fc.constant<ConversationKey[]>([]),
    subject: words(),
  },
  recipients: fc.array(fc.record({ address: said(400), name: words(300) }), { maxLength: 210 }),
  attachments: fc.array(fc.record({ name: words(), bytes: some.bytes }), { maxLength: 40 }),
})

export const savedFile = fc.record({
  ...{ name: words(), bytes: some.bytes, isComing: flag, error: maybe(words()), isRemoved: flag },
})
