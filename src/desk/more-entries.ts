// What "More…" offers, in the order in which it stands there.
import { ANSWER_ELSEWHERE, openAnswerElsewhere } from './answer-elsewhere.ts'
import { COUNTS, openCounts } from './counts.ts'
import { canMove, DESK_MOVE, openDeskMove } from './desk-move.ts'
import { followUpEntry } from './follow-up.ts'
import { canBeJoined, JOIN_WITH, openJoin } from './join-form.ts'
import { LABEL, openLabel } from './label.ts'
import type { MoreEntry } from './more.ts'
import { openOutside } from './outside.ts'
import { OUTSIDE } from './outside-view.ts'
import { canBeSpam, openSpam, SPAM } from './spam.ts'
import { openSplit, SPLIT } from './split.ts'
import { openWhy } from './why.ts'

export const MORE_ENTRIES: readonly MoreEntry[] = [
  followUpEntry,
  {
    action: ANSWER_ELSEWHERE,
    label: 'Answer elsewhere',
    says: 'Answer the customer at another address or on another channel of theirs.',
    isOffered: ({ related }) => related?.isJoined !== true,
    run: { kind: 'form', open: openAnswerElsewhere },
  },
  {
    action: OUTSIDE,
    label: 'Ask outside',
    says: 'Ask somebody outside by mail, such as a supplier. Their answer comes into this thread, for us alone.',
    isOffered: ({ related }) => related?.isJoined !== true,
    run: { kind: 'form', open: openOutside },
  },
  {
    action: LABEL,
    label: 'Priority and tags',
    says: 'How urgent it is, and words by which it is found again.',
    run: { kind: 'form', open: openLabel },
  },
  {
    action: COUNTS,
    label: 'Needs an answer?',
    says: 'Which messages wait for an answer, and which need none, such as a machine’s.',
    run: { kind: 'form', open: openCounts },
  },
  {
    action: SPLIT,
    label: 'Split',
    says: 'Some of what they wrote is another matter: it gets a card of its own.',
    isOffered: canBeJoined,
    run: { kind: 'form', open: openSplit },
  },
  {
    action: JOIN_WITH,
    label: 'Join with another',
    says: 'It is the same matter as another conversation, and goes on there.',
    isOffered: canBeJoined,
    run: { kind: 'form', open: openJoin },
  },
  {
    action: DESK_MOVE,
    label: 'To another desk',
    says: 'It came to the wrong desk: all of it goes to the right one.',
    isOffered: canMove,
    run: { kind: 'form', open: openDeskMove },
  },
  {
    action: SPAM,
    label: 'Mark as spam',
    says: 'The conversation is closed and nobody is answered. Its card has the way back.',
    isOffered: canBeSpam,
    run: { kind: 'form', open: openSpam },
  },
  {
    action: 'why',
    label: 'Why?',
    says: 'How the waiting time and the due time came about.',
    run: { kind: 'form', open: openWhy },
  },
]
