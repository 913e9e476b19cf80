// The letters as they are now: read at start, and again when a file changes, while agents go on answering.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, SECOND } from '../clock.ts'
import type { Log } from '../log.ts'
import { type Letter, type LetterFault, loadLetters, renderLetterFaults } from './letter.ts'

export interface LetterStore {
  letters(): readonly Letter[]
  faults(): readonly LetterFault[]
  /** Whether something has changed, and if so what there is now. Never rejects. */
  look(): Promise<void>
  stop(): void
}

/** Asking the disk works on every disk; being told by it does not. */
const LOOK_EVERY_MS = 5 * SECOND
const FILES_MAX = 5000

export async function openLetters(folder: string, { clock, log }: { clock: Clock; log: Log }): Promise<LetterStore> {
  let letters: readonly Letter[] = []
  let faults: readonly LetterFault[] = []
  let seen = ''
  let said = ''
  const look = async () => {
    const now = await signatureOf(folder)
    if (now === seen) return
    seen = now
    ;({ letters, faults } = await loadLetters(folder))
    const words = renderLetterFaults(faults)
    if (words !== said && words !== '') log.warn(words)
    else if (words !== said) log.info('templates: every letter is good again')
    said = words
  }
  await look()
  const stop = clock.every(LOOK_EVERY_MS, look)
  return { letters: () => letters, faults: () => faults, look, stop }
}

/** Changes with every file that is written, added or taken away. */
async function signatureOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const lines = names
    .toSorted()
    .slice(0, FILES_MAX)
    .map(async (name) => {
      const info = await stat(join(folder, name)).catch(() => undefined)
      return info?.isFile() ? `${name} ${info.mtimeMs} ${info.size} ${info.mode}` : ''
    })
  return (await Promise.all(lines)).join('\n')
}
