// Looking into a payload that cannot be trusted to have the shape it should have.

export type Fields = Record<string, unknown>

/** The object's own fields; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The objects of a list; none where it is no list. */
export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

/** PostgreSQL refuses NUL in text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '') : undefined
}

/** An id or a name of Slack's: where there is none, some write an empty text. */
export function wordOf(value: unknown): string | undefined {
  return textOf(value) || undefined
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** Under a name nothing is found again. */
export function channelIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[CGD][A-Z0-9]+$/.test(value) ? value : undefined
}
