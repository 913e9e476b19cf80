// The forms about a conversation as a whole: what belongs where, who waits for what, and by which words it is found.
import fc from 'fast-check'
import { countsView } from '../../src/desk/counts.ts'
import { moveView } from '../../src/desk/desk-move.ts'
import { followUpView, postponeView } from '../../src/desk/follow-up.ts'
import { joinView } from '../../src/desk/join-form.ts'
import { labelView } from '../../src/desk/label.ts'
import { spamView } from '../../src/desk/spam.ts'
import { splitView } from '../../src/desk/split.ts'
import type { Desk } from '../../src/desk/tools.ts'
import type { Message } from '../../src/message.ts'
import { TAGS_MAX } from '../../src/tag.ts'
import { type Case, drawing } from './case.ts'
import { faultsOfView } from './checker.ts'
import * as some from './hostile.ts'
import * as shape from './shapes.ts'

const { NOW, count, flag, orNull, said, user } = some

const DESK: Desk = { name: 'main', channel: 'C0DESK', undoMs: 0, leads: [], backup: [] }

/** A few kinds of them over and over, each with an id of its own. */
const numbered = <T>(one: fc.Arbitrary<T>, max: number) =>
  fc
    .tuple(fc.array(one, { minLength: 1, maxLength: 6 }), fc.constantFrom(1, 2, max))
    .map(([kinds, many]) =>
      Array.from({ length: many }, (_, n) => ({ ...(kinds[n % kinds.length] as T), id: `x_${n}` })),
    )

const messages = (max: number): fc.Arbitrary<Message[]> => numbered(shape.message, max)
const tags = numbered(fc.record({ name: said(30) }), 100)
const agents = numbered(fc.record({ name: said(300) }), 120)
const desks = fc
  .array(said(150), { minLength: 1, maxLength: 100, size: 'max' })
  .map((titles) => titles.map((title, n) => ({ ...DESK, name: `desk${n}`, title })))

export const formCases: Record<string, Case> = {
  split: drawing(messages(51), (all) => faultsOfView(splitView('v_1', DESK, all))),
  'what needs an answer': drawing(fc.tuple(messages(10), count), ([all, some]) =>
    faultsOfView(
      countsView(
        'v_1',
        DESK,
        all,
        all.slice(0, some % 11).map(({ id }) => id),
      ),
    ),
  ),
  'another desk': drawing(desks, (others) =>
    faultsOfView(moveView({ conversationId: 'v_1', at: 'C0DESK', from: 'main' }, others)),
  ),
  'joined with another': drawing(fc.constant('v_1'), (id) => faultsOfView(joinView(id, DESK))),
  spam: drawing(fc.tuple(shape.question, flag), ([question, isStale]) =>
    faultsOfView(spamView(question, DESK, isStale)),
  ),
  'priority and tags': drawing(fc.tuple(tags, count), ([known, some]) => {
    const chosen = known.slice(0, some % (TAGS_MAX + 1))
    const meta = { conversationId: 'v_1', at: 'C0DESK', priority: 'normal' as const, tags: chosen.map(({ id }) => id) }
    return faultsOfView(labelView(meta, chosen, known))
  }),
  'a promise': drawing(fc.tuple(agents, orNull(user), shape.followUp), ([all, owner_id, followUp]) => [
    ...faultsOfView(followUpView({ id: 'v_1', owner_id } as never, DESK, all as never, NOW)),
    ...faultsOfView(postponeView(followUp, DESK, NOW)),
  ]),
}
