// What calls somebody or asks when: whose a conversation is, what is promised, what leaves later or to somebody outside.
import fc from 'fast-check'
import { renderAllotted } from '../../src/desk/allot-post.ts'
import { openBlocks } from '../../src/desk/follow-up-view.ts'
import { outsidePreview, outsideView } from '../../src/desk/outside-view.ts'
import { pastDueView, scheduleView } from '../../src/desk/schedule-view.ts'
import { type Case, drawing } from './case.ts'
import { faultsOfMessage, faultsOfView } from './checker.ts'
import * as some from './hostile.ts'
import * as shape from './shapes.ts'

const { NOW, at, maybe, said, user, words } = some
const meta = { draftId: 'm_1', conversationId: 'v_1', at: 'C0DESK' }

export const callCases: Record<string, Case> = {
  'whose it is': drawing(
    fc.record({
      to: maybe(user),
      how: fc.constantFrom(...(['next', 'returning', 'stand-in', 'queue'] as const)),
      name: maybe(words(300)),
    }),
    ({ name, ...given }) => faultsOfMessage(renderAllotted({ ...given, instead: 'U0A1' }, name)),
  ),
  'what is still open': drawing(shape.followUp, (row) =>
    faultsOfMessage({ text: 'Open', blocks: openBlocks(row, NOW) }),
  ),
  'a reply for later': drawing(fc.tuple(maybe(at), at), ([dueAt, sendAt]) => [
    ...faultsOfView(scheduleView(meta, NOW, dueAt)),
    ...faultsOfView(pastDueView({ ...meta, sendAt }, dueAt ?? NOW, NOW)),
  ]),
  'a question to somebody outside': drawing(
    fc.record({
      letterhead: fc.record({ channel: some.channel, to: shape.recipients.map(({ to }) => to) }),
      parts: fc.array(shape.part, { minLength: 1, maxLength: 5 }),
      ...{ address: said(400), subject: words(), messages: fc.array(shape.message, { maxLength: 15 }) },
      files: fc.array(fc.record({ id: some.id('a'), name: words(), bytes: some.bytes }), { maxLength: 15 }),
    }),
    ({ letterhead, parts, messages, files, ...rest }) => [
      ...faultsOfView(outsidePreview(meta, letterhead, parts)),
      ...faultsOfView(
        outsideView({
          ...{ ...rest, meta },
          messages: messages.map((message, n) => ({ ...message, id: `m_${n}` })),
          files: files.map((file, n) => ({ ...file, id: `a_${n}` })),
        }),
      ),
    ],
  ),
}
