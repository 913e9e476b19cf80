// Mails per second from a full mailbox to committed messages, beside the bare chain on the same server, on both databases.
import { tmpdir } from 'node:os'
import { type FreshDatabase, freshPostgres, freshSqlite } from '../setup/fresh-database.ts'
import { startPostgres } from '../setup/postgres-server.ts'
import type { Figures } from './bench.ts'
import { startChild } from './child.ts'
import type { ProgramPlaces } from './settings.ts'

const MAILS = 4000
const ROUNDS = 3
const USER = 'support@example.com'

interface Done {
  mails: number
  ms: number
}

export async function ingest(): Promise<Figures> {
  const server = startChild('mail-server.ts', { address: USER, mails: MAILS })
  const mail = await server.next<Pick<ProgramPlaces, 'imap' | 'smtp' | 'password'>>('ready')
  const postgres = await startPostgres(tmpdir())
  const places = { imap: mail.imap, smtp: mail.smtp, password: mail.password, user: USER }
  const sqlite = await compare(async () => freshSqlite(tmpdir()), places)
  const onPostgres = await compare(() => freshPostgres(postgres.url), places)
  await postgres.stop()
  await server.stop()
  return {
    ingestPerSecond: sqlite.program,
    bareChainPerSecond: sqlite.bare,
    ingestRatio: sqlite.program / sqlite.bare,
    ingestMemoryMb: sqlite.memoryMb,
    ingestPerSecondPostgres: onPostgres.program,
    bareChainPerSecondPostgres: onPostgres.bare,
    ingestRatioPostgres: onPostgres.program / onPostgres.bare,
  }
}

/** The two take turns, so that what else the machine does falls on both; the median of each counts. */
async function compare(fresh: () => Promise<FreshDatabase>, places: ProgramPlaces) {
  const rates: { program: number[]; bare: number[]; memoryMb: number[] } = { program: [], bare: [], memoryMb: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await fresh()
    const chain = startChild('bare-chain.ts', { ...places, database: bare.database })
    rates.bare.push(perSecond(await chain.next<Done>('done')))
    await chain.stop()
    await bare.drop()
    const full = await fresh()
    const program = startChild('program.ts', { ...places, mails: MAILS, database: full.database })
    rates.program.push(perSecond(await program.next<Done>('done')))
    rates.memoryMb.push(await program.memoryMb())
    await program.stop()
    await full.drop()
  }
  return { program: median(rates.program), bare: median(rates.bare), memoryMb: median(rates.memoryMb) }
}

const perSecond = ({ mails, ms }: Done) => (mails / ms) * 1000

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
