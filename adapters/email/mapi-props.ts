// A list of MAPI properties, the form in which Outlook keeps everything (MS-OXTNEF section 2.1.3.4). Stops where it is broken.
import { decodeText } from './charset.ts'

export type MapiProps = ReadonlyMap<number, Uint8Array | string | number>

export const MAPI = {
  subject: 0x0037,
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  displayName: 0x3001,
  attachData: 0x3701,
  attachName: 0x3704,
  attachMethod: 0x3705,
  attachLongName: 0x3707,
  attachType: 0x370e,
  attachContentId: 0x3712,
  internetCodepage: 0x3fde,
}

const PROPS_MAX = 5000
const VALUES_MAX = 1000
const MULTIPLE = 0x1000
const NAMED = 0x8000
/** Bytes of the types of one size, filled up to four. */
const SIZES: Record<number, number> = { 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16 }
const VARIABLE = new Set([0x0d, 0x1e, 0x1f, 0x102])
const LONG = 3
const STRING_8 = 0x1e
const UNICODE = 0x1f

/** `whole` is false when some of it could not be read. */
export function readMapiProps(bytes: Uint8Array, codepage: string): { props: MapiProps; whole: boolean } {
  const props = new Map<number, Uint8Array | string | number>()
  const cursor = cursorOf(bytes)
  try {
    const count = cursor.u32()
    if (count > PROPS_MAX) return { props, whole: false }
    for (let i = 0; i < count; i++) {
      const { id, kind, values } = readProp(cursor)
      const [value] = values
      if (id < NAMED && value) props.set(id, readValue(kind, value, codepage))
    }
    return { props, whole: true }
  } catch {
    return { props, whole: false }
  }
}

function readProp(cursor: Cursor): { id: number; kind: number; values: Uint8Array[] } {
  const type = cursor.u16()
  const id = cursor.u16()
  if (id >= NAMED) skipName(cursor)
  const kind = type & ~MULTIPLE
  const size = SIZES[kind]
  const count = VARIABLE.has(kind) || (type & MULTIPLE) !== 0 ? cursor.u32() : 1
  if (count > VALUES_MAX || (size === undefined && !VARIABLE.has(kind))) throw new RangeError('no property')
  return { id, kind, values: Array.from({ length: count }, () => cursor.take(size ?? cursor.u32())) }
}

/** Some properties are named by a number or a text in a set. */
function skipName(cursor: Cursor): void {
  cursor.take(16)
  if (cursor.u32() === 0) cursor.take(4)
  else cursor.take(cursor.u32())
}

function readValue(kind: number, value: Uint8Array, codepage: string): Uint8Array | string | number {
  if (kind === STRING_8) return withoutEnd(decodeText(value, codepage).text)
  if (kind === UNICODE) return withoutEnd(new TextDecoder('utf-16le').decode(value))
  return kind === LONG ? new DataView(value.buffer, value.byteOffset, 4).getUint32(0, true) : value
}

interface Cursor {
  u16(): number
  u32(): number
  /** Values are filled up to four bytes. Throws when there are not so many. */
  take(length: number): Uint8Array
}

function cursorOf(bytes: Uint8Array): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const move = (count: number) => {
    at += count
    return at - count
  }
  return {
    u16: () => view.getUint16(move(2), true),
    u32: () => view.getUint32(move(4), true),
    take(length) {
      if (length > bytes.length - at) throw new RangeError('a property is cut short')
      const from = move(length + ((4 - (length % 4)) % 4))
      return bytes.subarray(from, from + length)
    },
  }
}

function withoutEnd(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
