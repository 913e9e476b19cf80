// What every letter says right now: its file, unless something newer is kept in the database. The same for the program and for those who only check.
import type { Texts, Version } from '../letter-book.ts'
import type { Letter, LetterFault } from './letter.ts'
import { type BrokenLetter, listBroken } from './letter-broken.ts'
import { fileKey, fileOf, type LetterFile, readLetterFiles } from './letter-file.ts'
import { parseLetters } from './letter-folder.ts'

/** What the database holds: the newest version of everything, and what is not offered any more. */
export interface Kept {
  newest: ReadonlyMap<string, Version>
  retired: readonly string[]
}

export interface Shown {
  /** Those that are offered. */
  letters: readonly Letter[]
  retired: readonly Letter[]
  /** Those that are there and offered to nobody, because something is wrong with them. */
  broken: readonly BrokenLetter[]
  faults: readonly LetterFault[]
  texts: ReadonlyMap<LetterFile, string>
  /** What the files themselves said. */
  files: Texts
  /** How many texts stand in the database alone. */
  keptCount: number
}

/** `read` answers, for what the files say, what is kept besides them; undefined where nothing is. */
export async function readShown(
  folder: string,
  desks: readonly string[] | undefined,
  read: (files: Texts) => Promise<Kept | undefined>,
): Promise<Shown> {
  const { texts: onDisk, faults: unread } = await readLetterFiles(folder)
  const files = new Map([...onDisk].map(([file, text]) => [fileKey(file), text]))
  const kept = await read(files)
  const texts = kept ? overlay(folder, onDisk, kept.newest) : onDisk
  const retired = new Set(kept?.retired)
  const parsed = await parseLetters(folder, texts, desks, retired)
  const isRetired = ({ key }: { key: string }) => retired.has(key)
  const faults = [...unread, ...parsed.faults]
  return {
    letters: parsed.letters.filter((letter) => !isRetired(letter)),
    retired: parsed.letters.filter(isRetired),
    broken: listBroken(faults, texts, { known: parsed.letters, retired }),
    faults,
    texts,
    files,
    keptCount: [...texts.keys()].filter(({ kept }) => kept !== undefined).length,
  }
}

/** The newest version stands for its file. Where there is no file, what an agent wrote is there all the same; what came from a file is gone. */
function overlay(
  folder: string,
  onDisk: ReadonlyMap<LetterFile, string>,
  newest: ReadonlyMap<string, Version>,
): Map<LetterFile, string> {
  const texts = new Map<LetterFile, string>()
  for (const [file, text] of onDisk) {
    const version = newest.get(fileKey(file))
    if (!version || version.text === text) texts.set(file, text)
    else texts.set(keptAs(file, version), version.text)
  }
  const there = new Set([...onDisk.keys()].map(fileKey))
  for (const version of newest.values()) {
    const file = version.author !== undefined && !there.has(version.letter) ? fileOf(folder, version.letter) : undefined
    if (file) texts.set(keptAs(file, version), version.text)
  }
  return new Map([...texts].toSorted(([a], [b]) => (fileKey(a) < fileKey(b) ? -1 : 1)))
}

/** Whoever looks for what is wrong with it finds it in no file. */
function keptAs(file: LetterFile, { letter, n }: Version): LetterFile {
  return { ...file, path: `${letter}, version ${n}, kept in the database`, kept: n }
}
