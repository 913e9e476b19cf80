// The two directions of one IMAP connection: bytes in on demand, bytes out in large chunks, never faster than the client reads.
import type { Socket } from 'node:net'

export interface Input {
  /** Without its line end; undefined when the client is gone. */
  line(): Promise<Buffer | undefined>
  bytes(count: number): Promise<Buffer | undefined>
}

export interface Output {
  /** Latin-1, so that raw bytes read as Latin-1 leave as they came. */
  text(text: string): void
  bytes(bytes: Buffer): void
  flush(): void
  /** Sends what there is and says goodbye. */
  end(): void
  /** Once enough is gathered: sends it and waits until the client has taken it. */
  room(): Promise<void>
  /** The connection ends after so many more bytes. */
  cutAfter(count: number): void
  /** While held, what is sent waits; the client sees a server that does not answer. */
  hold(held: boolean): void
}

const LINE_BYTES_MAX = 1_048_576
const CHUNK_BYTES = 262_144
const LF = 10
const CR = 13

export function makeInput(socket: Socket): Input {
  const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    // A reset is how clients die; it ends the input like any other end.
    const next = await chunks.next().catch(() => undefined)
    if (!next || next.done) return false
    rest = next.value
    return true
  }
  return {
    line: async () => {
      const pieces: Buffer[] = []
      let length = 0
      while (length <= LINE_BYTES_MAX) {
        const end = rest.indexOf(LF)
        const piece = end < 0 ? rest : rest.subarray(0, end)
        pieces.push(piece)
        length += piece.length
        if (end >= 0) {
          rest = rest.subarray(end + 1)
          const line = Buffer.concat(pieces)
          return line.at(-1) === CR ? line.subarray(0, -1) : line
        }
        if (!(await more())) return undefined
      }
      return undefined // A line without end is not IMAP; the connection closes.
    },
    bytes: async (count) => {
      const pieces: Buffer[] = []
      let missing = count
      for (;;) {
        const piece = rest.subarray(0, missing)
        pieces.push(piece)
        missing -= piece.length
        rest = rest.subarray(piece.length)
        if (missing === 0) return Buffer.concat(pieces)
        if (!(await more())) return undefined
      }
    },
  }
}

export function makeOutput(socket: Socket): Output {
  let text = ''
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  let left = Infinity
  let held = false
  let ending = false

  const gather = (bytes: Buffer) => {
    gathered.push(bytes)
    gatheredBytes += bytes.length
  }
  const takeText = () => {
    if (text) gather(Buffer.from(text, 'latin1'))
    text = ''
  }
  const flush = () => {
    takeText()
    if (held) return
    const chunk = Buffer.concat(gathered)
    gathered = []
    gatheredBytes = 0
    if (socket.destroyed || socket.writableEnded) return // Nobody is left to read it.
    if (chunk.length >= left) socket.end(chunk.subarray(0, left), () => socket.destroy())
    else if (chunk.length > 0) socket.write(chunk)
    left -= chunk.length
    if (ending) socket.end()
  }
  return {
    text: (piece) => {
      text += piece
    },
    bytes: (bytes) => {
      takeText()
      gather(bytes)
    },
    flush,
    end: () => {
      ending = true
      flush()
    },
    room: async () => {
      if (gatheredBytes + text.length < CHUNK_BYTES) return
      flush()
      await drained(socket)
    },
    cutAfter: (count) => {
      left = count
    },
    hold: (value) => {
      held = value
      if (!held) flush()
    },
  }
}

async function drained(socket: Socket): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.on('drain', done).on('close', done)
  })
}
