// What "More…" offers, in the order in which it stands there.
import { LABEL, openLabel } from './label.ts'
import type { MoreEntry } from './more.ts'
import { openWhy } from './why.ts'

export const MORE_ENTRIES: readonly MoreEntry[] = [
  {
    action: LABEL,
    label: 'Priority and tags…',
    says: 'How urgent it is, and words by which it is found again.',
    run: { kind: 'form', open: openLabel },
  },
  {
    action: 'why',
    label: 'Why?',
    says: 'How the waiting time of this conversation came about.',
    run: { kind: 'form', open: openWhy },
  },
]
