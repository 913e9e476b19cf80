// The kinds of work that the outbox does at the desk, named where a desk without Slack can name them too.
export const DESK_EFFECTS = [
  'card',
  'card-left',
  'moved-card',
  'entry',
  'file',
  'returned',
  'edited',
  'note-changed',
  'sequel-skipped',
  'scheduled-reply',
  'scheduled-stopped',
  'page',
  'tell',
  'ping-update',
  'digest',
  'home',
  'whisper',
  'overload',
  'late-arrival',
  'allot',
  'allotted',
  'follow-up-call',
  'follow-up-ping',
  'follow-up-update',
] as const

export type DeskEffect = (typeof DESK_EFFECTS)[number]
