// One port of this machine at which Slack's requests come in, for all apps that have an address there: each has its own path.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SECOND } from '../clock.ts'

/** Resolves when it is answered. Never rejects. */
export type ServeRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface Doorway {
  /** Rejects when nobody can listen there. */
  open: Promise<void>
  isOpen(): boolean
  port(): number | undefined
  /** Nothing comes in on this path any more once it resolves; what came before may still be answered. */
  close(): void
  /** Ends what is still open, where nobody else has a path here. */
  end(): Promise<void>
}

export interface Door {
  enter(path: string, serve: ServeRequest): Doorway
}

/** Slack hangs up after three seconds. */
const REQUEST_MS = 10 * SECOND

export function makeDoor({ host, port }: { host: string; port: number }): Door {
  const served = new Map<string, ServeRequest>()
  let listening: { server: Server; open: Promise<void> } | undefined

  const listen = () => {
    const server = createServer({ headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS }, (request, response) => {
      const [path = ''] = (request.url ?? '').split('?')
      const serve = served.get(nameOf(path))
      if (serve)
        void serve(request, response) // It answers whatever happens.
      else response.writeHead(404).end()
    })
    const open = new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve())
    })
    return { server, open }
  }

  return {
    enter(path, serve) {
      const name = nameOf(path)
      if (served.has(name)) throw new Error(`slack: two apps cannot have the same address ${path}`)
      served.set(name, serve)
      listening ??= listen()
      const { server, open } = listening
      let closed: Promise<void> | undefined
      const leave = () => {
        if (served.get(name) === serve) served.delete(name)
        if (served.size > 0 || listening?.server !== server) return
        listening = undefined
        closed = new Promise((resolve) => server.close(() => resolve()))
        server.closeIdleConnections()
      }
      return {
        open,
        isOpen: () => server.listening && served.get(name) === serve,
        port: () => (server.listening ? (server.address() as AddressInfo).port : undefined),
        close: leave,
        async end() {
          leave()
          if (!closed) return
          server.closeAllConnections()
          await closed
        },
      }
    },
  }
}

function nameOf(path: string): string {
  return path.replace(/\/$/, '')
}
