// A reminder that a customer has waited long enough: who, where, since when, for what, and who has it. Many of them are one digest.
import type { Button, KnownBlock } from '@slack/types'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import type { Tally } from '../telling.ts'
import { button, dateMark, firstLines, line, nameParts, oneLine, shortName, subjectParts } from './card.ts'
import type { PingView } from './ping-view.ts'
import type { Content } from './post.ts'
import { channelWord, wayWords } from './question.ts'
import { note, paragraph, quote, word } from './words.ts'

const FIRST_LENGTH = 200
const DIGEST_LINE_LENGTH = 80

/** `link` leads to the card. */
export function renderPing(view: PingView, now: number, link?: string): Content {
  if (view.isElsewhere) return renderMovedPing()
  const title = titleOf(view, now)
  const age = spanWords((view.ended?.at ?? now) - view.waiting.since)
  const blocks: KnownBlock[] = [
    line(
      `${signOf(view, now)} *${title}*: this customer ${view.ended ? 'had' : 'has'} waited ${age}${openWords(view)}.`,
    ),
    ...contentBlocks(view),
    line(details(view, link)),
    ...standInBlock(view),
    ...(view.ended ? [] : [{ type: 'actions' as const, elements: pingButtons(view) }]),
  ]
  return {
    text: escapeMrkdwn(`${title}: ${nameOf(view)} ${view.ended ? 'had' : 'has'} waited ${age}${firstWords(view)}`),
    blocks,
  }
}

/** Its window is gone: the message needs no answer after all, or waits elsewhere. */
export function renderGonePing(): Content {
  const text =
    'Nobody waits here any more: the message needs no answer after all, or was moved to another conversation.'
  return { text, blocks: [line(`:white_check_mark: ${text}`)] }
}

function renderMovedPing(): Content {
  const text = 'This customer is with another desk now, which is reminded instead.'
  return { text, blocks: [line(`:package: ${text}`)] }
}

/** Worst first, as the views come. All are counted, also those that have no room. */
export function renderDigest(
  views: readonly PingView[],
  counts: Tally,
  now: number,
  links: ReadonlyMap<string, string> = new Map(),
): Content {
  const { all, waiting, late } = counts
  const title = digestTitle(counts)
  const sign = waiting === 0 ? ':white_check_mark:' : late > 0 ? ':red_circle:' : ':hourglass_flowing_sand:'
  const rest = all - views.length
  const blocks: KnownBlock[] = [
    line(`${sign} *${title}*`),
    ...views.map((view) => digestRow(view, now, links.get(view.conversationId))),
    ...(rest > 0 ? [note(`and ${rest} more: /desk queue lists those who are due first`)] : []),
  ]
  return { text: title, blocks }
}

function digestTitle({ all, waiting, late }: Tally): string {
  if (waiting === 0) return `All ${all} customers of this digest have been answered`
  const customers = waiting === 1 ? '1 customer waits' : `${waiting} customers wait`
  return late === 0 ? `${customers} for an answer` : `${customers}, ${late === waiting ? 'all' : late} overdue`
}

function digestRow(view: PingView, now: number, link: string | undefined): KnownBlock {
  const { waiting, ended, ownerId } = view
  const age = view.isElsewhere
    ? 'with another desk now'
    : ended
      ? ended.as === 'answered'
        ? 'answered'
        : 'no reply needed'
      : lateness(waiting, now)
  const said = view.isHidden || !view.oldest ? '' : `: ${oneLine(firstLines(view.oldest, DIGEST_LINE_LENGTH))}`
  const owner = ownerId === undefined ? word(' · nobody has it') : word(' · ')
  return {
    ...paragraph([
      word(age, { bold: true }),
      word(' · '),
      link === undefined ? word(nameOf(view)) : { type: 'link' as const, url: link, text: nameOf(view) },
      word(` · ${channelWord(view.channelKind)}${said}`),
      owner,
      ...(ownerId === undefined ? [] : [{ type: 'user' as const, user_id: ownerId }]),
    ]),
    block_id: `row ${view.conversationId}`,
  }
}

/** How late it is, or how soon it will be. */
export function lateness({ dueAt }: { dueAt: number }, now: number): string {
  return now >= dueAt ? `${spanWords(now - dueAt)} late` : `due in ${spanWords(dueAt - now)}`
}

/** In a promise of business hours a night is long on the wall and short in the window. */
function openWords({ openMs }: PingView): string {
  return openMs === undefined ? '' : `, ${spanWords(openMs)} of it in opening hours`
}

function signOf({ ended, waiting }: PingView, now: number): string {
  if (ended) return ':white_check_mark:'
  return now >= waiting.dueAt ? ':red_circle:' : ':hourglass_flowing_sand:'
}

function titleOf({ ended, waiting }: PingView, now: number): string {
  if (ended) return ended.as === 'answered' ? 'Answered' : 'No reply needed'
  return now >= waiting.dueAt ? 'An answer is overdue' : 'An answer will soon be overdue'
}

/** In a channel where others read along, a restricted conversation is a number and nothing else. */
function contentBlocks(view: PingView): KnownBlock[] {
  const way = channelWord(view.channelKind)
  if (view.isHidden) return [paragraph([word('A restricted conversation', { bold: true }), word(` · ${way}`)])]
  return [
    paragraph([...nameParts(view.contact), word(` · ${way}`), ...subjectParts(view.subject)]),
    ...(view.oldest ? [quote(firstLines(view.oldest, FIRST_LENGTH))] : []),
  ]
}

function nameOf({ contact, isHidden }: PingView): string {
  return isHidden ? 'a customer' : shortName(contact)
}

function firstWords({ oldest, isHidden }: PingView): string {
  return oldest && !isHidden ? `: ${oneLine(firstLines(oldest, FIRST_LENGTH))}` : ''
}

function details({ waiting, ownerId, acknowledgedBy }: PingView, link: string | undefined): string {
  const owner = ownerId === undefined ? 'nobody has it' : `<@${ownerId}> has it`
  const seen = acknowledgedBy === undefined ? [] : [`<@${acknowledgedBy}> has seen this: quiet until the next reminder`]
  const open = link === undefined ? [] : [`<${link}|Open the conversation>`]
  return [`Since ${dateMark(waiting.since)}`, `due ${dateMark(waiting.dueAt)}`, owner, ...seen, ...open].join(' · ')
}

/** Why it comes here: who should have had it, and what kept it from them. */
function standInBlock({ insteadOf, because }: PingView): KnownBlock[] {
  if (insteadOf === undefined) return []
  const who = /^[UW]/.test(insteadOf) ? `<@${insteadOf}>` : insteadOf === 'assignee' ? 'an owner' : 'a group'
  return [{ type: 'context', elements: [{ type: 'mrkdwn', text: `In place of ${who}: ${because ?? 'absent'}.` }] }]
}

function pingButtons({ conversationId, windowId, channelKind, ownerId, acknowledgedBy }: PingView): Button[] {
  return [
    button('reply', `Reply ${wayWords(channelKind)}`, conversationId, 'primary'),
    ...(ownerId === undefined ? [button('take', 'Take', conversationId)] : []),
    button('assign', ownerId === undefined ? 'Assign…' : 'Hand over…', conversationId),
    ...(acknowledgedBy === undefined ? [button('acknowledge', 'Snooze ping', windowId)] : []),
    button('waive', 'No reply needed…', conversationId),
  ]
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
