// Where the program begins. It keeps what was compiled, beside the packages, so that the next start is faster and smaller.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/deskbell'))
const { runCommand } = await import('./cli/command.ts') // Not before: what is loaded earlier is not kept.
process.exitCode = await runCommand(process.argv.slice(2))
