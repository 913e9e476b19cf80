// One message in a card's thread, whoever said it.
import fc from 'fast-check'
import { renderEntry } from '../../src/desk/entry.ts'
import type { EntryView } from '../../src/desk/entry-view.ts'
import { type Case, drawing } from './case.ts'
import { faultsOfMessage } from './checker.ts'
import * as some from './hostile.ts'
import * as shape from './shapes.ts'

const { at, count, flag, maybe, person, said, user, words } = some

const inbound = fc.record({
  ...{
    kind: fc.constant('inbound' as const),
    from: person,
    subject: maybe(words()),
    text: words(),
    unquoted: maybe(words()),
  },
  ...{
    automated: maybe(words(500)),
    counts: flag,
    waits: flag,
    editOf: maybe(fc.constant('m_2')),
    editedAt: maybe(at),
    deletedAt: maybe(at),
  },
  ...{
    bystander: fc.constantFrom('member' as const, 'helper' as const, undefined),
    sender: fc.constantFrom('fail', 'none', undefined),
  },
  ...{
    warnings: fc.array(words(900), { maxLength: 8 }),
    ownerId: maybe(user),
    isElsewhere: flag,
    attachmentsMore: count,
  },
  ...{ isCustomer: flag, isBlocked: flag, askedBy: maybe(user) },
  called: maybe(fc.record({ to: maybe(user), insteadOf: words(300), because: fc.constantFrom('away', 'absent') })),
  attachments: fc.array(shape.savedFile, { maxLength: 20, size: 'max' }),
  missing: fc.array(fc.record({ name: words(), error: words() }), { maxLength: 20 }),
  seenIn: fc.array(fc.record({ mailbox: words(300), desk: maybe(words(150)) }), { maxLength: 20 }),
  note: maybe(fc.record({ by: user, text: words() })),
  raw: maybe(fc.record({ blobId: fc.constant('b_1'), bytes: some.bytes })),
})

const correction = fc.record({
  ...{
    id: fc.constant('k_1'),
    message_id: fc.constant('m_1'),
    kind: fc.constantFrom('revise' as const, 'retract' as const),
  },
  ...{
    agent_id: user,
    markdown: words(),
    seen_versions: count,
    error: some.orNull(words()),
    created_at: at,
    ended_at: some.orNull(at),
  },
  state: fc.constantFrom(
    'draft' as const,
    'queued' as const,
    'deferred' as const,
    'accepted' as const,
    'rejected' as const,
  ),
})

const outbound = fc.record({
  isAsking: flag,
  ...{
    kind: fc.constant('outbound' as const),
    author: maybe(words(300)),
    authorId: user,
    isAutomatic: flag,
    isElsewhere: flag,
  },
  ...{ recipients: fc.array(said(400), { maxLength: 40 }), subject: maybe(words()), text: some.tale, isQuoting: flag },
  ...{
    attachments: fc.array(fc.record({ name: words(), bytes: some.bytes }), { maxLength: 40 }),
    delivery: some.delivery,
  },
  ...{ reason: maybe(words()), dueAt: maybe(at), acceptedAt: maybe(at), editedAt: maybe(at), deletedAt: maybe(at) },
  abilities: fc.record({ revise: flag, retract: flag }),
  correction: maybe(correction),
})

const handOver = fc.record({
  ...{
    kind: fc.constant('hand-over' as const),
    by: user,
    name: maybe(words(300)),
    from: maybe(user),
    to: user,
    text: words(4000),
  },
})

const caseNote = fc.record({
  ...{ kind: fc.constant('case-note' as const), by: user, name: maybe(words(300)), did: fc.constant(' noted') },
  other: maybe(fc.record({ subject: maybe(words()), card: maybe(some.posted) })),
  ...{ link: maybe(some.link), from: maybe(words(150)), text: words(4000) },
})

const entry = fc.record({
  ...{
    messageId: some.id('m'),
    conversationId: some.id('v'),
    desk: fc.constant('main'),
    channelKind: some.channelKind,
  },
  ...{
    contact: person,
    subject: maybe(words()),
    at,
    card: fc.constant(undefined),
    posts: fc.constant<EntryView['posts']>([]),
    hasFile: flag,
  },
})

const saying = (what: fc.Arbitrary<EntryView['said']>): Case =>
  drawing(fc.tuple(entry, what), ([view, said]) => renderEntry({ ...view, said }).posts.flatMap(faultsOfMessage))

export const entryCases: Record<string, Case> = {
  'what a customer wrote': saying(inbound),
  'what one of us wrote': saying(outbound),
  'a hand-over': saying(handOver),
  'what one of us did': saying(caseNote),
}
