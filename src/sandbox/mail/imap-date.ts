// IMAP writes dates in its own way (RFC 3501 section 9, date and date-time); this server lives in UTC.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

export function formatDateTime(at: number): string {
  const iso = new Date(at).toISOString()
  return `${iso.slice(8, 10)}-${MONTHS[Number(iso.slice(5, 7)) - 1]}-${iso.slice(0, 4)} ${iso.slice(11, 19)} +0000`
}

/** Epoch milliseconds, or undefined when the text is no date-time. */
export function parseDateTime(text: string): number | undefined {
  const match = /^ ?(\d{1,2})-([A-Z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/i.exec(text)
  if (!match) return undefined
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match
  const local = Date.UTC(Number(year), monthOf(month), Number(day), Number(hour), Number(minute), Number(second))
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE_MS
  return Number.isNaN(local) ? undefined : local - (sign === '-' ? -zoneMs : zoneMs)
}

/** The number of a day, for SEARCH, which ignores time and zone. */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{1,2})-([A-Z]{3})-(\d{4})$/i.exec(text)
  const at = match ? Date.UTC(Number(match[3]), monthOf(match[2]), Number(match[1])) : Number.NaN
  return Number.isNaN(at) ? undefined : dayOf(at)
}

export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}

function monthOf(name: string | undefined): number {
  const index = MONTHS.findIndex((month) => month.toLowerCase() === name?.toLowerCase())
  return index < 0 ? Number.NaN : index
}
