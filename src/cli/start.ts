// deskbell start: runs until it is told to stop; a second signal ends it at once, which is just as safe.

import { SECOND, systemClock } from '../clock.ts'
import { listSecrets } from '../config/secret.ts'
import { loadConfig } from '../config.ts'
import { systemRandom } from '../id.ts'
import { importProgress } from '../import-progress.ts'
import { type Log, makeLog } from '../log.ts'
import { startDeskbell } from '../main.ts'
import type { Command } from './command.ts'

const SHOW_EVERY_MS = SECOND / 2

export const start: Command = async (words) => {
  const config = await loadConfig({ argv: words, env: process.env }, systemClock().now())
  const clock = systemClock()
  // The log goes to stderr: a bar that shares its terminal must make room for each line.
  const screen = process.stderr.isTTY ? process.stderr : process.stdout
  const progress = importProgress(screen, () => log)
  const write = process.stderr.isTTY ? progress.line : (line: string) => void process.stderr.write(line)
  const log: Log = makeLog({ level: config.log.level, secrets: listSecrets(config), write })
  const asked = Promise.withResolvers<void>()
  const onSignal = () => asked.resolve()
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal)
  // What nobody caught is our own mistake: the state in memory is worth nothing any more, the store is.
  process.on('unhandledRejection', (error) => {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'unhandled; stopping')
    process.exit(1)
  })
  const deskbell = await startDeskbell(config, { clock, random: systemRandom(), log })
  for (const problem of deskbell.problems()) log.warn(problem)
  const stopShowing = clock.every(SHOW_EVERY_MS, async () => progress.show(deskbell.importing(), clock.monotonic()))
  await asked.promise
  stopShowing()
  progress.end()
  log.info('stopping')
  await deskbell.stop()
  log.info('stopped')
  // Everything is committed and closed; only idle keep-alive connections would hold the process for some seconds.
  process.exit(0)
}
