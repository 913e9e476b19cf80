// A few small checks from which the rules of Block Kit are put together, reporting in Slack's words and JSON pointers.
import { isJson, type Json } from './json.ts'

export type Report = (reason: string, at: string) => void
export type Check = (value: unknown, at: string, report: Report) => void

export interface Field {
  check: Check
  isRequired: boolean
}

export function required(check: Check): Field {
  return { check, isRequired: true }
}

export function optional(check: Check): Field {
  return { check, isRequired: false }
}

/** Runs a check and returns what it objected to, worded as Slack does. */
export function objections(check: Check, value: unknown, at: string): string[] {
  const found: string[] = []
  check(value, at, (reason, where) => found.push(`${reason} [json-pointer:${where}]`))
  return found
}

export function string({ min = 0, max = Number.POSITIVE_INFINITY }: { min?: number; max?: number } = {}): Check {
  return (value, at, report) => {
    if (typeof value !== 'string') return report('must provide a string', at)
    if (value.length < min) report(`must be more than ${min - 1} characters`, at)
    if (value.length > max) report(`must be less than ${max + 1} characters`, at)
  }
}

export function number({ min, max }: { min: number; max: number }): Check {
  return (value, at, report) => {
    if (typeof value !== 'number') return report('must provide a number', at)
    if (value < min) report(`must be greater than or equal to ${min}`, at)
    if (value > max) report(`must be less than or equal to ${max}`, at)
  }
}

export const flag: Check = (value, at, report) => {
  if (typeof value !== 'boolean') report('must provide a boolean', at)
}

export const anything: Check = () => undefined

export function oneOf(...allowed: readonly unknown[]): Check {
  return (value, at, report) => {
    if (!allowed.includes(value)) report(`must be a valid enum value: ${allowed.join(', ')}`, at)
  }
}

export function list(
  of: Check,
  { min = 0, max = Number.POSITIVE_INFINITY }: { min?: number; max?: number } = {},
): Check {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report('must provide an array', at)
    if (value.length < min) report(`no less than ${min} items required`, at)
    if (value.length > max) report(`no more than ${max} items allowed`, at)
    value.forEach((item, index) => {
      of(item, `${at}/${index}`, report)
    })
  }
}

/** Known fields only, as Slack insists; `also` looks at the object as a whole once its fields are checked. */
export function object(fields: Record<string, Field>, also?: (value: Json, at: string, report: Report) => void): Check {
  return (value, at, report) => {
    if (!isJson(value)) return report('must provide an object', at)
    for (const [name, field] of Object.entries(fields)) {
      if (value[name] !== undefined) field.check(value[name], `${at}/${name}`, report)
      else if (field.isRequired) report(`missing required field: ${name}`, at)
    }
    for (const name of Object.keys(value)) {
      if (!(name in fields)) report(`invalid additional property: ${name}`, at)
    }
    also?.(value, at, report)
  }
}

/** An object whose `type` names its shape; a known type outside `allowed` is as unsupported here as an unknown one. */
export function variant(shapes: () => Record<string, Check>, allowed?: readonly string[]): Check {
  return (value, at, report) => {
    if (!isJson(value)) return report('must provide an object', at)
    if (value.type === undefined) return report('missing required field: type', at)
    const type = String(value.type)
    const shape = !allowed || allowed.includes(type) ? shapes()[type] : undefined
    if (shape) shape(value, at, report)
    else report(`unsupported type: ${type}`, `${at}/type`)
  }
}

/** Exactly one of the fields. */
export function eitherOf(...names: readonly string[]) {
  return (value: Json, at: string, report: Report): void => {
    const present = names.filter((name) => value[name] !== undefined)
    if (present.length === 0) report(`missing required field: ${names.join(' or ')}`, at)
    if (present.length > 1) report(`only one of ${names.join(', ')} is allowed`, at)
  }
}
