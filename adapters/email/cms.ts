// What lies in an S/MIME envelope (CMS, RFC 5652). Signed content is readable without any key: only the wrapping is taken off.
export type Cms =
  | { kind: 'signed'; content: Uint8Array }
  | { kind: 'encrypted' }
  | { kind: 'compressed' }
  | { kind: 'unknown' }

const KINDS: Record<string, 'signed' | 'encrypted' | 'compressed'> = {
  '2a864886f70d010702': 'signed',
  '2a864886f70d010703': 'encrypted',
  '2a864886f70d0109100117': 'encrypted', // authenticated and encrypted, RFC 5083
  '2a864886f70d0109100109': 'compressed',
}
const OCTETS = 0x04
const OID = 0x06
const LEVELS_MAX = 12
const ELEMENTS_MAX = 100_000

interface Element {
  tag: number
  start: number
  /** Undefined when the element ends with a mark of its own instead of a length. */
  end: number | undefined
}

export function readCms(bytes: Uint8Array): Cms {
  try {
    const walk = walker(bytes)
    const info = walk.children(walk.element(0))
    const kind = KINDS[walk.hex(info[0])]
    if (kind !== 'signed') return { kind: kind ?? 'unknown' }
    const signed = walk.children(walk.children(info[1])[0])
    const content = walk.children(walk.children(signed[2])[1])[0]
    return content ? { kind, content: walk.octets(content, 0) } : { kind: 'unknown' }
  } catch {
    return { kind: 'unknown' } // Cut short, or not what it says it is.
  }
}

function walker(bytes: Uint8Array) {
  let elements = 0

  function element(at: number): Element {
    const tag = bytes[at]
    const first = bytes[at + 1]
    if (tag === undefined || first === undefined || ++elements > ELEMENTS_MAX)
      throw new Error('the structure is broken')
    if (first === 0x80) return { tag, start: at + 2, end: undefined }
    if (first < 0x80) return bounded(tag, at + 2, first)
    let length = 0
    for (let i = 0; i < (first & 0x7f); i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
    return bounded(tag, at + 2 + (first & 0x7f), length)
  }

  function bounded(tag: number, start: number, length: number): Element {
    if (start + length > bytes.length) throw new Error('the structure is cut short')
    return { tag, start, end: start + length }
  }

  function children(parent: Element | undefined, level = 0): Element[] {
    if (!parent || level > LEVELS_MAX) throw new Error('the structure is broken')
    const found: Element[] = []
    for (let at = parent.start; parent.end === undefined ? bytes[at] !== 0 || bytes[at + 1] !== 0 : at < parent.end; ) {
      const child = element(at)
      found.push(child)
      at = endOf(child, level)
    }
    return found
  }

  /** Where the next element begins. */
  function endOf(one: Element, level: number): number {
    if (one.end !== undefined) return one.end
    const last = children(one, level + 1).at(-1)
    return (last ? endOf(last, level + 1) : one.start) + 2
  }

  /** Long strings come in pieces. */
  function octets(one: Element, level: number): Uint8Array {
    if ((one.tag & 0xdf) !== OCTETS) throw new Error('no content')
    if (one.tag === OCTETS && one.end !== undefined) return bytes.subarray(one.start, one.end)
    return Buffer.concat(children(one, level).map((piece) => octets(piece, level + 1)))
  }

  const hex = (one: Element | undefined) =>
    one?.tag === OID && one.end !== undefined ? Buffer.from(bytes.subarray(one.start, one.end)).toString('hex') : ''

  return { element, children, octets, hex }
}
