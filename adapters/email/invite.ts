// A calendar file (RFC 5545) in a sentence an agent can read: what, when, where, from whom, and what is asked or answered.
import { cleanLine } from './clean-text.ts'
import { parseStructured } from './structured-header.ts'

const READ_CHARS_MAX = 256 * 1024
const EVENTS_MAX = 3
const PROPERTIES_MAX = 5000
const WORDS_MAX = 200
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const OPENINGS: Record<string, string> = {
  REQUEST: 'Invitation',
  CANCEL: 'Cancelled',
  COUNTER: 'Another time is proposed',
  DECLINECOUNTER: 'The other time is not accepted',
  ADD: 'One more date',
  REFRESH: 'The latest version is asked for',
}
const ANSWERS: Record<string, string> = { ACCEPTED: 'accepted', DECLINED: 'declined', TENTATIVE: 'may come to' }
const EVERY: Record<string, [string, string]> = {
  DAILY: ['daily', 'days'],
  WEEKLY: ['weekly', 'weeks'],
  MONTHLY: ['monthly', 'months'],
  YEARLY: ['yearly', 'years'],
}

interface Property {
  name: string
  params: ReadonlyMap<string, string>
  value: string
}

/** One sentence for each event; none when there is no event in it. */
export function describeInvite(ics: string, methodParam?: string): string[] {
  const properties = readProperties(ics.slice(0, READ_CHARS_MAX))
  const method = (properties.find(({ name }) => name === 'METHOD')?.value ?? methodParam ?? '').toUpperCase()
  const events = eventsIn(properties)
  const sentences = events.slice(0, EVENTS_MAX).map((event) => sentence(event, method))
  return events.length > EVENTS_MAX
    ? [...sentences, `${events.length - EVENTS_MAX} more dates are in the calendar file.`]
    : sentences
}

function sentence(event: Property[], method: string): string {
  const get = (name: string) => event.find((property) => property.name === name)
  const cancelled = method === 'CANCEL' || get('STATUS')?.value.toUpperCase() === 'CANCELLED'
  const opening = method === 'REPLY' ? answer(get('ATTENDEE')) : cancelled ? 'Cancelled' : (OPENINGS[method] ?? 'Date')
  const where = words(get('LOCATION'))
  const organiser = method === 'REPLY' ? '' : person(get('ORGANIZER'))
  const facts = [
    when(get('DTSTART'), get('DTEND')),
    repeats(get('RRULE')),
    where && `at ${where}`,
    organiser && `organised by ${organiser}`,
  ]
  return `${opening}: “${words(get('SUMMARY')) || 'no title'}”, ${facts.filter(Boolean).join(', ')}.`
}

function answer(attendee: Property | undefined): string {
  const said = ANSWERS[attendee?.params.get('partstat')?.toUpperCase() ?? '']
  return `${person(attendee) || 'Somebody'} ${said ?? 'answered'}`
}

function when(start: Property | undefined, end: Property | undefined): string {
  const from = moment(start)
  if (!from) return 'no time said'
  const to = moment(end)
  if (from.time === '') {
    // The end of a whole day is the day after (RFC 5545 section 3.6.1).
    const last = to && to.time === '' ? dayText(to.day - 1) : undefined
    return `${dayText(from.day)}${last && last !== dayText(from.day) ? ` to ${last}` : ''}, all day`
  }
  const until = !to ? '' : to.day === from.day ? `–${to.time}` : ` to ${dayText(to.day)} ${to.time}`
  return `${dayText(from.day)} ${from.time}${until}${from.zone && ` (${from.zone})`}`
}

function moment(property: Property | undefined): { day: number; time: string; zone: string } | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$/.exec(property?.value.trim() ?? '')
  if (!match) return undefined
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000
  const zone = match[6] ? 'UTC' : cleanLine(property?.params.get('tzid') ?? '', 60)
  return { day, time: match[4] ? `${match[4]}:${match[5]}` : '', zone }
}

function dayText(day: number): string {
  const date = new Date(day * 86_400_000)
  return `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

function repeats(rule: Property | undefined): string {
  if (!rule) return ''
  const parts = parseStructured(`rrule; ${rule.value}`).params
  const [adverb, units] = EVERY[parts.get('freq')?.toUpperCase() ?? ''] ?? ['', '']
  const interval = Number(parts.get('interval') ?? 1)
  const last = moment({ name: '', params: new Map(), value: parts.get('until') ?? '' })
  const often = adverb === '' ? 'repeatedly' : interval > 1 ? `every ${interval} ${units}` : adverb
  const count = /^\d{1,4}$/.test(parts.get('count') ?? '') ? ` ${parts.get('count')} times` : ''
  return `repeats ${often}${count}${last ? ` until ${dayText(last.day)}` : ''}`
}

function person(property: Property | undefined): string {
  const address = cleanLine(property?.value.replace(/^mailto:/i, '') ?? '', WORDS_MAX)
  const name = cleanLine(property?.params.get('cn') ?? '', WORDS_MAX)
  return name && name !== address ? `${name}${address && ` <${address}>`}` : address
}

function words(property: Property | undefined): string {
  return cleanLine(
    property?.value.replace(/\\([nN,;\\])/g, (_, char: string) => (char === 'n' || char === 'N' ? ' ' : char)) ?? '',
    WORDS_MAX,
  )
}

function readProperties(ics: string): Property[] {
  const lines: string[] = []
  for (const line of ics.split(/\r?\n/)) {
    if (/^[ \t]/.test(line) && lines.length > 0) lines.push(`${lines.pop()}${line.slice(1)}`)
    else if (lines.length < PROPERTIES_MAX) lines.push(line)
    else break
  }
  return lines.flatMap((line) => {
    const colon = endOfName(line)
    if (colon < 1) return []
    const { value, params } = parseStructured(line.slice(0, colon))
    return [{ name: value.toUpperCase(), params, value: line.slice(colon + 1) }]
  })
}

/** The colon outside quotes that ends name and parameters. */
function endOfName(line: string): number {
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"') quoted = !quoted
    else if (line[i] === ':' && !quoted) return i
  }
  return -1
}

function eventsIn(properties: Property[]): Property[][] {
  const events: Property[][] = []
  let inside: string[] = []
  for (const property of properties) {
    const component = property.value.trim().toUpperCase()
    if (property.name === 'BEGIN') {
      inside.push(component)
      if (component === 'VEVENT') events.push([])
    } else if (property.name === 'END') inside = inside.slice(0, -1)
    else if (inside.at(-1) === 'VEVENT') events.at(-1)?.push(property)
  }
  return events
}
