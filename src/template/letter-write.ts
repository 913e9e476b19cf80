// Writes a letter into its file, whole or not at all. A folder that cannot be written is no trouble: the letter is kept in the database anyway.
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LetterFile } from './letter-file.ts'

/** `kept`: the folder cannot be written. `taken`: the file says something that nobody here knew of. */
export type Written = 'written' | 'kept' | 'taken'

/** `before` is what the file is to say until now; undefined where there is to be none. `mark` tells two writers apart. */
export async function writeLetterFile(
  { path }: Pick<LetterFile, 'path'>,
  text: string,
  { before, mark }: { before: string | undefined; mark: string },
): Promise<Written> {
  // Readers pass over what begins with a dot.
  const draft = join(dirname(path), `.${basename(path)}.${mark}`)
  try {
    const now = await readFile(path, 'utf8').catch(ifMissing)
    if (now !== before) return now === undefined ? 'kept' : 'taken'
    await mkdir(dirname(path)).catch(ifThere)
    await writeFile(draft, text, { flag: 'wx' })
    // A link is refused where there is a file already; a rename is not.
    await (before === undefined ? link(draft, path) : rename(draft, path))
    return 'written'
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? 'taken' : 'kept'
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
}

function ifThere(error: unknown): undefined {
  if (codeOf(error) !== 'EEXIST') throw error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
