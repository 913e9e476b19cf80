// What the letter menu offers: first what fits the customer's words, then all there is, in their language before others.
import { channelKind } from '../channel.ts'
import { type Clock, DAY, MINUTE } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import { listLetterUse, listPastUses, listRecentLetters, type PastUse } from '../letter-use.ts'
import { detectLanguage, sameLanguage } from '../template/language.ts'
import { isForDesk, type Letter } from '../template/letter.ts'
import { type Index, indexLetters } from '../template/suggest.ts'

export interface Advice {
  /** The best first; all in one language. */
  suggested: Letter[]
  /** What this agent used last, the last one first. */
  recent: Letter[]
  /** By language, the customer's first. */
  languages: { language: string; letters: Letter[] }[]
}

/** Who asks, and where what they write will go. */
export interface Asking {
  channel: string
  desk: string
  agentId?: string
  /** The customer's, where somebody has said so. */
  language?: string | undefined
}

export interface Advisor {
  advise(asked: Asking & { words: string }): Promise<Advice>
  /** What is meant by what somebody typed. */
  find(query: string, asked: Asking): Promise<Letter[]>
  /** How often each letter was sent in the last 90 days, by its key. */
  counts(): Promise<ReadonlyMap<string, number>>
}

const SUGGESTED_MAX = 3
const RECENT_MAX = 5
const COUNTED_MS = 90 * DAY
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
  let uses: { all: PastUse[]; counts: ReadonlyMap<string, number>; readAt: number } | undefined
  let indexes: { of: readonly Letter[]; uses: PastUse[]; byLanguage: Map<string, Index> } | undefined
  const used = async () => {
    if (!uses || clock.monotonic() - uses.readAt > USES_FRESH_MS) {
      const counted = await listLetterUse(db, clock.now() - COUNTED_MS)
      const counts = new Map(counted.map(({ letter, sent }) => [letter, sent]))
      uses = { all: await listPastUses(db), counts, readAt: clock.monotonic() }
    }
    return uses
  }
  const indexOf = async (wanted: string): Promise<Index> => {
    const [of, past] = [letters(), (await used()).all]
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
  /** The languages of these letters, in the order in which this customer should get them. */
  const inOrder = async (of: readonly Letter[], words: string, known: string | undefined) => {
    const there = [...new Set(of.map((letter) => letter.language))]
    const theirs = known ?? (await detectLanguage(words))
    const preferred = [theirs, language, 'en'].flatMap((each) =>
      there.filter((one) => each !== undefined && sameLanguage(one, each)),
    )
    return [...new Set([...preferred, ...there])]
  }
  return {
    async advise({ words, ...asked }) {
      const suiting = letters().filter((letter) => suits(letter, asked))
      const ordered = await inOrder(suiting, words, asked.language)
      const languages = ordered.map((each) => {
        return { language: each, letters: suiting.filter((letter) => letter.language === each) }
      })
      const [first] = ordered
      const index = first === undefined ? undefined : await indexOf(first)
      const fitting = index?.suggest(words, letters().length).filter((letter) => suits(letter, asked)) ?? []
      const recent = asked.agentId === undefined ? [] : await listRecentLetters(db, asked.agentId, RECENT_MAX)
      return {
        suggested: fitting.slice(0, SUGGESTED_MAX),
        recent: recent.flatMap((key) => suiting.find((letter) => letter.key === key) ?? []),
        languages: languages.filter((each) => each.letters.length > 0),
      }
    },
    async find(query, asked) {
      const found: Letter[] = []
      for (const each of await inOrder(letters(), query, asked.language))
        found.push(...(await indexOf(each)).find(query))
      return found.filter((letter) => suits(letter, asked))
    },
    counts: async () => (await used()).counts,
  }
}

/** Whether it is for that desk and that channel. */
export function suits(letter: Letter, { channel, desk }: Pick<Asking, 'channel' | 'desk'>): boolean {
  return isForDesk(letter, desk) && (letter.channels?.includes(channelKind(channel)) ?? true)
}
