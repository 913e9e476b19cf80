// What the letter menu offers: first what fits the customer's words, then all there is, in their language before others.
import { channelKind } from '../channel.ts'
import { type Clock, MINUTE } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import { listPastUses, type PastUse } from '../letter-use.ts'
import { detectLanguage } from '../template/language.ts'
import type { Letter } from '../template/letter.ts'
import { type Index, indexLetters } from '../template/suggest.ts'

export interface Advice {
  /** The best first; all in one language. */
  suggested: Letter[]
  /** By language, the customer's first. */
  languages: { language: string; letters: Letter[] }[]
}

export interface Advisor {
  /** `language`: theirs, where somebody has said so. */
  advise(asked: { channel: string; words: string; language?: string | undefined }): Promise<Advice>
  /** What is meant by what somebody typed. */
  find(query: string, channel: string, language?: string): Promise<Letter[]>
}

const SUGGESTED_MAX = 3
/** What was sent a moment ago need not count yet. */
const USES_FRESH_MS = 10 * MINUTE

interface Options {
  db: Reader
  clock: Clock
  letters(): readonly Letter[]
  /** For customers whose language we do not know. */
  language: string
}

export function makeAdvisor({ db, clock, letters, language }: Options): Advisor {
  let uses: { all: PastUse[]; readAt: number } | undefined
  let indexes: { of: readonly Letter[]; uses: PastUse[]; byLanguage: Map<string, Index> } | undefined
  const pastUses = async () => {
    if (!uses || clock.monotonic() - uses.readAt > USES_FRESH_MS)
      uses = { all: await listPastUses(db), readAt: clock.monotonic() }
    return uses.all
  }
  const indexOf = async (wanted: string): Promise<Index> => {
    const [of, past] = [letters(), await pastUses()]
    if (indexes?.of !== of || indexes.uses !== past) indexes = { of, uses: past, byLanguage: new Map() }
    const known = indexes.byLanguage.get(wanted)
    if (known) return known
    const made = indexLetters(
      of.filter((letter) => letter.language === wanted),
      past,
    )
    indexes.byLanguage.set(wanted, made)
    return made
  }
  /** The languages that have letters, in the order in which this customer should get them. */
  const inOrder = async (words: string, known: string | undefined) => {
    const there = [...new Set(letters().map((letter) => letter.language))]
    const theirs = known ?? (await detectLanguage(words))
    const preferred = [theirs, language, 'en'].flatMap((each) =>
      there.filter((one) => each !== undefined && sameLanguage(one, each)),
    )
    return [...new Set([...preferred, ...there])]
  }
  return {
    async advise({ channel, words, language: known }) {
      const ordered = await inOrder(words, known)
      const languages = ordered.map((each) => ({
        language: each,
        letters: letters().filter((letter) => letter.language === each && suits(letter, channel)),
      }))
      const [first] = ordered
      const index = first === undefined ? undefined : await indexOf(first)
      const fitting = index?.suggest(words, SUGGESTED_MAX * 2).filter((letter) => suits(letter, channel)) ?? []
      return {
        suggested: fitting.slice(0, SUGGESTED_MAX),
        languages: languages.filter((each) => each.letters.length > 0),
      }
    },
    async find(query, channel, known) {
      const found: Letter[] = []
      for (const each of await inOrder(query, known)) found.push(...(await indexOf(each)).find(query))
      return found.filter((letter) => suits(letter, channel))
    },
  }
}

function sameLanguage(folder: string, language: string): boolean {
  return folder === language || folder.split('-')[0] === language
}

function suits({ channels }: Letter, channel: string): boolean {
  return channels?.includes(channelKind(channel)) ?? true
}
