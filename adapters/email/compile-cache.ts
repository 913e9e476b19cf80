// Where the program keeps what it has compiled, so that its parsers need not compile it again.
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

/** Undefined when nothing is kept. Node adds a folder of its own for its version; what takes the setting wants the one above. */
export function compileCache(): string | undefined {
  const folder = getCompileCacheDir()
  return folder === undefined ? undefined : dirname(folder)
}
