// A reminder to one person that a customer has waited long enough: who, where, since when, for what, and who has it.
import type { Button, KnownBlock } from '@slack/types'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { button, dateMark, firstLines, line, nameParts, oneLine, shortName, subjectParts } from './card.ts'
import type { Content } from './post.ts'
import { channelWord } from './question.ts'
import type { CardView, Glimpse } from './view.ts'
import { paragraph, quote, word } from './words.ts'

export interface PingView extends Pick<CardView, 'conversationId' | 'channelKind' | 'contact' | 'subject' | 'ownerId'> {
  waiting: { since: number; dueAt: number }
  /** The message that has waited longest. */
  oldest: Glimpse | undefined
}

const FIRST_LENGTH = 200

export function renderPing(view: PingView, now: number, link?: string): Content {
  const { waiting, contact, channelKind, subject, oldest } = view
  const way = channelWord(channelKind)
  const late = now >= waiting.dueAt
  const title = late ? 'An answer is overdue' : 'An answer will soon be overdue'
  const age = spanWords(now - waiting.since)
  const blocks: KnownBlock[] = [
    line(`${late ? ':red_circle:' : ':hourglass_flowing_sand:'} *${title}*: this customer has waited ${age}.`),
    paragraph([...nameParts(contact), word(` · ${way}`), ...subjectParts(subject)]),
    ...(oldest ? [quote(firstLines(oldest, FIRST_LENGTH))] : []),
    line(details(view, link)),
    { type: 'actions', elements: buttons(view) },
  ]
  const words = oldest ? `: ${oneLine(firstLines(oldest, FIRST_LENGTH))}` : ''
  return { text: escapeMrkdwn(`${title}: ${shortName(contact)} has waited ${age}${words}`), blocks }
}

function details({ waiting, ownerId }: PingView, link: string | undefined): string {
  const owner = ownerId === undefined ? 'nobody has it' : `<@${ownerId}> has it`
  const open = link === undefined ? [] : [`<${link}|Open the conversation>`]
  return [`Since ${dateMark(waiting.since)}`, `due ${dateMark(waiting.dueAt)}`, owner, ...open].join(' · ')
}

function buttons({ conversationId, channelKind, ownerId }: PingView): Button[] {
  const reply = button('reply', `Reply by ${channelWord(channelKind)}`, conversationId, 'primary')
  return ownerId === undefined ? [button('take', 'Take', conversationId), reply] : [reply]
}

/** How long that is, in the two largest units: `1 day 2 hours`. */
export function spanWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE))
  const parts = [
    count(Math.floor(minutes / (DAY / MINUTE)), 'day'),
    count(Math.floor((minutes % (DAY / MINUTE)) / (HOUR / MINUTE)), 'hour'),
    count(minutes % (HOUR / MINUTE), 'minute'),
  ]
  const first = parts.findIndex((part) => part !== '')
  return first === -1
    ? 'less than a minute'
    : parts
        .slice(first, first + 2)
        .filter(Boolean)
        .join(' ')
}

function count(n: number, unit: string): string {
  return n === 0 ? '' : `${n} ${unit}${n === 1 ? '' : 's'}`
}
