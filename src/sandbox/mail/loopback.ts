// Both servers listen on this machine only, on a port of the system's choice unless one is asked for.
import type { Server } from 'node:net'

export const LOOPBACK = '127.0.0.1'

/** Returns the port. `setting` names what to change when the port is taken. */
export async function listenOn(server: Server, port: number, setting: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(new Error(`mail stand-in: cannot listen on port ${port}; set ${setting} to a free one`, { cause }))
    }
    server.once('error', fail)
    server.listen(port, LOOPBACK, () => {
      server.off('error', fail)
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('mail stand-in: a server without a port')
  return address.port
}
