// The kinds of value a setting can have. Each says how to write it right, and none repeats what was written: it may be a password in the wrong place.
import { z } from 'zod'
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts'

/** Thrown away as an exception would be, but returned. */
interface Wrong {
  wrong: string
}

/** One setting. `read` gives the value or what is wrong with it; `fix` ends the sentence for the operator. */
export function value<T>(fix: string, read: (written: unknown) => T | Wrong) {
  return z.unknown().transform((written, context): T => {
    const result = read(written)
    if (!isWrong(result)) return result
    const problem = written === undefined ? 'is missing' : written === null ? 'is empty' : result.wrong
    context.issues.push({ code: 'custom', message: `${problem}\n${fix}`, input: undefined })
    return z.NEVER
  })
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

function isWrong(result: unknown): result is Wrong {
  return typeof result === 'object' && result !== null && 'wrong' in result
}

export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
