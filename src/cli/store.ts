// The store as a command opens it, with the configuration of the program itself.
import { systemClock } from '../clock.ts'
import { type Config, loadConfig } from '../config.ts'
import { type Db, type OpenReader, openDb, openReader } from '../db/open.ts'
import { systemRandom } from '../id.ts'
import { silentLog } from '../log.ts'

export async function openStore(words: readonly string[]): Promise<{ config: Config; db: Db }> {
  const config = await loadConfig({ argv: words, env: process.env }, systemClock().now())
  const db = await openDb(config.database, { clock: systemClock(), random: systemRandom(), log: silentLog })
  return { config, db }
}

/** Also while the program runs. */
export async function openStoreToRead(words: readonly string[]): Promise<{ config: Config; db: OpenReader }> {
  const config = await loadConfig({ argv: words, env: process.env }, systemClock().now())
  return { config, db: await openReader(config.database, { log: silentLog }) }
}
