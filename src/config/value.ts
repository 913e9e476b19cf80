// The kinds of value a setting can have. Each says how to write it right, and none repeats what was written: it may be a password in the wrong place.
import { z } from 'zod'
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts'

/** Thrown away as an exception would be, but returned. */
export interface Wrong {
  wrong: string
  /** In place of the setting's usual fix. */
  fix?: string
}

type Right<R> = Exclude<R, { wrong: string }>

/** One setting. `read` gives the value or what is wrong with it; `fix` ends the sentence for the operator. */
export function value<R>(fix: string, read: (written: unknown) => R) {
  return z.unknown().transform((written, context): Right<R> => {
    const result = read(written)
    if (!isWrong(result)) return result as Right<R>
    const problem = written === undefined ? 'is missing' : written === null ? 'is empty' : result.wrong
    context.issues.push({ code: 'custom', message: `${problem}\n${result.fix ?? fix}`, input: undefined })
    return z.NEVER
  })
}

/**
 * A section whose keys are values themselves, such as weekdays. `read` gives the value of one key or what is wrong with it;
 * all that is wrong is said, each under its own key.
 */
export function entries<R>(fix: string, read: (key: string, written: unknown) => R) {
  return z.unknown().transform((written, context): Right<R>[] => {
    if (typeof written !== 'object' || written === null || Array.isArray(written)) {
      const problem = written === undefined ? 'is missing' : 'is not a section'
      context.issues.push({ code: 'custom', message: `${problem}\n${fix}`, input: undefined })
      return z.NEVER
    }
    return Object.entries(written).flatMap(([key, part]) => {
      const result = read(key, part)
      if (!isWrong(result)) return [result as Right<R>]
      const message = `${result.wrong}\n${result.fix ?? fix}`
      context.issues.push({ code: 'custom', path: [key], message, input: undefined })
      return []
    })
  })
}

/** What a parser reads or, as it throws `"..." <problem>: <fix>`, what it objects to; never with the words that were written. */
export function parsed<T>(parse: (text: string) => T, written: unknown, what: string): T | Wrong {
  if (typeof written !== 'string') return { wrong: `is not ${what}` }
  try {
    return parse(written.trim())
  } catch (error) {
    const [, wrong = `is not ${what}`, fix] = /^".*" (.*?): write (.*)$/s.exec(String(Object(error).message)) ?? []
    return { wrong, ...(fix && { fix: `Write ${fix}.` }) }
  }
}

export function yesNo() {
  return value('Write true or false.', (written) => (typeof written === 'boolean' ? written : { wrong: 'is neither' }))
}

/** `2026-01-31`, as the moment it begins in UTC. */
export function readDay(written: unknown): number | undefined {
  const time = typeof written === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(written) : Number.NaN
  // February 31st parses as a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === written ? time : undefined
}

export function text(what: string, fix: string, pattern = /\S/, lengthMax = 200) {
  return value(fix, (written) => {
    if (typeof written !== 'string') return { wrong: 'is not text' }
    const trimmed = written.trim()
    return pattern.test(trimmed) && trimmed.length <= lengthMax ? trimmed : { wrong: `is not ${what}` }
  })
}

export function oneOf<const T extends string>(...words: T[]) {
  return value(`Write ${listOr(words)}.`, (written) => {
    return words.find((word) => word === written) ?? { wrong: 'is none of the words known here' }
  })
}

export function count(min: number, max: number) {
  return value(`Write a whole number from ${min} to ${max}.`, (written) => {
    if (typeof written !== 'number' || !Number.isInteger(written)) return { wrong: 'is not a whole number' }
    return written >= min && written <= max ? written : { wrong: 'is out of range' }
  })
}

const UNITS_MS: Record<string, number> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY }
const UNITS_BYTES: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }

/** `10s`, `24h`, in milliseconds. The unit is required: ten of what? */
export function duration(min: string, max: string) {
  const fix = `Write a number with its unit (ms, s, m, h or d), from ${min} to ${max}.`
  return measure(fix, 'a duration such as 10s', UNITS_MS, min, max)
}

/** `25MB`, in bytes. */
export function size(min: string, max: string) {
  const fix = `Write a number with its unit (KB, MB or GB), from ${min} to ${max}.`
  return measure(fix, 'a size such as 25MB', UNITS_BYTES, min, max)
}

function measure(fix: string, what: string, units: Record<string, number>, min: string, max: string) {
  const [least, most] = [amount(min, units) ?? 0, amount(max, units) ?? 0]
  return value(fix, (written) => {
    if (typeof written === 'number' || /^\d+$/.test(String(written))) return { wrong: 'has no unit' }
    const result = typeof written === 'string' ? amount(written, units) : undefined
    if (result === undefined) return { wrong: `is not ${what}` }
    return result >= least && result <= most ? result : { wrong: 'is out of range' }
  })
}

/** `5/s`, `100/m`, `500/h`, as the milliseconds from one to the next. */
export function rate(min: string, max: string) {
  const fix = `Write so many a second, minute or hour, such as 5/s, from ${min} to ${max}.`
  const [most, least] = [everyMs(min) ?? 0, everyMs(max) ?? 0]
  return value(fix, (written) => {
    const ms = typeof written === 'string' ? everyMs(written) : undefined
    if (ms === undefined) return { wrong: 'is not a rate such as 5/s' }
    return ms >= least && ms <= most ? ms : { wrong: 'is out of range' }
  })
}

function everyMs(written: string): number | undefined {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5}) ?\/ ?([smh])$/.exec(written.trim()) ?? []
  const unitMs = UNITS_MS[unit]
  return unitMs && Math.ceil(unitMs / Number(count))
}

export function readDuration(written: unknown): number | undefined {
  return typeof written === 'string' ? amount(written, UNITS_MS) : undefined
}

function amount(written: string, units: Record<string, number>): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]{1,2})$/.exec(written.trim()) ?? []
  const factor = Object.entries(units).find(([name]) => name === unit || (name !== 'm' && name === unit.toUpperCase()))
  return factor && Math.round(Number(digits) * factor[1])
}

/** A section of the file. Its error for unknown keys carries the known ones, for the nearest name. */
export function section<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return Object.keys(shape).join('\n')
      const problem = issue.input === undefined ? 'is missing' : 'is not a section'
      return `${problem}\nWrite its settings below it, indented by two spaces.`
    },
  })
}

export function list<T extends z.ZodType>(item: T, fix: string, min = 0) {
  const say = (problem: string) => `${problem}\n${fix}`
  const whole = (issue: { input?: unknown }) => (issue.input === undefined ? say('is missing') : say('is not a list'))
  return z.array(item, { error: whole }).min(min, { error: say('is an empty list') })
}

/** Sections by a name of the operator's choice. */
export function named<T extends z.ZodType>(item: T) {
  const key = z.string().regex(NAME)
  return z.record(key, item, {
    error: () => 'is not a section\nWrite a name below it, and its settings below the name.',
  })
}

/** Part of variable names, channel names and ids; short, and never with an underscore, which separates there. */
const NAME = /^[a-z][a-z0-9-]{0,29}$/

export function listOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

export function isWrong(result: unknown): result is Wrong {
  return typeof result === 'object' && result !== null && 'wrong' in result
}

export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
