// Two answers for whoever supervises the program: is the loop alive, and may we rely on it. No detail, no customer data.
import { createServer, type Server } from 'node:http'

export interface Health {
  /** The loops turn. */
  live(): boolean
  /** Since the outbox last looked, in seconds. */
  lagSeconds(): number
  /** The store takes writes and every configured source was seen working lately. */
  ready(): Promise<boolean>
  /** Mailboxes that take in what was there before their first start; that makes nothing less ready. */
  importing(): { name: string; done: number; total: number }[]
}

export interface HealthPage {
  url: string
  stop(): Promise<void>
}

export async function serveHealth(options: { host: string; port: number }, health: Health): Promise<HealthPage> {
  const answers: Record<string, () => Promise<boolean>> = {
    '/healthz': async () => health.live(),
    '/readyz': () => health.ready().catch(() => false),
  }
  const server = createServer(async (request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? ''] : undefined
    if (!answer) return void response.writeHead(404).end()
    const isGood = await answer()
    const imports = health.importing().map(({ name, done, total }) => `importing ${name}: ${done} of ${total}`)
    const lines = [isGood ? 'ok' : 'not ok', `outbox lag ${health.lagSeconds()} s`, ...imports]
    response.writeHead(isGood ? 200 : 503, { 'content-type': 'text/plain' }).end(`${lines.join('\n')}\n`)
  })
  await listen(server, options)
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : options.port
  return { url: `http://${options.host}:${port}`, stop: () => close(server) }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`The health page cannot listen on ${host}:${port}; set web.port to a free port.`, { cause })),
    )
    server.listen(port, host, () => resolve())
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
