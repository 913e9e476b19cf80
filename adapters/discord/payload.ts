// Reading what Discord sent without believing any of it: a field that is not what it should be is not there.
export type Payload = Readonly<Record<string, unknown>>

export function payloadOf(value: unknown): Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : {}
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

const LIST_MAX = 1000

export function listOf(value: unknown): Payload[] {
  return Array.isArray(value) ? value.slice(0, LIST_MAX).map(payloadOf) : []
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, LIST_MAX).filter((item) => typeof item === 'string') : []
}

/** Epoch milliseconds of an ISO date, which Discord writes with microseconds. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
