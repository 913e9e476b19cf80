// Frames leave as text, or in the one long compressed stream that some libraries ask for.
import { constants, createDeflate, createZstdCompress, type Deflate, type ZstdCompress } from 'node:zlib'
import type { WebSocket } from 'ws'

export function writer(socket: WebSocket, compression: string | null): (text: string) => void {
  const stream = makeStream(compression)
  if (!stream) return (text) => socket.send(text)
  const flush = compression === 'zlib-stream' ? constants.Z_SYNC_FLUSH : constants.ZSTD_e_flush
  let waiting: Buffer[] = []
  stream.on('data', (chunk: Buffer) => waiting.push(chunk))
  socket.on('close', () => stream.destroy())
  return (text) => {
    stream.write(text)
    // Frames are flushed in the order they were written; each flush ends one message of the socket.
    stream.flush(flush, () => {
      const message = Buffer.concat(waiting)
      waiting = []
      if (message.length > 0) socket.send(message)
    })
  }
}

function makeStream(compression: string | null): Deflate | ZstdCompress | undefined {
  if (compression === 'zlib-stream') return createDeflate()
  return compression === 'zstd-stream' ? createZstdCompress() : undefined
}
