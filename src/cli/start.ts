// deskbell start: runs until it is told to stop; a second signal ends it at once, which is just as safe.

import { systemClock } from '../clock.ts'
import { listSecrets } from '../config/secret.ts'
import { loadConfig } from '../config.ts'
import { systemRandom } from '../id.ts'
import { makeLog } from '../log.ts'
import { startDeskbell } from '../main.ts'
import type { Command } from './command.ts'

export const start: Command = async (words) => {
  const config = await loadConfig({ argv: words, env: process.env }, systemClock().now())
  const log = makeLog({ level: config.log.level, secrets: listSecrets(config) })
  const asked = Promise.withResolvers<void>()
  const onSignal = () => asked.resolve()
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal)
  // What nobody caught is our own mistake: the state in memory is worth nothing any more, the store is.
  process.on('unhandledRejection', (error) => {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'unhandled; stopping')
    process.exit(1)
  })
  const deskbell = await startDeskbell(config, { clock: systemClock(), random: systemRandom(), log })
  for (const problem of deskbell.problems()) log.warn(problem)
  await asked.promise
  log.info('stopping')
  await deskbell.stop()
  log.info('stopped')
  // Everything is committed and closed; only idle keep-alive connections would hold the process for some seconds.
  process.exit(0)
}
