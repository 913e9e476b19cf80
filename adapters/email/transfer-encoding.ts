// How a part's bytes travelled through servers that knew only short lines of ASCII. Whatever cannot be decoded is kept as it is.
const FOREIGN_SHARE = 10
const LF = 10
const CR = 13
const EQUALS = 61
const SPACE = 32
const TAB = 9
const BASE64 = new Int8Array(256).fill(-1)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  BASE64[char.charCodeAt(0)] = value
}

export function decodeTransfer(body: Uint8Array, encoding: string): Uint8Array {
  if (/base64/i.test(encoding)) return decodeBase64(body)
  if (/quoted-printable/i.test(encoding)) return decodeQuoted(body)
  return body
}

/** An `=` ends a unit and not the whole: some programs pad every line. */
function decodeBase64(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((body.length * 3) / 4) + 3)
  let length = 0
  let bits = 0
  let held = 0
  let foreign = 0
  for (const byte of body) {
    if (byte === EQUALS) {
      bits = 0
      held = 0
    }
    const value = BASE64[byte] ?? -1
    if (value < 0) {
      if (byte >= SPACE && byte !== EQUALS) foreign++
      continue
    }
    bits = (bits << 6) | value
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[length++] = (bits >> held) & 0xff
      bits &= (1 << held) - 1
    }
  }
  // Words under a false name: letters are base64 too, but words have spaces between them.
  const isNone = length === 0 || foreign > body.length / FOREIGN_SHARE
  return isNone ? body : bytes.subarray(0, length)
}

function decodeQuoted(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length)
  let length = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0
    if (byte !== EQUALS) {
      bytes[length++] = byte
      continue
    }
    const high = hexOf(body[i + 1])
    const low = hexOf(body[i + 2])
    const lineEnd = softEnd(body, i + 1)
    if (lineEnd !== undefined) i = lineEnd
    else if (high >= 0 && low >= 0) {
      bytes[length++] = (high << 4) | low
      i += 2
    } else bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

/** The last byte of a line's end that follows here, after spaces that a server may have added; undefined for anything else. */
function softEnd(body: Uint8Array, from: number): number | undefined {
  let at = from
  while (body[at] === SPACE || body[at] === TAB) at++
  if (body[at] === CR && body[at + 1] === LF) return at + 1
  return body[at] === LF || at >= body.length ? at : undefined
}

function hexOf(byte = 0): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
