// What may stand in the file about calendars, tiers, ladders and policies. What they say of each other is in check-promise.ts.
import { DAY, MINUTE } from '../clock.ts'
import { nearest } from '../nearest.ts'
import { type Addressee, parseStepTime } from '../step.ts'
import { parseTarget } from '../target.ts'
import { readSpan, readSpans, readWeekdays, SPANS_FIX } from './hours.ts'
import { entries, isWrong, list, parsed, readDay, readDuration, section, text, value, type Wrong } from './value.ts'

export const userId = text(
  'a Slack user id',
  'Copy the member ID from the Slack profile, such as U0123ABCDEF.',
  /^[UW][A-Z0-9]{2,20}$/,
)

/** The name of something else in the file; that it exists is checked with all the others. */
export function reference(what: string) {
  return text('a name', `Write the name of a ${what} of this file.`)
}

/** Kept as written: the text is what people see of it. */
export const promise = value('Write calendar:24h, business:8h or business:1d.', (written) => {
  // A number is what YAML makes of 24.
  const result = parsed(parseTarget, typeof written === 'number' ? String(written) : written, 'a time to wait')
  return isWrong(result) ? result : String(written).trim()
})

const zone = value('Write a time zone such as Europe/Berlin.', (written) => {
  if (typeof written !== 'string') return { wrong: 'is not a time zone' }
  // "+01:00" would be one, and be wrong in summer.
  if (/^[A-Za-z]/.test(written) && isZone(written)) return written
  const meant = nearestZone(written)
  return { wrong: 'is not a time zone', ...(meant && { fix: `Did you mean ${meant}?` }) }
})

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** By the whole name, or by the city alone: `Berlin`. */
function nearestZone(written: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone')
  const city = (name: string) => name.split('/').at(-1) ?? name
  const meant = nearest(city(written), zones.map(city))
  return nearest(written, zones) ?? zones.find((name) => city(name) === meant)
}

const day = value('Write a day such as 2026-12-25.', (written) => {
  return readDay(written) === undefined ? { wrong: 'is not a day' } : String(written)
})

const hours = entries(SPANS_FIX, (key, written) => {
  const days = readWeekdays(key)
  if ('wrong' in days) return days
  const spans = readSpans(written)
  return 'wrong' in spans ? spans : { days, spans }
})

const exceptions = entries(SPANS_FIX, (key, written) => {
  if (readDay(key) === undefined) return { wrong: 'is not a day', fix: 'Write a day such as 2026-12-24.' }
  const spans = readSpans(written)
  return 'wrong' in spans ? spans : { date: key, spans }
})

export const calendar = section({
  zone,
  hours,
  holidays: list(day, 'List days such as 2026-12-25.').default([]),
  exceptions: exceptions.prefault({}),
})

/** One span of the local day that leaves people some hours in which to be reached. */
export const quietHours = value('Write the hours without pings, such as 20:00-07:00.', (written) => {
  const span = typeof written === 'string' ? readSpan(written) : { wrong: 'is not a span of hours' }
  if ('wrong' in span) return { wrong: span.wrong }
  return span.to - span.from < 24 * 60 ? span : { wrong: 'covers the whole day' }
})

export const tier = list(
  text(
    'an address or a domain',
    'Write a mail address such as ceo@example.com or a domain such as example.com.',
    /^([^\s@<>]{1,64}@)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
    254,
  ),
  'List mail addresses and domains; the list may be empty.',
)

const WORDS = ['assignee', 'backup', 'desk', 'leads'] as const
const ADDRESSEES_FIX =
  'List assignee, backup, desk, leads, or ids of Slack: a person (U...), a user group (S...) or a channel (C...).'

const addressees = value(ADDRESSEES_FIX, (written) => {
  const items: unknown[] = Array.isArray(written) ? written : [written]
  if (items.length === 0) return { wrong: 'is an empty list' }
  const found = items.map(readAddressee)
  const isWrongOne = (each: Addressee | Wrong): each is Wrong => 'wrong' in each
  return found.find(isWrongOne) ?? found.filter((each): each is Addressee => !isWrongOne(each))
})

function readAddressee(written: unknown): Addressee | Wrong {
  const word = WORDS.find((each) => each === written)
  if (word) return { kind: word }
  const [, letter = '', rest] = typeof written === 'string' ? (/^([UWSCG])([A-Z0-9]{2,20})$/.exec(written) ?? []) : []
  if (rest !== undefined) return { kind: KINDS[letter] ?? 'person', id: letter + rest }
  const meant = typeof written === 'string' ? nearest(written, WORDS) : undefined
  return { wrong: 'has an addressee that is none', ...(meant && { fix: `Did you mean ${meant}?` }) }
}

/** By the first letter of Slack's ids. */
const KINDS: Record<string, 'person' | 'group' | 'channel'> = {
  U: 'person',
  W: 'person',
  S: 'group',
  C: 'channel',
  G: 'channel',
}

const acknowledge = value('Write a duration from 1m to 7d, such as 30m, or never.', (written) => {
  if (written === 'never') return written
  const ms = readDuration(written)
  return ms !== undefined && ms >= MINUTE && ms <= 7 * DAY ? ms : { wrong: 'is neither a duration nor never' }
})

export const ladder = list(
  section({
    at: value('Write 50%, -4h, due, +30m or soft.', (written) => parsed(parseStepTime, written, 'a time of a step')),
    to: addressees,
    acknowledge: acknowledge.optional(),
  }),
  'List its steps, each with `at` and `to`.',
  1,
)

export const policy = section({
  desk: reference('desk').optional(),
  channel: text('a channel', 'Write a kind such as email or a very channel such as email:support.').optional(),
  tier: reference('tier').optional(),
  window: promise,
  soft: promise.optional(),
  calendar: reference('calendar').optional(),
  ladder: reference('ladder').optional(),
})
