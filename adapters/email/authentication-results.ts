// One Authentication-Results header taken apart (RFC 8601 section 2.2). Its words may be hidden in comments or quotes by a sender.

export interface AuthenticationResults {
  /** The server that says so, lower case; undefined where the header begins with a result at once, as Microsoft 365 writes it. */
  server: string | undefined
  results: MethodResult[]
}

export interface MethodResult {
  /** `dmarc`, `dkim`, `spf`; lower case, as is the result. */
  method: string
  result: string
  /** `header.from`, `smtp.mailfrom` and their values, lower case. */
  properties: ReadonlyMap<string, string>
}

const LENGTH_MAX = 16 * 1024
const RESULTS_MAX = 50
const PROPERTIES_MAX = 20
/** What is escaped stands for itself. */
const PIECE = /\\[\s\S]|["()]|[^"()\\]+/g
const METHOD = /^([a-z0-9][a-z0-9-]*)(?:\/\d+)?=([a-z]+)$/
const PROPERTY = /^([a-z0-9-]+\.[a-z0-9-]+)=(.+)$/

export function parseAuthenticationResults(value: string): AuthenticationResults {
  const [first = [], ...rest] = clausesOf(value.slice(0, LENGTH_MAX))
  const isResult = METHOD.test(first[0] ?? '')
  const clauses = isResult ? [first, ...rest] : rest
  return {
    server: isResult ? undefined : (first[0] ?? ''),
    results: clauses.slice(0, RESULTS_MAX).flatMap((clause) => toResult(clause) ?? []),
  }
}

function toResult([head = '', ...words]: string[]): MethodResult | undefined {
  const [, method, result] = METHOD.exec(head) ?? []
  if (method === undefined || result === undefined) return undefined
  const properties = new Map<string, string>()
  for (const text of words.slice(0, PROPERTIES_MAX)) {
    const [, name, said] = PROPERTY.exec(text) ?? []
    if (name !== undefined && said !== undefined && !properties.has(name)) properties.set(name, said)
  }
  return { method, result, properties }
}

/** The words between semicolons, in lower case. */
function clausesOf(value: string): string[][] {
  return plainText(value)
    .replace(/ {0,3}= {0,3}/g, '=')
    .split(';')
    .map((clause) => clause.split(' ').filter((text) => text !== ''))
}

/** Without comments, with single spaces; what is quoted stands in one piece. Comments may be nested, and both may never end. */
function plainText(value: string): string {
  let plain = ''
  let deep = 0
  let isQuoted = false
  for (const [char] of value.matchAll(PIECE)) {
    if (char === '"' && deep === 0) isQuoted = !isQuoted
    else if (isQuoted) plain += char.replace(/^\\/, '').replace(/[;=\s]/g, '_')
    else if (char === '(') deep++
    else if (char === ')') deep = Math.max(0, deep - 1)
    else if (deep === 0) plain += char
  }
  return plain.toLowerCase().replace(/\s+/g, ' ')
}
