// Slack's dates: an instant and a format, shown in the time zone of whoever reads.
import { DAY, SECOND } from '../../clock.ts'
import type { Screen } from './screen.ts'

const FORMATS: Record<string, Intl.DateTimeFormatOptions> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
}

/** Making one takes far longer than using it, and a page shows hundreds of dates, four times a second. */
const makers = new Map<string, Intl.DateTimeFormat>()

function makerOf(token: string, zone: string): Intl.DateTimeFormat {
  const key = `${token} ${zone}`
  const known = makers.get(key)
  if (known) return known
  const maker = new Intl.DateTimeFormat(token === 'date_num' ? 'en-CA' : 'en-US', { timeZone: zone, ...FORMATS[token] })
  makers.set(key, maker)
  return maker
}

/** `format` as in docs.slack.dev "formatting dates": `{date_short_pretty} at {time}`. */
export function drawDate(atMs: number, format: string, { zone, now }: Screen): string {
  return format.replace(/\{([a-z_]+)\}/g, (whole, token: string) => {
    const pretty = token.endsWith('_pretty') ? nearby(atMs, now, zone) : undefined
    if (pretty !== undefined) return pretty
    const name = token.replace(/_pretty$/, '')
    if (Object.hasOwn(FORMATS, name)) return makerOf(name, zone).format(atMs)
    return token === 'ago' ? ago(now - atMs) : whole
  })
}

function nearby(atMs: number, now: number, zone: string): string | undefined {
  const day = (ms: number) => makerOf('date_num', zone).format(ms)
  const relative: Record<string, string> = {
    [day(now - DAY)]: 'yesterday',
    [day(now)]: 'today',
    [day(now + DAY)]: 'tomorrow',
  }
  return relative[day(atMs)]
}

function ago(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / (60 * SECOND))
  const words = minutes < 60 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms < 0 ? `in ${words}` : `${words} ago`
}

/** As a field for a day and a time takes it. */
export function localTime(atMs: number, { zone }: Pick<Screen, 'zone'>): string {
  const options: Intl.DateTimeFormatOptions = {
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone: zone,
  }
  return new Intl.DateTimeFormat('sv-SE', options).format(atMs).replace(' ', 'T')
}
