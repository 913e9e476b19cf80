// What the wall clock of a time zone shows. Between two changes of the clocks local time is plain arithmetic, so a zone is a row of stretches.
import { Temporal } from 'temporal-polyfill'

/** From `from` until just before `to` the wall clock is `offset` ahead of UTC; all in milliseconds. */
export interface Stretch {
  from: number
  to: number
  offset: number
}

export interface Zone {
  /** Those that touch [from, to), in order. They are whole: the first may begin before `from`. */
  stretches(from: number, to: number): Stretch[]
  /** What the clock on the wall shows, as milliseconds since 1970 began there. */
  wallAt(at: number): number
  /** When the wall shows it; the first time if it does twice. What a gap skips is read on the clock before the gap (RFC 5545 section 3.3.5). */
  instantOf(wall: number): number
}

/** Sixty years of a zone with two changes a year; the years in use are few. */
const STRETCHES_MAX = 120

export function makeZone(id: string): Zone {
  let known: Stretch[] = []

  function stretchAt(at: number): Stretch {
    const found = known.find(({ from, to }) => from <= at && at < to)
    if (found) return found
    const stretch = readStretch(id, at)
    known = [stretch, ...known].slice(0, STRETCHES_MAX)
    return stretch
  }

  return {
    stretches(from, to) {
      const found: Stretch[] = []
      for (let at = from; at < to; at = found.at(-1)?.to ?? to) found.push(stretchAt(at))
      return found
    },
    wallAt: (at) => at + stretchAt(at).offset,
    instantOf(wall) {
      const shown = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime()
      return shown.toZonedDateTime(id, { disambiguation: 'compatible' }).epochMilliseconds
    },
  }
}

function readStretch(id: string, at: number): Stretch {
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(id)
  // "Previous" leaves out the moment asked about, and a change at that very moment is where its stretch begins.
  const previous = there.add({ milliseconds: 1 }).getTimeZoneTransition('previous')
  const next = there.getTimeZoneTransition('next')
  return {
    from: previous?.epochMilliseconds ?? -Infinity,
    to: next?.epochMilliseconds ?? Infinity,
    offset: there.offsetNanoseconds / 1e6,
  }
}
