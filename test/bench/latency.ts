// How long an agent waits to see a mail, how long the program takes to be ready, and what it needs of memory meanwhile.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigInput } from '../../src/config.ts'
import type { Figures } from './bench.ts'
import { residentMb, startChild } from './child.ts'

const MAILS = 20
const GAP_MS = 3000
const ROOT = join(import.meta.dirname, '../..')

export async function latency(): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-bench-'))
  const office = startChild('office.ts', { mails: MAILS, gapMs: GAP_MS, databasePath: join(folder, 'deskbell.db') })
  const { settings } = await office.next<{ settings: Required<ConfigInput> }>('open')
  const config = join(folder, 'deskbell.yaml')
  await writeFile(config, settings.yaml.text)
  const connected = office.next('connected')
  const startedAt = performance.now()
  const program = await spawnProgram(config, settings.env)
  await connected
  const readyMs = performance.now() - startedAt
  const { tookMs } = await office.next<{ tookMs: number[] }>('measured')
  const memoryMb = await residentMb(program.pid)
  await program.stop()
  await office.stop()
  await rm(folder, { recursive: true, force: true })
  return { mailToCardP50Ms: quantile(tookMs, 0.5), mailToCardP95Ms: quantile(tookMs, 0.95), readyMs, memoryMb }
}

/** The program as a user starts it. */
export async function spawnProgram(
  config: string,
  env: ConfigInput['env'],
): Promise<{ pid: number; stop(): Promise<void> }> {
  const program = spawn(process.execPath, [...(await startWords()), '--config', config], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const ended = once(program, 'exit')
  return {
    pid: program.pid ?? 0,
    async stop() {
      program.kill('SIGTERM')
      await ended
    },
  }
}

/** What `npm start` runs, without npm in between. */
async function startWords(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1)
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
