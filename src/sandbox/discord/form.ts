// Reading a body field by field: every fault is gathered in its place, and all are told at once as 50035.
import { asJson, isJson, type Json } from '../slack/json.ts'
import { type FieldFault, refuseForm } from './refusal.ts'
import { isSnowflake } from './snowflake.ts'

export interface Form {
  has(name: string): boolean
  text(name: string, limits?: { min?: number; max?: number; required?: true }): string | undefined
  integer(name: string, limits?: { min?: number; max?: number; oneOf?: readonly number[] }): number | undefined
  flag(name: string): boolean | undefined
  id(name: string, limits?: { required?: true }): string | undefined
  ids(name: string, limits?: { max: number }): string[] | undefined
  list(name: string, limits: { min?: number; max: number }): Form[] | undefined
  object(name: string): Form | undefined
  raw: Json
  fault(name: string, code: string, message: string): void
  /** Ends the call if anything was wrong. */
  check(): void
}

export function makeForm(raw: Json, path = '', faults: FieldFault[] = []): Form {
  const at = (name: string) => [path, name].filter(Boolean).join('.')
  const fault = (name: string, code: string, message: string) => void faults.push({ path: at(name), code, message })
  const has = (name: string) => raw[name] !== undefined && raw[name] !== null
  const wrongType = (name: string, kind: string, example: string) => {
    fault(name, `${kind}_TYPE_CONVERT`, example)
    return undefined
  }

  return {
    has,
    raw,
    fault,
    text(name, { min = 0, max = Number.POSITIVE_INFINITY, required } = {}) {
      if (!has(name)) {
        if (required) fault(name, 'BASE_TYPE_REQUIRED', 'This field is required')
        return undefined
      }
      const value = typeof raw[name] === 'number' ? String(raw[name]) : raw[name]
      if (typeof value !== 'string')
        return wrongType(name, 'STRING', `Could not interpret "${kindOf(value)}" as string.`)
      judgeLength(name, value.length, min, max)
      return value
    },
    integer(name, { min = 0, max = Number.MAX_SAFE_INTEGER, oneOf } = {}) {
      if (!has(name)) return undefined
      const value = Number(raw[name])
      if (!Number.isInteger(value)) {
        fault(name, 'NUMBER_TYPE_COERCE', `Value "${kindOf(raw[name])}" is not int.`)
        return undefined
      }
      if (oneOf && !oneOf.includes(value)) {
        fault(name, 'BASE_TYPE_CHOICES', `Value must be one of (${oneOf.join(', ')}).`)
      } else if (value < min) fault(name, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`)
      else if (value > max) fault(name, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`)
      return value
    },
    flag(name) {
      if (!has(name)) return undefined
      if (typeof raw[name] === 'boolean') return raw[name]
      return wrongType(name, 'BOOLEAN', 'Must be either true or false.')
    },
    id(name, { required } = {}) {
      if (!has(name)) {
        if (required) fault(name, 'BASE_TYPE_REQUIRED', 'This field is required')
        return undefined
      }
      const value = String(raw[name])
      if (isSnowflake(value)) return value
      fault(name, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`)
      return undefined
    },
    ids(name, { max } = { max: 100 }) {
      if (!has(name)) return undefined
      const value = raw[name]
      if (!Array.isArray(value)) return wrongType(name, 'LIST', 'Only iterables may be used in a ListType')
      if (value.length > max) fault(name, 'BASE_TYPE_BAD_LENGTH', `Must be between 0 and ${max} in length.`)
      for (const [index, id] of value.entries()) {
        if (!isSnowflake(String(id))) fault(`${name}.${index}`, 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`)
      }
      return value.map(String)
    },
    list(name, { min = 0, max }) {
      if (!has(name)) return undefined
      const value = raw[name]
      if (!Array.isArray(value)) return wrongType(name, 'LIST', 'Only iterables may be used in a ListType')
      if (value.length < min || value.length > max) {
        fault(name, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
      }
      return value.map((item, index) => makeForm(asJson(item), at(`${name}.${index}`), faults))
    },
    object(name) {
      if (!has(name)) return undefined
      const value = raw[name]
      if (isJson(value)) return makeForm(value, at(name), faults)
      return wrongType(name, 'DICT', 'Only dictionaries may be used in a DictType')
    },
    check() {
      if (faults.length > 0) refuseForm(faults)
    },
  }

  function judgeLength(name: string, length: number, min: number, max: number): void {
    if (length > max && min === 0) fault(name, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
    else if (length === 0 && min > 0) fault(name, 'BASE_TYPE_REQUIRED', 'This field is required')
    else if (length < min || length > max) {
      fault(name, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
    }
  }
}

function kindOf(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? 'list' : typeof value
}
