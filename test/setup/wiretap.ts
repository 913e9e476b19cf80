// A door before a server that lets everything through and remembers what clients said.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { Certificate } from './certificate.ts'

export interface Wiretap {
  host: string
  port: number
  /** Everything since the last call. */
  heard(): string
}

/** With a certificate the door speaks TLS, whatever is behind it. */
export async function wiretap(port: number, certificate?: Certificate): Promise<Wiretap> {
  const chunks: Buffer[] = []
  const accept = (socket: Socket) => {
    const inner = connect(port, '127.0.0.1')
    socket.on('data', (data: Buffer) => chunks.push(data))
    socket.pipe(inner).pipe(socket)
    for (const end of [socket, inner]) {
      end.on('error', () => undefined)
      end.on('close', () => void [socket, inner].map((each) => each.destroy()))
    }
  }
  const server = certificate ? createTlsServer(certificate, accept) : createServer(accept)
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(chunks.splice(0)).toString('latin1'),
  }
}
