// A promise or a reminder as people see it: in the thread, in a direct message, on the card, in the home tab.
import type { Button, KnownBlock } from '@slack/types'
import type { FollowUp, FollowUpStep } from '../follow-up.ts'
import { escapeMrkdwn, shorten } from '../slack/mrkdwn.ts'
import { button, oneLine, shortName } from './card.ts'
import type { Content } from './post.ts'
import { type Inline, instant, note, paragraph, plain, quote, word } from './words.ts'

export const KEEP = 'follow_up_keep'
export const POSTPONE = 'follow_up_postpone'
export const DROP = 'follow_up_drop'

const TEXT_LENGTH = 600
const LINE_LENGTH = 120
const CARD_LINES = 3

/** What a call says, and to whom. Without it: how it stands. */
export interface CallWords {
  step: FollowUpStep
  people: readonly string[]
  /** Who should have heard of it, by name, and what keeps them. */
  insteadOf?: string | undefined
  because?: string | undefined
  /** Other people of the desk who are to know that a promise is broken. */
  also: readonly string[]
}

export interface FollowUpView {
  followUp: FollowUp
  contact: { name: string | undefined; address: string }
  /** Where the conversation is now. */
  conversationId: string
  hasAnswered: boolean
  now: number
}

/** `link` leads to the card, in a direct message. */
export function renderFollowUp(view: FollowUpView, call?: CallWords, link?: string): Content {
  const { followUp, contact, now } = view
  const title = titleOf(followUp, now)
  const who = shortName(contact)
  const open: Inline[] =
    link === undefined ? [] : [word(' · '), { type: 'link', url: link, text: 'Open the conversation' }]
  const calls = [...(call?.people ?? []), ...(call?.also ?? [])]
  return {
    text: `${calls.map((id) => `<@${id}> `).join('')}${escapeMrkdwn(`${title}: ${who}`)}`,
    blocks: [
      paragraph([
        word(`${signOf(followUp, now)} `),
        ...calls.flatMap((user_id): Inline[] => [{ type: 'user', user_id }, word(' ')]),
        word(title, { bold: true }),
        word(` · ${who} · ${beforeTime(followUp, now)}`),
        instant(followUp.due_at),
        ...standInWords(call),
        ...open,
      ]),
      quote(shorten(followUp.text, TEXT_LENGTH)),
      paragraph(originOf(followUp)),
      ...(followUp.ended_at === null && view.hasAnswered && call?.step !== 'made'
        ? [note(ANSWERED[followUp.kind])]
        : []),
      ...(followUp.ended_at === null ? [{ type: 'actions' as const, elements: buttonsOf(view, call) }] : []),
    ],
  }
}

const ANSWERED = {
  promise: 'A reply has left since. If it kept the promise, press Kept.',
  reminder: 'A reply has left since. If that was it, press Done.',
}

function titleOf({ kind, ended_as, due_at }: FollowUp, now: number): string {
  const isPromise = kind === 'promise'
  if (ended_as === 'kept') return isPromise ? 'Promise kept' : 'Done'
  if (ended_as === 'dropped') return isPromise ? 'Promise dropped' : 'Reminder dropped'
  if (now < due_at) return isPromise ? 'Promise' : 'Reminder'
  return isPromise ? 'Promise due, not kept yet' : 'Reminder: it is time'
}

function beforeTime({ kind, ended_at, due_at }: FollowUp, now: number): string {
  if (ended_at !== null) return ''
  return now >= due_at ? 'since ' : kind === 'promise' ? 'until ' : 'for '
}

function signOf({ kind, ended_as, due_at }: FollowUp, now: number): string {
  if (ended_as === 'kept') return '✅'
  if (ended_as === 'dropped') return '🚫'
  return kind === 'reminder' ? '⏰' : now < due_at ? '🤝' : '🔴'
}

function standInWords(call: CallWords | undefined): Inline[] {
  if (call?.insteadOf === undefined) return []
  return [word(` · in place of ${oneLine(call.insteadOf)} (${call.because ?? 'absent'})`)]
}

function originOf({ kind, by, ended_by, ended_as, ...row }: FollowUp): Inline[] {
  const person: Inline = row.for === null ? word('whoever has the conversation') : { type: 'user', user_id: row.for }
  const end: Inline[] =
    ended_by === null || ended_as === null
      ? []
      : [word(ended_as === 'kept' ? ' · marked by ' : ' · dropped by '), { type: 'user', user_id: ended_by }]
  const said = kind === 'promise' ? 'Promised by ' : 'Noted by '
  return [word(said), { type: 'user', user_id: by }, word(', for '), person, ...end]
}

function buttonsOf({ followUp, conversationId }: FollowUpView, call: CallWords | undefined): Button[] {
  const reply = call && call.step !== 'made' ? [button('reply', 'Reply', conversationId, 'primary')] : []
  return [...reply, ...actsOf(followUp)]
}

function actsOf({ id, kind }: FollowUp): Button[] {
  const isDone = kind === 'promise' ? 'Kept' : 'Done'
  const act = (actionId: string, label: string): Button => ({
    ...{ type: 'button', action_id: actionId, text: plain(label), value: id },
  })
  return [act(KEEP, isDone), act(POSTPONE, 'Postpone…'), act(DROP, 'Drop')]
}

/** On the card: the soonest ones, each a line, and those on the person's other cards. */
export function followUpBlocks(own: readonly FollowUp[], elsewhere: readonly FollowUp[], now: number): KnownBlock[] {
  const lines = [
    ...own.slice(0, CARD_LINES).map((row) => lineOf(row, now, '')),
    ...(own.length > CARD_LINES ? [[word('… and more promises and reminders in the thread')]] : []),
    ...elsewhere.slice(0, CARD_LINES).map((row) => lineOf(row, now, 'On another card of theirs: ')),
  ]
  if (lines.length === 0) return []
  return [paragraph(lines.flatMap((parts, n) => (n === 0 ? parts : [word('\n'), ...parts])))]
}

export interface HomeFollowUp extends FollowUp {
  contactName: string | null
  address: string
  link: string | undefined
}

/** In the home tab, above the queue: what the reader is to see to soon. */
export function followUpSection(rows: readonly HomeFollowUp[], now: number): KnownBlock[] {
  if (rows.length === 0) return []
  const parts = rows.flatMap((row): Inline[] => {
    const name = shortName({ name: row.contactName ?? undefined, address: row.address })
    const who: Inline = row.link === undefined ? word(name) : { type: 'link', url: row.link, text: name }
    return [word('\n'), who, word(' · '), ...lineOf(row, now, '')]
  })
  return [{ type: 'divider' }, paragraph([word('Promises and reminders', { bold: true }), ...parts])]
}

/** Where somebody is told what is still open. */
export function openBlocks(row: FollowUp, now: number): KnownBlock[] {
  return [paragraph(lineOf(row, now, '')), { type: 'actions', elements: actsOf(row) }]
}

/** So many are read for a card. */
export const CARD_MAX = CARD_LINES + 1

export function lineOf(row: FollowUp, now: number, before: string): Inline[] {
  const said =
    row.kind === 'reminder' ? 'Reminder for ' : now < row.due_at ? 'Promised until ' : 'Promise broken since '
  return [
    word(`${signOf(row, now)} ${before === '' ? said : `${before}${said.toLowerCase()}`}`),
    instant(row.due_at),
    word(`: ${shorten(oneLine(row.text), LINE_LENGTH)}`),
  ]
}
