// deskbell manifest: the Slack app as this version needs it, nothing more.

import { MANIFEST } from '../desk/manifest.ts'
import type { Command } from './command.ts'

export const printManifest: Command = async () => {
  process.stdout.write(`${JSON.stringify(MANIFEST, undefined, 2)}\n`)
  return 0
}
