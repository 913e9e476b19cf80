// What "More…" offers, in the order in which it stands there.
import { followUpEntry } from './follow-up.ts'
import type { MoreEntry } from './more.ts'
import { openWhy } from './why.ts'

export const MORE_ENTRIES: readonly MoreEntry[] = [
  followUpEntry,
  {
    action: 'why',
    label: 'Why?',
    says: 'How the waiting time of this conversation came about.',
    run: { kind: 'form', open: openWhy },
  },
]
