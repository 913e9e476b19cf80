// Header lines straight from the bytes: for what must be read the same way for ever (the fingerprint) or when parsing has failed.
export interface Header {
  /** Lower case. */
  key: string
  /** Unfolded and trimmed, otherwise as it stands. */
  value: string
}

const LF = 10
const CR = 13
const LINE = /\r\n|\n|\r/

/** The bytes before and after the first empty line; a mail without one has no body. */
export function splitMail(raw: Uint8Array): { head: Uint8Array; body: Uint8Array } {
  let lineStart = 0
  for (let end = raw.indexOf(LF); end >= 0; end = raw.indexOf(LF, end + 1)) {
    const empty = end === lineStart || (end === lineStart + 1 && raw[lineStart] === CR)
    if (empty) return { head: raw.subarray(0, lineStart), body: raw.subarray(end + 1) }
    lineStart = end + 1
  }
  return { head: raw, body: raw.subarray(raw.length) }
}

export function readHeaders(head: Uint8Array): Header[] {
  const unfolded: string[] = []
  for (const line of new TextDecoder().decode(head).split(LINE)) {
    if (/^[ \t]/.test(line) && unfolded.length > 0) unfolded.push(`${unfolded.pop()}${line}`)
    else unfolded.push(line)
  }
  return unfolded.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon < 1 ? [] : [{ key: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() }]
  })
}

export function firstHeader(headers: Header[], key: string): string | undefined {
  return headers.find((header) => header.key === key)?.value
}

export function allHeaders(headers: Header[], key: string): string[] {
  return headers.filter((header) => header.key === key).map((header) => header.value)
}
