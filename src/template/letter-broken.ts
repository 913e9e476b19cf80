// A letter that is left out, as far as it can be read: what it is called, whose it is, and what is wrong with it.
import { parseDocument } from 'yaml'
import { splitFrontMatter } from './front-matter.ts'
import { type LetterFault, tidy } from './letter.ts'
import { fileKey, type LetterFile } from './letter-file.ts'

export interface BrokenLetter {
  /** `en/refund`. */
  key: string
  name: string
  language: string
  /** Its key where no title can be read. */
  title: string
  /** Whose agents may see it; undefined: all. `unread` where nobody can tell. */
  desks: readonly string[] | undefined | 'unread'
  /** What stands in its head, where that is in order: then a form can hold the letter. */
  head: { when: string; channels: readonly string[] | undefined; attachments: readonly string[] } | undefined
  /** Where its own words stand. */
  file: string
  /** The version that is kept in the database; undefined where it stands in a file. */
  kept: number | undefined
  isRetired: boolean
  /** At least one, in order of their places. */
  faults: readonly LetterFault[]
}

/** `known`: the good ones; what is wrong beside those keeps no letter from being used. */
export function listBroken(
  faults: readonly LetterFault[],
  texts: ReadonlyMap<LetterFile, string>,
  { known, retired }: { known: readonly { key: string }[]; retired: ReadonlySet<string> },
): BrokenLetter[] {
  const good = new Set(known.map(({ key }) => key))
  const byKey = Map.groupBy(faults, ({ letter }) => letter)
  const written = new Map([...texts].map((entry) => [fileKey(entry[0]), entry]))
  return [...byKey].flatMap(([key, wrong]) => {
    if (key === undefined || good.has(key)) return []
    const [file, text = ''] = written.get(key) ?? []
    return [
      {
        ...readBroken(key, text),
        file: file?.path ?? wrong[0]?.file ?? '',
        kept: file?.kept,
        isRetired: retired.has(key),
        faults: wrong,
      },
    ]
  })
}

function readBroken(key: string, text: string): Omit<BrokenLetter, 'file' | 'kept' | 'isRetired' | 'faults'> {
  const slash = key.indexOf('/')
  const named = { key, language: key.slice(0, slash), name: key.slice(slash + 1) }
  const { head } = splitFrontMatter(tidy(text))
  if (!head) return { ...named, ...readLoosely(text, key), head: undefined }
  const { title, when, channels, desks, attachments = [] } = head
  return { ...named, title, desks, head: { when, channels, attachments } }
}

const TITLE_LENGTH_MAX = 75

/** From a head in which something is wrong. */
function readLoosely(text: string, key: string): Pick<BrokenLetter, 'title' | 'desks'> {
  const [, head = ''] = /^---[ \t]*\n([\s\S]*?)\n---/.exec(tidy(text)) ?? []
  const document = parseDocument(head)
  const [title, desks] = [document.get('title'), document.get('desks')]
  const isWhole = head !== '' && document.errors.length === 0
  return {
    title: typeof title === 'string' && title.trim() !== '' ? title.trim().slice(0, TITLE_LENGTH_MAX) : key,
    desks: isWhole && desks === undefined ? undefined : 'unread',
  }
}
