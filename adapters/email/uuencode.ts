// Files written into the text itself, as programs did before MIME and some still do: `begin 644 name`, lines, `end`.
export interface UuFile {
  name: string
  content: Uint8Array
}

const FILES_MAX = 20
const BEGIN = /^begin [0-7]{3,4} (\S[^\r\n]{0,200})\r?$/

/** Only blocks that are whole and well formed are taken out of the text; anything else is somebody's words. */
export function takeUuFiles(text: string): { text: string; files: UuFile[] } {
  if (!/^begin [0-7]{3,4} /m.test(text)) return { text, files: [] }
  const lines = text.split('\n')
  const files: UuFile[] = []
  const rest: string[] = []
  for (let i = 0; i < lines.length; i++) {
    const name = BEGIN.exec(lines[i] ?? '')?.[1]
    const block = name !== undefined && files.length < FILES_MAX ? readBlock(lines, i + 1) : undefined
    if (name === undefined || !block) rest.push(lines[i] ?? '')
    else {
      if (block.content) files.push({ name, content: block.content })
      else rest.push(...lines.slice(i, block.end + 1))
      i = block.end
    }
  }
  return { text: rest.join('\n'), files }
}

/** Up to its `end`, or up to the first line that cannot belong to it: each line is looked at once. */
function readBlock(lines: string[], from: number): { end: number; content?: Uint8Array } | undefined {
  const pieces: Uint8Array[] = []
  for (let i = from; i < lines.length; i++) {
    const line = (lines[i] ?? '').replace(/\r$/, '')
    if (line === 'end' && pieces.length > 0) return { end: i, content: Buffer.concat(pieces) }
    if (line === '' && /^end\r?$/.test(lines[i + 1] ?? '')) continue // It was a space, which servers cut off.
    const piece = decodeLine(line)
    if (!piece) return { end: Math.max(from - 1, i - 1) }
    pieces.push(piece)
  }
  return { end: lines.length - 1 }
}

function decodeLine(line: string): Uint8Array | undefined {
  const length = (line.charCodeAt(0) - 32) & 63
  const needed = Math.ceil(length / 3) * 4
  if (line === '' || line.length > 64 || line.length - 1 > needed + 2 || /[^\x20-\x60]/.test(line)) return undefined
  const chars = line.slice(1).padEnd(needed, ' ') // Servers cut spaces off the ends of lines.
  const bytes = Buffer.alloc((needed / 4) * 3)
  for (let i = 0; i < needed; i += 4) {
    const bits = [0, 1, 2, 3].reduce((sum, k) => (sum << 6) | ((chars.charCodeAt(i + k) - 32) & 63), 0)
    bytes.writeUIntBE(bits & 0xffffff, (i / 4) * 3, 3)
  }
  return bytes.subarray(0, length)
}
