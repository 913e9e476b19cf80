// What the beginning of a kept event says of it, for people who look at the original.
import type { HeadLine } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'

const READ_BYTES_MAX = 64 * 1024
const LINES: [name: string, pattern: RegExp][] = [
  ['From', /"global_name":"((?:[^"\\]|\\.){1,200})"/],
  ['User', /"username":"((?:[^"\\]|\\.){1,200})"/],
  ['Written', /"timestamp":"([^"\\]{1,60})"/],
  ['Edited', /"edited_timestamp":"([^"\\]{1,60})"/],
  ['Message', /"id":"(\d{1,20})"/],
  ['Channel', /"channel_id":"(\d{1,20})"/],
  ['Server', /"guild_id":"(\d{1,20})"/],
]

export function readHead(start: Uint8Array): HeadLine[] {
  const text = new TextDecoder().decode(start.subarray(0, READ_BYTES_MAX))
  return LINES.flatMap(([name, pattern]) => {
    const found = pattern.exec(text)?.[1]
    const value = found === undefined ? '' : cleanLine(unescaped(found))
    return value ? [{ name, value }] : []
  })
}

function unescaped(json: string): string {
  try {
    return String(JSON.parse(`"${json}"`))
  } catch {
    return json
  }
}
