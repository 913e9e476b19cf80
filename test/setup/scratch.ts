// Where tests keep their databases: in memory where the machine has such a folder. What they prove does not hang on a disk.
import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'

const IN_MEMORY = '/dev/shm'

export function scratchFolder(): string {
  try {
    accessSync(IN_MEMORY, constants.W_OK | constants.X_OK)
    return IN_MEMORY
  } catch {
    return tmpdir()
  }
}
