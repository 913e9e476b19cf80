// How a case was handled, judged from what the program has on record: times and names exactly, words by plain comparison.
import { adviceOn } from './advice.ts'
import { firstOf, fold, isAskedFor, languageOf, sentencesOf } from './wording.ts'

/** A case of the training: what it asks of whoever handles it. */
export interface Case {
  name: string
  title: string
  /** A reply; to be waived with a reason; or nothing at all, since a machine wrote it. */
  wants: 'reply' | 'waiver' | 'nothing'
  /** Which reasons fit, where it is to be waived. */
  reasons?: readonly string[]
  firstName: string
  language: 'en' | 'de'
  /** What is to be said; each counts as said where the reply has one of its words. */
  questions: readonly { about: string; words: readonly string[] }[]
  /** What they have told us already, and how a reply would ask for it again. */
  told: readonly { what: string; words: readonly string[] }[]
}

/** What the database has of a case, out of all its conversations. Instants are epoch milliseconds. */
export interface CaseRecord {
  windows: readonly { startedAt: number; dueAt: number; endedAt: number | null; endedAs: string | null }[]
  /** Those that the channel has accepted, oldest first. */
  replies: readonly { text: string; at: number }[]
  waivers: readonly { reason: string }[]
  letters: readonly { use: string }[]
  /** Hand-overs from one to another; the note that came with it, where one did. */
  handOvers: readonly { note: string | undefined }[]
}

export type MarkName = 'handled' | 'time' | 'name' | 'language' | 'questions' | 'story' | 'letters' | 'hand-over'

export interface Mark {
  name: MarkName
  isGood: boolean
  words: string
}

export interface Score {
  title: string
  marks: Mark[]
  /** What to do better, or that there is nothing. */
  advice: string
  answerMs: number | undefined
  /** How long it could have taken. */
  promisedMs: number | undefined
  questions: { said: number; asked: number }
}

/** A hand-over that says less leaves the next one asking. */
const NOTE_LENGTH_MIN = 20

/** `record`: undefined while the program has nothing of it. */
export function scoreCase(wanted: Case, record: CaseRecord | undefined, now: number): Score {
  const { title, questions } = wanted
  const none = { title, answerMs: undefined, promisedMs: undefined, questions: { said: 0, asked: questions.length } }
  if (!record) {
    const words = 'Has not reached the desk yet.'
    return {
      ...none,
      marks: [{ name: 'handled', isGood: false, words }],
      advice: 'It is on its way: wait until its card stands at the desk.',
    }
  }
  const marks = [
    handled(wanted, record),
    ...inTime(wanted, record, now),
    ...wording(wanted, record),
    ...handOver(record),
  ]
  const flaw = marks.find(({ isGood }) => !isGood)
  return {
    title,
    marks,
    advice: flaw ? adviceOn(flaw, wanted) : 'Nothing to do better here.',
    answerMs: answerTime(record),
    promisedMs: promisedTime(record),
    questions: { said: questions.length - unsaid(wanted, record).length, asked: questions.length },
  }
}

function handled({ wants, reasons = [] }: Case, { replies, waivers, windows }: CaseRecord): Mark {
  const name = 'handled'
  const isOpen = windows.some(({ endedAt }) => endedAt === null)
  if (wants === 'nothing') {
    if (replies.length > 0) return { name, isGood: false, words: 'Answered, though a machine wrote it.' }
    return { name, isGood: true, words: 'Left alone: a machine wrote it, and nobody waits.' }
  }
  if (wants === 'waiver') {
    if (replies.length > 0) return { name, isGood: false, words: 'Answered, though nobody deserved one.' }
    const fits = waivers.some(({ reason }) => reasons.includes(reason))
    if (fits) return { name, isGood: true, words: 'Put aside, with the right reason.' }
    const words = waivers.length > 0 ? 'Put aside, with a reason that does not fit.' : 'Still waiting at the desk.'
    return { name, isGood: false, words }
  }
  if (replies.length === 0) {
    const words = waivers.length > 0 ? 'Put aside, though a person asked something.' : 'Nobody has answered.'
    return { name, isGood: false, words }
  }
  if (isOpen) return { name, isGood: false, words: 'Answered, but something they wrote still waits.' }
  return { name, isGood: true, words: 'Answered.' }
}

function inTime({ wants }: Case, { windows }: CaseRecord, now: number): Mark[] {
  if (wants === 'nothing' || windows.length === 0) return []
  const late = windows.filter(({ dueAt, endedAt }) => (endedAt ?? now) > dueAt)
  const words = late.length > 0 ? 'Later than promised.' : 'Within the promised time.'
  const isPending = windows.some(({ endedAt }) => endedAt === null)
  return isPending && late.length === 0 ? [] : [{ name: 'time', isGood: late.length === 0, words }]
}

function wording(wanted: Case, record: CaseRecord): Mark[] {
  const { wants, firstName, language, questions } = wanted
  const { replies, letters } = record
  const texts = replies.map(({ text }) => text)
  if (wants !== 'reply' || texts.length === 0) return []
  const greets = texts.some((text) =>
    fold(firstOf(text))
      .split(/[^\p{L}]+/u)
      .includes(fold(firstName)),
  )
  const missing = unsaid(wanted, record)
  const again = askedAgain(wanted, texts)
  const isLeft = letters.some(({ use }) => use === 'unedited')
  const spoken = languageOf(texts.join('\n'))
  const isTheirs = spoken === undefined || spoken === language
  const answered = `Answered ${questions.length - missing.length} of ${questions.length}`
  return [
    {
      name: 'story',
      isGood: again.length === 0,
      words: again.length > 0 ? `Asked again for ${listed(again)}.` : 'Asked for nothing that was told before.',
    },
    {
      name: 'questions',
      isGood: missing.length === 0,
      words: missing.length > 0 ? `${answered}; missing: ${listed(missing)}.` : `${answered} things they needed.`,
    },
    { name: 'name', isGood: greets, words: greets ? `Greeted ${firstName} by name.` : 'No name in the greeting.' },
    { name: 'language', isGood: isTheirs, words: isTheirs ? 'In their language.' : 'Not in their language.' },
    ...(isLeft
      ? [{ name: 'letters' as const, isGood: false, words: 'A letter left without a word of your own.' }]
      : []),
  ]
}

function handOver({ handOvers }: CaseRecord): Mark[] {
  if (handOvers.length === 0) return []
  const bare = handOvers.some(({ note = '' }) => note.trim().length < NOTE_LENGTH_MIN)
  return [
    {
      name: 'hand-over',
      isGood: !bare,
      words: bare ? 'Handed over with too little said.' : 'Handed over with its story.',
    },
  ]
}

function unsaid({ questions }: Case, { replies }: CaseRecord): string[] {
  const said = fold(replies.map(({ text }) => text).join('\n'))
  return questions.filter(({ words }) => !words.some((word) => said.includes(fold(word)))).map(({ about }) => about)
}

function askedAgain({ told }: Case, texts: readonly string[]): string[] {
  const asking = texts.flatMap(sentencesOf).filter(isAskedFor).map(fold)
  return told
    .filter(({ words }) => asking.some((sentence) => words.some((word) => sentence.includes(fold(word)))))
    .map(({ what }) => what)
}

function answerTime({ windows, replies }: CaseRecord): number | undefined {
  const [first] = windows
  const reply = replies.find(({ at }) => first !== undefined && at >= first.startedAt)
  return first && reply ? reply.at - first.startedAt : undefined
}

function promisedTime({ windows: [first] }: CaseRecord): number | undefined {
  return first && first.dueAt - first.startedAt
}

const listed = (things: readonly string[]) => things.join(', ')
