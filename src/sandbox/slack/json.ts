// Slack's payloads have the shape their sender chose; here is how the stand-in looks inside a value it cannot trust.

export type Json = Record<string, unknown>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asJson(value: unknown): Json {
  return isJson(value) ? value : {}
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function jsonList(value: unknown): Json[] {
  return asList(value).filter(isJson)
}

/** The text of a value Slack would accept as a string argument: form bodies carry numbers as text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}

export function asFlag(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

export function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** Every object inside a value, the value itself first. */
export function* everyJson(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* everyJson(item)
  if (!isJson(value)) return
  yield value
  for (const inner of Object.values(value)) yield* everyJson(inner)
}

/** Characters of all strings inside a value, names of fields not counted. */
export function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, inner) => sum + charactersIn(inner), 0)
}

/** The object without the fields that are undefined, as JSON would carry it. */
export function compact(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}
