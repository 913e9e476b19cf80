// The compression Outlook uses for rich text (MS-OXRTFCP): copies out of the last four kilobytes, which begin filled.
import { latin1 } from './charset.ts'

const COMPRESSED = 0x75465a4c
const PLAIN = 0x414c454d
const HEADER_BYTES = 16
const WINDOW_BYTES = 4096
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024
const BEGINNING =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial' +
  'Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'

/** As much as can be read; empty for what is none. */
export function unpackRtf(bytes: Uint8Array): string {
  if (bytes.length < HEADER_BYTES) return ''
  const kind = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getUint32(8, true)
  if (kind === PLAIN) return latin1(bytes.subarray(HEADER_BYTES, HEADER_BYTES + OUTPUT_BYTES_MAX))
  return kind === COMPRESSED ? latin1(unpack(bytes)) : ''
}

function unpack(bytes: Uint8Array): Uint8Array {
  const output = outputWindow(Math.min(OUTPUT_BYTES_MAX, bytes.length * 9))
  for (let at = HEADER_BYTES; at < bytes.length && !output.full(); ) {
    const flags = bytes[at++] ?? 0
    for (let bit = 0; bit < 8 && at < bytes.length; bit++) {
      if ((flags & (1 << bit)) === 0) output.put(bytes[at++] ?? 0)
      else {
        const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
        at += 2
        if (!output.copy(pair >> 4, (pair & 15) + 2)) return output.bytes()
      }
    }
  }
  return output.bytes()
}

function outputWindow(max: number) {
  const window = new Uint8Array(WINDOW_BYTES)
  window.set(Buffer.from(BEGINNING, 'latin1'))
  const output = new Uint8Array(max)
  let write = BEGINNING.length
  let length = 0
  const put = (byte: number) => {
    if (length < max) output[length++] = byte
    window[write] = byte
    write = (write + 1) % WINDOW_BYTES
  }
  return {
    put,
    /** False at the end, which is marked by a copy of what is not there yet. */
    copy(from: number, count: number): boolean {
      if (from === write) return false
      for (let i = 0; i < count; i++) put(window[(from + i) % WINDOW_BYTES] ?? 0)
      return true
    },
    full: () => length >= max,
    bytes: () => output.subarray(0, length),
  }
}
