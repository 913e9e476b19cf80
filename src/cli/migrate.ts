// deskbell migrate: for those who want the schema changed before they start the new version.
import type { Command } from './command.ts'
import { openStore } from './store.ts'

export const migrate: Command = async (words) => {
  const { db } = await openStore(words)
  await db.migrate()
  await db.close()
  process.stdout.write('The database fits this version.\n')
  return 0
}
