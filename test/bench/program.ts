// The real program, reading a full mailbox: says when every mail is a committed message.
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { startDeskbell } from '../../src/main.ts'
import { asChild } from './child.ts'
import { type ProgramPlaces, programSettings } from './settings.ts'

const { input, say } = asChild<ProgramPlaces & { mails: number; database: Database }>()
const read = readConfig(programSettings(input))
if ('faults' in read) throw new Error(JSON.stringify(read.faults))
const clock = systemClock()
const startedAt = performance.now()
const deskbell = await startDeskbell(
  { ...read.config, database: input.database },
  { clock, random: systemRandom(), log: silentLog },
)
for (;;) {
  const { count } = await deskbell.db
    .selectFrom('message')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (Number(count) >= input.mails) break
  await clock.wait(20)
}
say({ kind: 'done', mails: input.mails, ms: performance.now() - startedAt })
process.once('SIGTERM', () => void deskbell.stop().then(() => process.exit(0)))
