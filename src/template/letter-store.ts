// The letters as they are now: read at start, and again when a file or what is kept in the database changes, while agents go on answering.
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Clock, SECOND } from '../clock.ts'
import type { Texts } from '../letter-book.ts'
import type { Log } from '../log.ts'
import type { FieldValues } from './field.ts'
import { type Letter, type LetterFault, renderLetterFaults } from './letter.ts'
import type { BrokenLetter } from './letter-broken.ts'
import { fileKey, fileOf } from './letter-file.ts'
import { checkLetter, renderShared } from './letter-folder.ts'
import { type Kept, readShown, type Shown } from './letter-shown.ts'
import { type Written, writeLetterFile } from './letter-write.ts'

export interface LetterStore {
  /** Those that are offered. */
  letters(): readonly Letter[]
  retired(): readonly Letter[]
  /** Those that are left out, and what is wrong with each. */
  broken(): readonly BrokenLetter[]
  /** A letter as it was until it changed, broke or went away, for whoever is still writing with it. */
  asChosen(mark: string): Letter | undefined
  faults(): readonly LetterFault[]
  /** What a letter says now, whether it is good or not. */
  textOf(key: string): string | undefined
  /** Whether it would be a good letter under this key, among the others. */
  check(key: string, text: string): Promise<{ letter: Letter } | { faults: LetterFault[] }>
  /** What the texts that letters share say with these values, by their names. */
  shared(language: string, values: FieldValues): ReadonlyMap<string, string>
  /** Into its file, where that can be written. `before`: what the letter said until now. */
  write(key: string, text: string, tools: { before: string | undefined; mark: string }): Promise<Written>
  /** Whether something has changed, and if so what there is now. Never rejects. */
  look(): Promise<void>
  stop(): void
}

/** What is kept besides the files. */
export interface LetterBook {
  /** Changes with everything in it. */
  signature(): Promise<string>
  /** Takes in what the files say; resolves to the newest version of everything and to what is not offered any more. */
  read(files: Texts, before: Texts | undefined): Promise<Kept>
}

interface Options {
  clock: Clock
  log: Log
  book?: LetterBook
  /** Those there are. */
  desks?: readonly string[]
}

/** Asking the disk works on every disk; being told by it does not. */
const LOOK_EVERY_MS = 5 * SECOND
const FILES_MAX = 5000
/** The letters that come with Deskbell are the program's: an update replaces them. What is changed in Slack is kept beside them. */
const SHIPPED = fileURLToPath(new URL('../../templates', import.meta.url))

export async function openLetters(folder: string, { clock, log, book, desks }: Options): Promise<LetterStore> {
  let shown: Shown = NOTHING
  let chosenBefore = new Map<string, Letter>()
  let seen = ''
  let said = ''
  const lookOnce = async () => {
    const now = await signatureOf(folder, book)
    if (now === seen) return
    const before = shown === NOTHING ? undefined : shown.files
    const next = await readShown(folder, desks, async (files) => await book?.read(files, before))
    chosenBefore = remember(chosenBefore, shown, next)
    shown = next
    // As it was before reading: what changed meanwhile is read the next time.
    seen = now
    const words = renderLetterFaults(shown.faults)
    if (words !== said && words !== '') log.warn(words)
    else if (words !== said) log.info('templates: every letter is good again')
    said = words
  }
  let looking = Promise.resolve()
  const look = async () => {
    looking = looking
      .then(lookOnce)
      .catch((error: unknown) => log.error({ error: String(error) }, 'templates: the letters could not be read anew'))
    await looking
  }
  await look()
  return {
    letters: () => shown.letters,
    retired: () => shown.retired,
    broken: () => shown.broken,
    asChosen: (mark) => chosenBefore.get(mark),
    faults: () => shown.faults,
    textOf: (key) => [...shown.texts].find(([file]) => fileKey(file) === key)?.[1],
    async check(key, text) {
      const file = fileOf(folder, key)
      if (!file) throw new Error('templates: no letter can have this name')
      return await checkLetter(folder, shown.texts, { file, text }, desks)
    },
    shared: (language, values) => renderShared(shown.texts, language, values),
    async write(key, text, tools) {
      const file = fileOf(folder, key)
      return file && resolve(folder) !== SHIPPED ? await writeLetterFile(file, text, tools) : 'kept'
    },
    look,
    stop: clock.every(LOOK_EVERY_MS, look),
  }
}

const NOTHING: Shown = {
  ...{ letters: [], retired: [], broken: [], faults: [] },
  ...{ texts: new Map(), files: new Map(), keptCount: 0 },
}

/** More than are changed while a form is open. */
const REMEMBERED_MAX = 500

/** The latest last. */
function remember(known: ReadonlyMap<string, Letter>, before: Shown, now: Shown): Map<string, Letter> {
  const named = ({ letters, retired }: Shown) =>
    new Map([...letters, ...retired].map((letter) => [letter.mark, letter]))
  const there = named(now)
  const gone = [...named(before)].filter(([mark]) => !there.has(mark))
  return new Map([...known, ...gone].slice(-REMEMBERED_MAX))
}

/** Changes with every file that is written, added or taken away. */
async function signatureOf(folder: string, book: LetterBook | undefined): Promise<string> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const lines = names
    .toSorted()
    .slice(0, FILES_MAX)
    .map(async (name) => {
      const info = await stat(join(folder, name)).catch(() => undefined)
      return info?.isFile() ? `${name} ${info.mtimeMs} ${info.size} ${info.mode}` : ''
    })
  return [...(await Promise.all(lines)), (await book?.signature()) ?? ''].join('\n')
}
