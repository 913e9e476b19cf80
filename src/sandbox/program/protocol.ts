// What the page and the program tell each other.
export type ToProgram =
  /** `movedMs`: how far the clock has been moved before this process began. */
  | { kind: 'start'; yaml: { path: string; text: string }; env: Record<string, string | undefined>; movedMs: number }
  | { kind: 'forward'; ms: number }
  | { kind: 'look' }
  | { kind: 'recall'; since: number }
  | { kind: 'stop' }

export type ToPage = { kind: 'inside'; inside: Inside } | { kind: 'recalled'; recalled: Recalled[] }

/** What the program has in its store, newest first; open windows soonest due first. */
export interface Inside {
  /** What it says is wrong. */
  problems: string[]
  facts: { id: string; at: number; kind: string; actor: string | null; subject: string | null; name: string | null }[]
  effects: {
    id: string
    kind: string
    state: string
    dueAt: number
    attempts: number
    subject: string | null
    /** Whose conversation it is. */
    name: string | null
  }[]
  windows: { id: string; dueAt: number }[]
}

/** A conversation since an instant, oldest first. */
export interface Recalled {
  messages: { id: string; direction: string; text: string; delivery: string | null; at: number }[]
  windows: { startedAt: number; dueAt: number; endedAt: number | null; endedAs: string | null }[]
  facts: { kind: string; messageId: string | null; data: Record<string, unknown> }[]
}
