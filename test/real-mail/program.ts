// The real program in a process of its own, reading a mailbox on the real servers; and what it has stored, seen from outside.
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { SECOND } from '../../src/clock.ts'
import type { Database } from '../../src/db/open.ts'
import type { MailServers } from '../setup/mail-servers.ts'
import { until } from '../setup/until.ts'
import { realSettings } from './settings.ts'

const CLI = join(import.meta.dirname, '../../src/cli.ts')
const OUTPUT_SHOWN = 2000
const STOP_MS_MAX = 5 * SECOND

export interface Program {
  /** As an operator stops it; it must not take long. */
  stop(): Promise<void>
  /** Throws with what the program said last when it has ended by itself. */
  assertRunning(): void
  kill(): Promise<void>
}

export interface ProgramPlace {
  servers: MailServers
  user: string
  database: Database
  folder: string
}

/** `deskbell start`, which resolves at once. */
export async function startProgram({ servers, user, database, folder }: ProgramPlace): Promise<Program> {
  const config = join(folder, 'deskbell.yaml')
  const settings = realSettings(servers, user)
  await writeFile(config, settings.yaml.text)
  const env = {
    ...settings.env,
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: servers.caFile,
    DATABASE_URL: database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url,
  }
  const child = spawn(process.execPath, [CLI, 'start', '--config', config], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output = (output + data.toString()).slice(-OUTPUT_SHOWN)
    })
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await until(hasEnded, `the program to end after ${signal}`, STOP_MS_MAX)
  }
  return {
    assertRunning() {
      if (hasEnded()) throw new Error(`the program ended with ${child.exitCode}: ${output}`)
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** Reads beside the running program, as an operator could. */
export async function lookInto(database: Database): Promise<{
  rows(text: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}> {
  if (database.kind === 'sqlite') {
    const db = new DatabaseSync(database.path, { readOnly: true })
    return { rows: async (text) => db.prepare(text).all(), close: async () => db.close() }
  }
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  return { rows: async (text) => (await client.query(text)).rows, close: () => client.end() }
}
