// Twenty desks on which far more arrives than Slack takes: nothing is lost, who asks little waits little, and all is shown in the end.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import type { ConfigInput } from '../../src/config.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import type { Figures } from './bench.ts'
import { startChild } from './child.ts'
import { DESKS, seedCrowd } from './crowd-seed.ts'
import { spawnProgram } from './latency.ts'

export interface Flood {
  /** Conversations that wait already. */
  waiting: number
  seconds: number
  perSecond: number
  /** Who write: a customer's messages are one conversation. */
  customers: number
}

const FULL: Flood = { waiting: 10_000, seconds: 60, perSecond: 50, customers: 600 }
const QUICK: Flood = { waiting: 1000, seconds: 10, perSecond: 20, customers: 30 }

/** `isQuick`: the same in small, for a look on the way. */
export async function flood(isQuick: boolean): Promise<Figures> {
  const size = isQuick ? QUICK : FULL
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-flood-'))
  const path = join(folder, 'deskbell.db')
  const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }
  const crowd = { conversations: size.waiting, waiting: size.waiting }
  await seedCrowd({ kind: 'sqlite', path }, crowd, tools, tools.clock.now())
  const office = startChild('flood-office.ts', { ...size, desks: DESKS, databasePath: path })
  const { settings } = await office.next<{ settings: Required<ConfigInput> }>('open')
  const config = join(folder, 'deskbell.yaml')
  await writeFile(config, settings.yaml.text)
  const program = await spawnProgram(config, settings.env)
  const { figures } = await office.next<{ figures: Figures }>('measured')
  await program.stop()
  await office.stop()
  await rm(folder, { recursive: true, force: true })
  return figures
}
