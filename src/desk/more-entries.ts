// What "More…" offers, in the order in which it stands there.
import { ANSWER_ELSEWHERE, openAnswerElsewhere } from './answer-elsewhere.ts'
import type { MoreEntry } from './more.ts'
import { openOutside } from './outside.ts'
import { OUTSIDE } from './outside-view.ts'
import { openWhy } from './why.ts'

export const MORE_ENTRIES: readonly MoreEntry[] = [
  {
    action: ANSWER_ELSEWHERE,
    label: 'Answer elsewhere…',
    says: 'Answer the customer at another address or on another channel of theirs.',
    isOffered: ({ related }) => related?.isJoined !== true,
    run: { kind: 'form', open: openAnswerElsewhere },
  },
  {
    action: OUTSIDE,
    label: 'Ask outside…',
    says: 'Ask somebody outside by mail, such as a supplier. Their answer comes into this thread, for us alone.',
    isOffered: ({ related }) => related?.isJoined !== true,
    run: { kind: 'form', open: openOutside },
  },
  {
    action: 'why',
    label: 'Why?',
    says: 'How the waiting time of this conversation came about.',
    run: { kind: 'form', open: openWhy },
  },
]
